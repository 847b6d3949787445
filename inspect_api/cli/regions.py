"""`flask regions …`: load the divisions that come with the project, add others."""

import click

from inspect_api.auth import Actor
from inspect_api.cli.console import OPERATOR, Group, tells_problems
from inspect_api.db import transaction
from inspect_api.http import now_ms
from inspect_api.services import regions

group = Group("regions", help="Administrative divisions.")
NAME_LENGTH = 100


@group.command("load")
def load() -> None:
    """Insert the divisions of the five plans that are missing. What an office edited stays."""
    click.echo(f"新增区划 {transaction(regions.load_shipped)} 个")


def _name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    name = value.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise click.BadParameter(f"名称应为 1 至 {NAME_LENGTH} 个字符")
    return name


@group.command("add")
@click.argument("code")
@click.argument("name", callback=_name)
@tells_problems
def add(code: str, name: str) -> None:
    """Add the division or grid CODE under the one above it, which must be there; a CODE that is taken gets the new NAME."""
    operator = Actor(OPERATOR, OPERATOR, "", "admin", (), "")
    made = transaction(lambda c: regions.put(c, operator, code, {"name": name}, now_ms()))
    click.echo(f"区划 {made['code']} {made['name']} 已登记")
