"""How Alembic reaches our database: the app's own engine and metadata."""

from typing import Any

from alembic import context

from inspect_api import models  # noqa: F401  registers every table
from inspect_api.db import Json, db


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """A migration must not depend on our code: a Json column is text."""
    return "sa.Text()" if kind == "type" and isinstance(item, Json) else False


def run() -> None:
    """Bring the database up, each migration in a transaction of its own."""
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, render_item=render_item,
                          render_as_batch=connection.dialect.name == "sqlite", compare_type=True,
                          transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
