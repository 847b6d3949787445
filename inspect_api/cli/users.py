"""`flask users …`: people who may log in."""

import click

from inspect_api.auth import ROLES
from inspect_api.cli.console import OPERATOR, Group, tells_problems
from inspect_api.db import transaction
from inspect_api.http import now_ms
from inspect_api.services import users

group = Group("users", help="People who log in.")


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


@group.command("password")
@click.argument("login")
@click.password_option(help="Asked for when not given.")
@tells_problems
def password_(login: str, password: str) -> None:
    """Set a new password for LOGIN and end all their sessions."""
    transaction(lambda c: users.set_password(c, login, password, now_ms(), OPERATOR))
    click.echo(f"已更改 {login} 的密码，原有登录全部失效")


@group.command("regions")
@click.argument("login")
@click.option("--region", "regions", multiple=True, required=True, help="Region prefix the person answers for from now on; may be repeated.")
@tells_problems
def regions_(login: str, regions: tuple[str, ...]) -> None:
    """Let LOGIN answer for other regions. Their phones lose and gain the rows with the next pull; nothing unsent is lost."""
    transaction(lambda c: users.set_regions(c, login, list(regions), now_ms(), OPERATOR))
    click.echo(f"{login} 的辖区已改为 {'、'.join(regions)}")


def _switch(login: str, active: bool) -> None:
    transaction(lambda c: users.set_active(c, login, active, now_ms(), OPERATOR))
    click.echo(f"已{'启用' if active else '停用'} {login}")


@group.command("disable")
@click.argument("login")
@tells_problems
def disable(login: str) -> None:
    """Shut LOGIN out. What they captured stays."""
    _switch(login, False)


@group.command("enable")
@click.argument("login")
@tells_problems
def enable(login: str) -> None:
    """Let LOGIN in again."""
    _switch(login, True)
