"""`flask regions load`: the divisions that come with the project."""

import click
from flask.cli import AppGroup

from inspect_api.db import transaction
from inspect_api.services import regions

group = AppGroup("regions", help="Administrative divisions.")


@group.command("load")
def load() -> None:
    """Insert the divisions of the five plans that are missing. What an office edited stays."""
    click.echo(f"新增区划 {transaction(regions.load_shipped)} 个")
