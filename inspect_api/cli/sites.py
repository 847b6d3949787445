"""`flask sites import`: a county's ledger from CSV or XLSX."""

from pathlib import Path

import click

from inspect_api.cli.console import OPERATOR, Group, bar, err, located, tells_problems
from inspect_api.db import transaction
from inspect_api.http import now_ms
from inspect_api.schemas.fields import CRS
from inspect_api.services import sites

group = Group("sites", help="Sites (监管主体).")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--region", required=True, help="Region code of the ledger, e.g. 140525.")
@click.option("--crs", type=click.Choice(CRS), help="Coordinate system where the ledger names none.")
@click.option("--all-or-nothing", is_flag=True, help="Import no row when any has an error.")
@tells_problems
def import_(file: Path, region: str, crs: str | None, all_or_nothing: bool) -> None:
    """Import sites from FILE. Bad rows are told with row, column and reason; importing again makes no doubles."""
    ledger = sites.parse(file.name, file.read_bytes(), crs)
    with bar("导入台账") as progress:
        result = transaction(lambda c: sites.import_ledger(
            c, region, file.name, ledger, all_or_nothing, OPERATOR, now_ms(), progress))
    for warning in result["warnings"]:
        err.print("提醒 " + located(warning), style="yellow", markup=False, soft_wrap=True)
    for error in result["errors"]:
        err.print("错误 " + located(error), style="red", markup=False, soft_wrap=True)
    click.echo(f"新增 {result['created']}，更新 {result['updated']}，没有变化 {result['unchanged']}，未导入 {result['rejected']} 行")
    if result["errors"]:
        raise SystemExit(1)
