"""Findings from their opening to their end: closed by the visit that proves them mended, signed off, supervised where they are long overdue."""

from datetime import date, timedelta
from typing import Any

from checklists.state import Closed, Opened
from inspect_api.fill.ground import Ground
from inspect_api.fill.records import Ledger
from inspect_api.fill.shape import HOUR_MS, Shape, new_id
from inspect_api.models import Finding, RectificationStep
from inspect_api.services.rectification.cases import Standing, finding_id
from inspect_api.services.rectification.project import begun
from inspect_api.services.rules import DAY_MS

Row = dict[str, Any]
LONG = timedelta(days=10)  # overdue for so long, some are supervised or handed to the county


class Mending:
    """The findings that are open, by site and item."""

    def __init__(self, shape: Shape, made: Ground, sites: list[Row], ledger: Ledger):
        self.shape, self.made, self.sites, self.ledger = shape, made, sites, ledger
        self.random = shape.random("mending")
        self._open: dict[tuple[int, str], tuple[Row, str]] = {}  # the row, and the first version of the visit that found it
        self._before: dict[tuple[int, str], tuple[int, str]] = {}  # how often an item failed at a site, and the newest case

    def opened(self, site: int, event: Opened, root: str) -> None:
        """A finding begins; `root` is the first version of its visit."""
        key = (site, event.link_id)
        case = finding_id(root, event.link_id)
        repeats, repeat_of = self._before.get(key, (-1, None))
        self._before[key] = (repeats + 1, case)
        self._open[key] = (begun(event, self.sites[site], case, repeats + 1, repeat_of), root)

    def closed(self, site: int, event: Closed, received: int) -> None:
        """A visit that arrived at `received` proves it mended; mostly the town signs it off some days later."""
        row, root = self._open.pop((site, event.link_id))
        row |= {"closed_on": date.fromisoformat(event.day), "closed_by": event.by}
        standing = Standing()
        at = received + HOUR_MS + int(self.random.expovariate(1 / (2 * DAY_MS)))
        if at < self.shape.now:
            self._step(row, root, standing, "sign_off", at, {"note": "", "recheck": event.by})
        self._write(row, standing)

    def end(self, now: int) -> None:
        """What is still open when the year ends. The last evening some of what is long overdue is supervised or handed to the county."""
        for _, (row, root) in sorted(self._open.items()):
            standing, drawn = Standing(), self.random.random()
            at = now - self.random.randrange(HOUR_MS, 4 * HOUR_MS)
            if row["due_on"] + LONG < self.shape.until:
                if drawn < 0.2:
                    self._step(row, root, standing, "supervise", at, {"reason": "超过期限仍未整改"})
                if drawn < 0.05:
                    self._step(row, root, standing, "escalate", at, {"reason": "多次督促未改，请县局处理"})
            elif drawn < 0.2:
                self._step(row, root, standing, "evidence", at, {"note": "店主送来整改说明", "photos": [], "documents": []})
            self._write(row, standing)
        self._open.clear()

    def _step(self, row: Row, root: str, standing: Standing, kind: str, at: int, data: Row) -> None:
        by = self.made.reviewers[row["grid"][:9]][0].id
        step = {"id": new_id(self.random, at), "finding_id": row["case_id"], "n": standing.rev + 1, "site_id": row["site_id"], "visit_id": root,
                "link_id": row["link_id"], "grid": row["grid"], "kind": kind, "at": at, "by": by, "data": data}
        standing.take(step)
        self.ledger.row(RectificationStep.__table__, step, ("data",))
        self.ledger.audit(at, by, f"rectification.{kind}", row["case_id"], data)

    def _write(self, row: Row, standing: Standing) -> None:
        days = {name: row[name] and row[name].isoformat() for name in ("opened_on", "due_on", "closed_on")}
        self.ledger.row(Finding.__table__, row | standing.columns(row["closed_by"]) | days)
