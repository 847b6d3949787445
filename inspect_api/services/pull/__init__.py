"""A pull: what changed in a phone's scope, page by page. It costs what changed, never what exists."""

from inspect_api.services.pull.page import load, pull, read

__all__ = ["load", "pull", "read"]
