"""`flask settings`: what can be set, and what is set now."""

import click
from flask import current_app
from flask.cli import with_appcontext

from inspect_api.cli.console import out, table
from inspect_api.config import SETTINGS

_SECRET = ("S3_ACCESS_KEY", "S3_SECRET_KEY")  # set or not is all that is told


@click.command("settings")
@with_appcontext
def command() -> None:
    """Print every setting with its value and its default."""
    rows = table("name", "value", "default", "help")
    for setting in SETTINGS:
        value = str(current_app.config[setting.name])
        if value == str(setting.default) and len(value) > 60:
            value = "(default)"
        if setting.name in _SECRET and value:
            value = "…"
        if setting.name == "DATABASE_URL" and "@" in value:
            value = value.split("://")[0] + "://…@" + value.rsplit("@", 1)[1]
        rows.add_row(setting.name, value, "(built in)" if isinstance(setting.default, dict) else str(setting.default), setting.help)
    out.print(rows)
