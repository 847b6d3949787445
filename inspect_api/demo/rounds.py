"""What one person does on the walk: a supervisor's round with a phone, and an office's inspections with two officers."""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from inspect_api.demo.answers import answers
from inspect_api.demo.camera import SIGNATURE, Camera, Habit
from inspect_api.demo.phones import BATCH, Phone
from inspect_api.demo.schedule import MISSED, Span, days, moment, settled
from inspect_api.demo.uploads import Lane
from sync.location import from_wgs84

INSPECTED = ("school_canteen", "meal_supplier", "central_kitchen", "special_food_producer", "additive_producer",
             "maternal_infant_shop")  # two officers go themselves: here, near schools, and where infant formula is sold
TWICE = 0.15  # of the sites: visited once more than due
LATE = 0.25  # of the sites: their first visit lies in the phone until everything else has been sent
MENDED = 0.7  # of the visits with findings: followed by a recheck
QUALITY = (0.78, 0.97)  # shares of items that pass, site by site: about 85 % and more
NO_WIFI = 2  # last visits of every fourth phone: their photos are still on it when the walk ends
ENTRY = {"catering": "小吃摊", "small_shop": "杂货铺", "rural_shop": "代销店"}

Operation = dict[str, Any]


class Round:
    """A township's sites, walked by one phone. `trouble` numbers the phones, so that each has its own bad luck.

    Photos go through the `lane`; `odd` are those of camera.ODD that are to happen on this round.
    """

    def __init__(self, phone: Phone, lane: Lane, town: str, spans: list[Span], today: date, random: Random, trouble: int,
                 step: Callable[[int], None], odd: Iterable[str] = ()):
        self.phone, self.town, self.spans, self.today, self.random = phone, town, spans, today, random
        self.trouble, self.step, self.lane = trouble, step, lane
        self.habit = Habit(Random(random.getrandbits(64)), deque(odd))
        self.settled = settled(spans, today)
        held = phone.pull()
        self.checklists = held.of("checklist")
        self.sites = {id_: site for id_, site in held.of("site").items()
                      if site["active"] and site["type"] in self.checklists}  # no plan asks of the others

    def visit(self, site: dict[str, Any], day: date, quality: float, at: str | None = None, **more: Any) -> Operation:
        """A visit of a site on a day, every item answered, with photos."""
        checklist, at = self.checklists[site["type"]], at or moment(day, self.random)
        camera = Camera(self.lane, self.habit, site, datetime.fromisoformat(at))
        given = answers(checklist, self.random, day, 1 if day < self.settled else quality, camera.show)
        if more.get("signature", {}).get("kind") == "signed":
            more["signature"] |= {"photo": camera.take(SIGNATURE, "signature")}
        return self.phone.visit(site["id"], checklist["version"], at, given, place=site["place"], photos=camera.captures, **more)

    def walk(self) -> None:
        """Everything that the phone captured offline, then the rechecks, then what was left lying."""
        planned = self._captured()
        overtaken = {one["set"]["site_id"]: one["id"] for one in reversed(planned)}  # the first visit of each site
        late = [one for one in planned if one["id"] in overtaken.values() and self.random.random() < LATE]
        kept_back = {one["id"] for one in late}
        rest = [one for one in planned if one["id"] not in kept_back]
        found = self._found_on_the_street() if self.trouble % 4 == 1 else []
        wrong = [self._impossible(planned[0])] if self.trouble % 8 == 0 and planned else []
        results = self._push_with_trouble(found + wrong + rest)
        self.step(len(rest))
        self._recheck(results)
        self.phone.push_all(late)
        self.step(len(late))
        if self.trouble % 4 == 0:
            photographed = [visit["photos"] for visit in self.phone.known.values() if visit["photos"]]
            self.lane.hold(name for photos in photographed[-NO_WIFI:] for name in photos)
        self.hand_in()

    def hand_in(self) -> None:
        """After the answers come the photos, and then the receipts."""
        self.lane.send()
        self.phone.count_receipts(self.lane.held)

    def _captured(self) -> list[Operation]:
        """The visits in the order in which they were made; to some sites the supervisor went once more than due."""
        found = []
        for site in self.sites.values():
            chosen = days(self.spans, self.random, self.today)
            if chosen and self.random.random() < TWICE:
                chosen += days(self.spans[-1:], self.random, self.today)
            found += [(moment(day, self.random), day, site) for day in chosen]
        return [self.visit(site, day, self.random.uniform(*QUALITY), at=at)
                for at, day, site in sorted(found, key=lambda one: one[0])]

    def _push_with_trouble(self, operations: list[Operation]) -> list[dict[str, Any]]:
        """Batches of 25: some twice, some out of order, some over a connection that breaks."""
        batches = [operations[start:start + BATCH] for start in range(0, len(operations), BATCH)]
        if self.trouble % 3 == 2 and len(batches) > 1:  # the first holds new sites: it may not be overtaken by their visits
            batches.append(batches.pop(1))
        results = []
        for number, batch in enumerate(batches):
            if number == 0 and self.trouble % 5 in (1, 3):
                results += self.phone.push_cut(batch, 0.5 if self.trouble % 5 == 1 else 1)
            else:
                results += self.phone.push(batch, again=(number + self.trouble) % 2 == 0)
        return results

    def _recheck(self, results: list[dict[str, Any]]) -> None:
        """Most sites with findings are visited again before the findings are due, and have mended them."""
        operations = []
        for result in results:
            findings = (result.get("row") or {}).get("findings")
            if not findings or self.random.random() > MENDED:
                continue
            visit = self.phone.known[result["id"]]
            first = date.fromisoformat(visit["at"][:10])
            due = max(min(date.fromisoformat(one["due_on"]) for one in findings), first)
            day = min(first + timedelta(days=self.random.randint(0, max((due - first).days, 1))), self.today - timedelta(days=1))
            if visit["site_id"] in self.sites and day > first:
                operations.append(self.visit(self.sites[visit["site_id"]], day, 1, note="复查：已整改"))
        self.step(0)
        self.phone.push_all(operations)

    def _found_on_the_street(self) -> list[Operation]:
        """A shop that is on no list, with a photo of its front: the phone knows where it stands, in GCJ-02; the server finds the grid."""
        kind = next((kind for kind in ENTRY if kind in self.checklists), None)
        grids = [region for region in self.phone.held.of("region").values() if region["level"] == "grid"]
        if kind is None or not grids or not self.spans:
            return []
        ring = grids[0]["boundary"]["coordinates"][0]
        lon, lat = (sum(point[axis] for point in ring[:4]) / 4 for axis in (0, 1))
        x, y = from_wgs84(lon, lat, "GCJ02")
        place = {"lon": round(x, 6), "lat": round(y, 6), "crs": "GCJ02", "accuracy": 12, "source": "gps", "mock": False}
        start, end = self.spans[-1]
        day = start + timedelta(days=self.random.randint(0, (end - start).days))
        at = moment(day, self.random)
        fields = {"type": kind, "name": f"巷口{ENTRY[kind]}（新发现，示例）", "address": f"{grids[0]['name']}示例路", "place": place}
        camera = Camera(self.lane, Habit(self.habit.dice), fields | {"id": ""}, datetime.fromisoformat(at))
        camera.take({"question": "门头"}, "front")
        site = self.phone.operation("site", fields | {"photos": camera.captures})
        return [site, self.visit(site["set"] | {"id": site["id"]}, day, 0.9, at=at)]

    def _impossible(self, like: Operation) -> Operation:
        """A visit with an answer of the wrong kind: it alone must be set aside, and nothing else with it."""
        fields = like["set"]
        link = next(iter(fields["answers"]))
        return self.phone.operation("visit", fields | {"answers": {link: {"value": "填错了题型", "mark": "pass"}}})

    def amend(self, visit_id: str) -> str:
        """Answer again what the office returned; the new visit names the one it replaces. Returns its id."""
        old = self.phone.known[visit_id]
        site = self.sites[old["site_id"]]
        day = date.fromisoformat(old["at"][:10])
        camera = Camera(self.lane, self.habit, site, datetime.fromisoformat(old["at"]), old["photos"])
        corrected = answers(self.checklists[site["type"]], self.random, day, 1, camera.show)
        made = self.phone.visit(site["id"], old["checklist"], old["at"], corrected, replaces=visit_id, note="按退回意见更正",
                                photos=camera.captures)
        self.phone.push([made])
        return made["id"]

    def inspect(self, colleague: str) -> None:
        """Supervision inspections (Order 49) where it matters: two officers, and the operator signs or is said not to have."""
        operations = []
        for site in self.sites.values():
            if not self.spans or not _matters(site) or self.random.random() < MISSED:
                continue
            start, end = self.random.choice(self.spans)
            day = start + timedelta(days=self.random.randint(0, (end - start).days))
            signature = {"kind": "signed", "name": site["contact"] or "经营者"}
            if self.random.random() < 0.1:
                signature = {"kind": "absent", "reason": "负责人外出，由店员在场见证"}
            operations.append(self.visit(site, day, 0.95, document_type="inspection", signature=signature, officers=[
                {"name": name, "certificate": f"示例{self.town}-{n:02d}"} for n, name in enumerate((self.phone.name, colleague), 1)]))
        self.phone.push_all(operations)
        self.hand_in()
        self.step(len(operations))


def _matters(site: dict[str, Any]) -> bool:
    """Whether plans ask for a supervision inspection (监督检查) here, which no patrol replaces."""
    attributes = site["attributes"]
    return (site["type"] in INSPECTED or attributes.get("near_school") is True
            or "infant_formula" in (attributes.get("products") or ()))
