"""The phone app with its packages."""

from pathlib import Path

from tests.support.node import with_packages

WEB = Path(__file__).parents[2] / "web"


def ready() -> Path:
    """The folder of the app with its packages. Fails the test, and says why, when they cannot be installed; nothing is left out."""
    return with_packages(WEB)
