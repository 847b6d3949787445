"""`flask regions load`: the divisions that come with the project."""

import click

from inspect_api.cli.console import Group
from inspect_api.db import transaction
from inspect_api.services import regions

group = Group("regions", help="Administrative divisions.")


@group.command("load")
def load() -> None:
    """Insert the divisions of the five plans that are missing. What an office edited stays."""
    click.echo(f"新增区划 {transaction(regions.load_shipped)} 个")
