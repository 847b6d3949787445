"""`flask audit verify`: the chain of hashes, walked."""

import click

from inspect_api.cli.console import Group
from inspect_api.db import reading
from inspect_api.services import audit

group = Group("audit", help="The audit log.")


@group.command("verify")
def verify() -> None:
    """Check every entry of the audit log against the one before it. Exit code 1 when the chain is broken."""
    with reading() as connection:
        count, broken = audit.verify(connection)
    for line in broken:
        click.echo(line, err=True)
    if broken:
        raise SystemExit(1)
    click.echo(f"审计日志 {count} 条，链条完整")
