"""Stamps: how a process notices that what it keeps in memory is no longer what the database holds."""

import time

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import upsert
from inspect_api.models import Stamp

_READ = sa.select(Stamp.value).where(Stamp.name == sa.bindparam("name"))


def read(connection: Connection, name: str) -> int:
    """The stamp's value; 0 when it was never renewed."""
    return connection.execute(_READ, {"name": name}).scalar() or 0


def put(connection: Connection, name: str, value: int) -> None:
    """Write a value of one's own."""
    connection.execute(upsert(Stamp.__table__, ("name",)), {"name": name, "value": value})


def renew(connection: Connection, name: str) -> None:
    """Give the stamp a value it never had: a renewal that is rolled back must not be mistaken for a later one."""
    put(connection, name, time.time_ns())
