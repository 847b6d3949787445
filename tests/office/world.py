"""The demo county after a walk: many visits, findings, tasks and numbers, as `flask prepare` and `flask demo` leave them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from tempfile import TemporaryDirectory

from inspect_api.demo.load import PASSWORD as DEMO_PASSWORD
from inspect_api.demo.serve import ROOT, serving

COUNTY = "140525"
PLAN = f"zezhou-demo-{date.today().year}"

__all__ = ["COUNTY", "DEMO_PASSWORD", "PLAN", "walked"]


@contextmanager
def walked(towns: int = 4) -> Iterator[str]:
    """A server over it; yields its address."""
    with TemporaryDirectory(prefix="desk-") as folder:
        settings = {"DATA_DIR": folder, "DATABASE_URL": ""}

        def flask(*command: str) -> None:
            subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *command], cwd=ROOT, env=os.environ | settings, check=True,
                           stdout=subprocess.DEVNULL)

        flask("prepare")
        with serving(settings) as url:
            flask("demo", "--url", url, "--county", COUNTY, "--towns", str(towns), "--plan", PLAN)
            yield url
