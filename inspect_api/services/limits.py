"""What a phone is told of the server's limits, at login and on demand, so that it can cut its batches to them."""

from typing import Any

from flask import current_app

from sync.operation import SCHEMA


def limits() -> dict[str, Any]:
    """{push_operations, push_bytes, pull_changes, schema, oldest_schema}."""
    config = current_app.config
    return {"push_operations": config["PUSH_MAX_OPERATIONS"], "push_bytes": config["PUSH_MAX_BYTES"],
            "pull_changes": config["PULL_MAX_CHANGES"], "schema": SCHEMA, "oldest_schema": config["SYNC_OLDEST_SCHEMA"]}
