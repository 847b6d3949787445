"""What inspectors do all day, at random: visits, street-found sites, patches of shared sites, drafts, amendments.

Everything is a choice of the phone's own luck, so that a seed makes the same work again; only when the server dies or
answers is left to chance.
"""

import itertools
import os
import random
from collections.abc import Callable

from flask import Flask
from sqlalchemy.engine import Connection

from inspect_api.db import transaction
from inspect_api.models import Site
from inspect_api.services import rollup
from inspect_api.services.changes import append
from sync.feed import Change
from tests.support.outbox import Outbox, Row
from tests.support.people import instant
from tests.support.serving import Server
from tests.support.world import GRID_A1, GRID_A2, SITES, site_id, site_row

_COOKS = ("kitchen.bright", "waste.contract", "common.expired")
ITEMS = {"school_canteen": _COOKS, "catering": _COOKS, "cold_store": ("common.file-matches", "cold_store.temp-record")}
GRIDS = (GRID_A1, GRID_A2)
OFFICERS = [{"name": name, "certificate": f"晋执{name}"} for name in ("甲", "乙")]
SHARED = {site_id(number): SITES[number]["type"] for number in (1, 2, 4, 5)} | {
    site_id(number): ("school_canteen", "catering", "cold_store")[number % 3] for number in range(20, 32)}
KNOWN = {*SHARED, *(site_id(number) for number in SITES)}  # what is there before anybody works
_minutes = itertools.count()  # visits of all phones are mostly made one after the other, as in life


def seed() -> int:
    """The seed of this run: CHAOS_SEED, or one of its own, printed."""
    given = os.environ.get("CHAOS_SEED")
    chosen = int(given) if given else random.SystemRandom().randrange(10**6)
    print(f"CHAOS_SEED={chosen}")
    return chosen


def serve(app: Flask) -> Server:
    """The real server over the app's database: it starts quickly, and tells no busy phone to wait."""
    return Server(app, PYTHONDONTWRITEBYTECODE="", PUSHES_PER_MINUTE=0)


def share_sites(app: Flask) -> None:
    """Add the sites of SHARED that the small county does not have."""
    new = {id_: site_row(int(id_[-12:]), type=type_, grid=GRIDS[int(id_[-1]) % 2], name=f"共用{id_[-2:]}",
                         attributes={})
           for id_, type_ in SHARED.items() if int(id_[-12:]) not in SITES}

    def store(connection: Connection) -> None:
        connection.execute(Site.__table__.insert(), list(new.values()))
        append(connection, [Change(row["grid"], "site", id_) for id_, row in new.items()])

    with app.app_context():
        transaction(store)
        transaction(rollup.rebuild)


class Day:
    """The work of one person on one phone. A phone must have pulled once before it begins."""

    def __init__(self, phone: Outbox):
        self.phone, self.luck = phone, phone.luck
        self.sites = dict(SHARED)  # id -> type; its own later ones join
        self.drafts: list[str] = []
        self.signed: list[tuple[str, str]] = []  # (visit, site)

    def goes_on(self, acts: int) -> None:
        """Do some acts; each leaves one or two operations in the outbox."""
        choices: list[tuple[int, Callable[[], None]]] = [
            (6, self.visit), (2, self.found), (4, self.patch_site), (1, self.move_site), (3, self.draft),
            (4, self.patch_draft), (2, self.sign), (1, self.throw_away), (1, self.amend), (1, self.blunder)]
        for act in self.luck.choices([act for _, act in choices], [weight for weight, _ in choices], k=acts):
            act()

    def _answers(self, site: str) -> Row:
        return {item: {"mark": self.luck.choice(["pass", "pass", "fail"]), "note": f"第{self.luck.randrange(100)}次"}
                for item in ITEMS[self.sites[site]] if self.luck.random() < 0.7}

    def _at(self) -> str:
        minute = next(_minutes) if self.luck.random() < 0.9 else self.luck.randrange(500)
        day, rest = divmod(minute, 600)
        date = f"{2021 + day // 336}-{1 + day // 28 % 12:02d}-{1 + day % 28:02d}"
        return instant(f"{date} {8 + rest // 60:02d}:{rest % 60:02d}")

    def _site(self) -> str:
        own = [site for site in list(self.sites)[-4:] if site not in SHARED]
        return self.luck.choice(own) if own and self.luck.random() < 0.5 else self.luck.choice(list(SHARED))

    def _visit(self, site: str, **more: object) -> Row:
        if self.phone.login != "supervisor" and self.luck.random() < 0.3:
            more |= {"document_type": "inspection", "officers": OFFICERS,
                     "signature": {"kind": "absent", "reason": "外出"}}
        if self.luck.random() < 0.3:
            more |= {"place": {"lon": 112.805, "lat": 35.505, "crs": "WGS84", "accuracy": 8.5},
                     "operator_word": "已知悉"}
        checklist = self.phone.checklists()[self.sites[site]]
        return self.phone.visit(site, checklist, self._answers(site), at=self._at(), **more)

    def visit(self) -> None:
        """A signed visit."""
        site = self._site()
        self.signed.append((self._visit(site)["id"], site))

    def found(self) -> None:
        """A site found on the street, and the visit to it."""
        kind = self.luck.choice(["school_canteen", "catering", "cold_store"])
        made = self.phone.operation("create", "site", {"type": kind, "name": f"{self.phone.device} {len(self.sites)}",
                                                       "grid": self.luck.choice(GRIDS), "address": "街边"})
        self.sites[made["id"]] = kind
        self.signed.append((self._visit(made["id"])["id"], made["id"]))

    def patch_site(self) -> None:
        """One or two fields of a site that everybody patches."""
        values = {"name": f"店{self.luck.randrange(1000)}", "phone": str(self.luck.randrange(10**6)), "contact": "某人",
                  "risk_grade": self.luck.choice("ABCD"), "attributes.online": self.luck.choice([True, False]),
                  "licence_number": f"JY{self.luck.randrange(10**6)}"}
        chosen = self.luck.sample(list(values), 2)
        self.phone.patch_site(self.luck.choice(list(SHARED)), {name: values[name] for name in chosen})

    def move_site(self) -> None:
        """A site belongs to another grid: its visits move along."""
        self.phone.patch_site(self._site(), {"grid": self.luck.choice(GRIDS)})

    def draft(self) -> None:
        """A visit that is only begun."""
        self.drafts.append(self._visit(self._site(), status="draft")["id"])

    def patch_draft(self) -> None:
        """Another answer, or another note."""
        if self.drafts:
            id_ = self.luck.choice(self.drafts)
            answers = self._answers(self.phone.documents[id_]["site_id"])
            self.phone.patch_draft(id_, {f"answers.{item}": answer for item, answer in answers.items()}
                                   | {"note": f"补记{self.luck.randrange(10**6)}"})

    def sign(self) -> None:
        """A draft is done."""
        if self.drafts:
            id_ = self.drafts.pop(self.luck.randrange(len(self.drafts)))
            self.phone.patch_draft(id_, {"status": "signed", "note": "完"})
            self.signed.append((id_, self.phone.documents[id_]["site_id"]))

    def throw_away(self) -> None:
        """A draft was a mistake."""
        if self.drafts:
            self.phone.delete_draft(self.drafts.pop(self.luck.randrange(len(self.drafts))))

    def amend(self) -> None:
        """A signed visit is corrected; an office may have rejected it meanwhile, and then this waits in quarantine."""
        if self.signed:
            replaced, site = self.signed.pop(self.luck.randrange(len(self.signed)))
            self.signed.append((self._visit(site, replaces=replaced)["id"], site))

    def blunder(self) -> None:
        """A visit of a site that nobody knows: rejected, and kept."""
        self.phone.visit(self.phone.new_id(), self.phone.checklists()["catering"], {}, at=self._at())
