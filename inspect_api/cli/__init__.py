"""The commands of `flask`, one group a file. COMMANDS is the visible list."""

from flask import Flask

from inspect_api.cli.audit import group as audit
from inspect_api.cli.bench import group as bench
from inspect_api.cli.demo import group as demo
from inspect_api.cli.media import group as media
from inspect_api.cli.plans import group as plans
from inspect_api.cli.prepare import command as prepare
from inspect_api.cli.regions import group as regions
from inspect_api.cli.reports import group as reports
from inspect_api.cli.rollup import group as rollup
from inspect_api.cli.settings import command as settings
from inspect_api.cli.sites import group as sites
from inspect_api.cli.sync import group as sync
from inspect_api.cli.users import group as users

COMMANDS = (settings, prepare, plans, regions, sites, users, rollup, reports, sync, media, audit, demo, bench)


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in COMMANDS:
        app.cli.add_command(command)
