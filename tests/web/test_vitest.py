"""The phone app's unit tests: its outbox and its sync against the real server, under faults, in Node with an IndexedDB in memory."""

import json
import os
import subprocess
import sys

from tests.support.databases import Template
from tests.support.serving import ROOT, Server
from tests.support.world import GRID_A1, GRID_A2, PASSWORD, site_id
from tests.web.packages import ready

SECONDS = 540


def test_the_phone_app_hands_in_everything_once_whatever_happens_to_it(sqlite_template: Template):
    web = ready()
    with sqlite_template.copy(EXAMINE_PHOTOS=True) as app, Server(app, EXAMINE_PHOTOS=True) as server:
        told = {
            "SERVER_URL": server.url, "SERVER_PASSWORD": PASSWORD, "SERVER_GRIDS": json.dumps([GRID_A1, GRID_A2]),
            "SERVER_SITE": site_id(1), "SERVER_FLASK": json.dumps([sys.executable, "-m", "flask", "--app", "wsgi"]), "SERVER_ROOT": str(ROOT),
        }
        done = subprocess.run(["npx", "--no-install", "vitest", "run"], cwd=web, env=os.environ | server.environment | told,
                              capture_output=True, text=True, timeout=SECONDS)
        # The tests put the server back in time on purpose: what the feed tells then is another feed.
        app.extensions["behind the feed"] = True
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-3000:]}"
