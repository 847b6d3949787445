"""`flask prepare`: everything between a fresh clone and a server that has something to show, in one process.

Starting Python with the framework costs most of a second, so that four commands in a row would be felt at every
start. Each step asks first whether it has anything to do.
"""

import logging
from io import StringIO
from pathlib import Path

import click
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from rich.console import Console

from checklists.plan import plan_files
from inspect_api.cli import welcome
from inspect_api.cli.console import OPERATOR, bar, tells_problems
from inspect_api.db import db, migrate, reading, transaction
from inspect_api.demo import ready
from inspect_api.demo.load import fingerprint, load, loaded
from inspect_api.demo.this_year import this_year
from inspect_api.http import now_ms
from inspect_api.services import plans, regions, remembering, stamps
from inspect_api.services.days import today


def migrated() -> bool:
    """Whether the database stands at the newest migration."""
    versions = Path(migrate.directory) / "versions"
    with db.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        stands = set(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars())
    return stands == set(ScriptDirectory(migrate.directory, version_locations=[str(versions)]).get_heads())


def migrate_up() -> bool:
    """Bring the tables up to date; whether there was anything to do."""
    if migrated():
        return False
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade()
    return True


def prepare(demo: bool) -> list[str]:
    """Migrate, load regions and plans, and the demo if asked for. Returns what was done, [] when nothing was to do."""
    done = []
    if migrate_up():
        done.append("数据库结构已更新")
    sources = {str(path): path.read_text("utf-8") for path in plan_files()}
    if demo:
        sources |= [this_year(today())]
    with reading() as connection:
        fresh = not plans.loaded_before(connection, sources)
        missing = demo and loaded(connection) != fingerprint()
    if fresh:
        if added := transaction(regions.load_shipped):
            done.append(f"区划 {added} 个")
        with bar("载入计划") as progress:
            changed = transaction(lambda c: plans.load(c, sources, now_ms(), OPERATOR, progress))
        done += [f"计划 {plan.title}" for plan, new in changed if new]
    if missing:
        with bar("载入演示数据") as progress:
            counts = transaction(lambda c: load(c, now_ms(), progress))
        with bar("补算走势") as progress:
            remembering.remember(today(), progress=progress)
        done.append(f"演示：网格与区划 {counts['regions']}、主体 {counts['sites']}、账户 {counts['users']}（主体和人员均为虚构）")
    return done


def _remember(url: str) -> None:
    """Print addresses and accounts, and note for the next start that nothing is left to prepare."""
    screen = Console(file=StringIO(), width=100, highlight=False)
    screen.print(welcome.accounts())
    text = screen.file.getvalue() + welcome.ADDRESSES
    click.echo(text.replace("{url}", url))
    if current_app.config["DATABASE_URL"]:
        return  # the quick look reads SQLite only
    (Path(current_app.config["DATA_DIR"]) / ready.WELCOME).write_text(text, "utf-8")
    transaction(lambda c: stamps.put(c, ready.STAMP, ready.fingerprint()))


@click.command("prepare")
@click.option("--demo/--no-demo", default=True, help="Load the demo counties as well (default: yes).")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the server is going to listen.")
@click.option("--port", type=click.IntRange(1, 65535), help="Refuse when this port is taken; print addresses and demo accounts.")
@with_appcontext
@tells_problems
def command(demo: bool, host: str, port: int | None) -> None:
    """Make the database ready: migrations, regions, plans, demo. What is done already is skipped at once."""
    try:
        if port:
            ready.refuse_busy(host, port)
    except OSError as error:
        raise click.ClickException(ready.busy(host, port, error)) from None
    for line in prepare(demo):
        click.echo(line)
    if port and demo:
        _remember(f"http://{host}:{port}")
