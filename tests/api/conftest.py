"""The PostgreSQL of these tests need not survive a power cut: a database is copied and dropped for each of them."""

import psycopg
import pytest


@pytest.fixture(scope="session")
def postgres_server(postgres_server: str) -> str:
    """The session's server, without waiting for the disk."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return postgres_server
