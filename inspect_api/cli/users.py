"""`flask users add`: a person who may log in."""

import click
from flask.cli import AppGroup

from inspect_api.auth import ROLES
from inspect_api.cli.console import OPERATOR, tells_problems
from inspect_api.db import transaction
from inspect_api.http import now_ms
from inspect_api.services import users

group = AppGroup("users", help="People who log in.")


@group.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--region", "regions", multiple=True, help="Region prefix the person answers for; may be repeated.")
@click.password_option(help="Asked for when not given.")
@tells_problems
def add(login: str, name: str, role: str, regions: tuple[str, ...], password: str) -> None:
    """Add a user LOGIN. Only an admin may be without a region, and then sees all."""
    transaction(lambda c: users.add(c, login, name, role, list(regions), password, now_ms(), OPERATOR))
    click.echo(f"已添加 {login}（{name}）")
