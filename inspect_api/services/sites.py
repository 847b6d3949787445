"""Sites: lists for offices, and the import of a county's ledger."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range, update_many
from inspect_api.models import Region, Site
from inspect_api.models.regions import in_force
from inspect_api.problems import Problem
from inspect_api.services import audit, history, rollup, site_fields, site_search
from inspect_api.services.changes import append
from inspect_api.services.days import today
from inspect_api.services.moves import move
from inspect_api.services.photos.naming import stored_of
from inspect_api.services.places import boundaries
from inspect_api.services.programmes import hold_plans
from sync.feed import Change
from sync.ledger import REMEDIES, Duplicates, LedgerError, RowError, natural_key, parse_row, read_ledger

_SITES = uuid.UUID("0f8f4b56-6f0a-4b58-9f63-6a2b6b1d7f3e")
_FIELDS = ("type", "name", "address", "contact", "phone", "uscc", "licence_number", "licence_until",
           "registration_number", "risk_grade", "attributes", "place", "lon", "lat")
_CHUNK = 500
SHOWN_ROWS = 200  # of a preview


def shown(row: Any) -> dict[str, Any]:
    """A site as it crosses the wire."""
    return {**{name: row[name] for name in ("id", "grid", *_FIELDS, "photos", "active", "rev")},
            "licence_until": row["licence_until"] and row["licence_until"].isoformat()}


def page(connection: Connection, query: dict[str, Any], day: date) -> dict[str, Any]:
    """{sites, next} of a region, as site_search has it. Three statements."""
    rows, after = site_search.page(connection, query, day)
    beside = site_search.beside(connection, rows, day)
    return {"sites": [shown(row) | beside[row["id"]] for row in rows], "next": after}


def one(connection: Connection, site_id: str) -> dict[str, Any]:
    """A site as in a list, and which of its photos are missing. Raises Problem not-found."""
    row = connection.execute(site_search.select(Site.__table__).where(Site.id == site_id)).mappings().first()
    if row is None:
        raise Problem("not-found", f"没有编号为“{site_id}”的主体")
    there = stored_of(connection, "site", [site_id] if row["photos"] else ())
    return shown(row) | site_search.beside(connection, [dict(row)], today())[site_id] | {
        "photos_missing": sorted(row["photos"].keys() - there[site_id].keys())}


class Placer:
    """Finds the grid of a ledger row: its grid code, else its point, else its village or town by name, else the region."""

    def __init__(self, connection: Connection, region: str):
        rows = connection.execute(sa.select(Region.code, Region.name, Region.level).where(
            prefix_range(Region.code, region), in_force(today())).order_by(Region.code)).all()
        self.region = region
        self.name = next((row.name for row in rows if row.code == region), region)
        self.codes = {row.code for row in rows}
        self.areas = boundaries(connection, (region,))
        self.towns = [(row.name, row.code) for row in rows if row.level == "town"]
        self.villages = [(row.name, row.code) for row in rows if row.level == "village"]

    def __call__(self, fields: dict[str, Any]) -> tuple[str | None, str, str]:
        """(code, "", "") or (None, column, why)."""
        if fields["grid"]:
            if fields["grid"] in self.codes:
                return fields["grid"], "", ""
            return None, "网格编码", f"没有网格“{fields['grid']}”，或不在{self.name}内"
        if fields["lon"] is not None and (found := self.areas.grid_of(fields["lon"], fields["lat"])):
            return found, "", ""
        town = _named(fields["town"], self.towns)
        if fields["town"] and town is None:
            return None, "所属乡镇", f"没有乡镇（街道）“{fields['town']}”，或不在{self.name}内"
        village = _named(fields["village"], [(name, code) for name, code in self.villages if code.startswith(town or "")])
        return village or town or self.region, "", ""


_SUFFIXES = ("人民政府", "办事处", "街道办", "街道", "镇", "乡", "村民委员会", "居民委员会", "村委会", "居委会", "社区", "村")


def _stem(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            name = name.removesuffix(suffix)
    return name


def _named(name: str | None, known: list[tuple[str, str]]) -> str | None:
    if not name:
        return None
    exact = [code for title, code in known if title == name]
    loose = exact or [code for title, code in known if _stem(title) == _stem(name)]
    return loose[0] if len(loose) == 1 else None


def _error(error: RowError) -> dict[str, Any]:
    return {"row": error.row, "column": error.column, "code": error.code, "message": error.message, "remedy": REMEDIES[error.code]}


class ParsedRow(NamedTuple):
    """One row of a ledger: its number, its fields, and what is wrong or doubtful in it."""

    number: int
    fields: dict[str, Any]
    errors: list[RowError]
    warnings: list[RowError]


def parse(name: str, data: bytes, crs: str | None = None) -> list[ParsedRow]:
    """Read a ledger file; `crs` is the coordinate system where the ledger names none.

    Takes seconds for a large one, so it is done before any transaction. Raises Problem broken-ledger.
    """
    try:
        return [ParsedRow(row.row_number, *parse_row(row.cells, row.row_number, crs)) for row in read_ledger(name, data)]
    except LedgerError as error:
        raise Problem("broken-ledger", error.message, reason=error.code) from None


def _sort(ledger: list[ParsedRow], place: Placer) -> tuple[list[dict[str, Any]], list[dict], list[dict]]:
    """(good rows, errors, warnings): each row placed, and compared with those before it. `number` of a good row is its row in the file."""
    good: list[dict[str, Any]] = []
    errors: list[dict] = []
    duplicates = Duplicates()
    for row in ledger:
        wrong = list(row.errors)
        grid, column, why = place(row.fields)
        if grid is None:
            wrong.append(RowError(row.number, column, "unknown-grid", why))
        fields = row.fields | {"grid": grid}
        wrong += duplicates.check(row.number, fields)
        if not wrong:
            good.append({name: fields[name] for name in _FIELDS} | {"grid": grid, "natural_key": natural_key(fields), "number": row.number})
        errors += [_error(one) for one in wrong]
    return good, errors, [_error(one) for row in ledger for one in row.warnings]


def store(connection: Connection, region: str, rows: Iterable[dict[str, Any]], by: str, now: int,
          progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Insert new sites and update known ones (same natural key in the region); fold what changed.

    Returns {created, updated, unchanged}. The region's sites are locked first, in the order of their ids, as a push
    locks them; tallies and the feed are written last.
    """
    hold_plans(connection)
    rows, tallies = list(rows), rollup.Tallies()
    counts, done = {"created": 0, "updated": 0, "unchanged": 0}, 0
    for chunk in _compared(connection, region, rows, by, now, lock=True):
        if chunk.new:
            connection.execute(sa.insert(Site.__table__), chunk.new)
            append(connection, [Change(row["grid"], "site", row["id"]) for row in chunk.new])
        write_edits(connection, chunk.edits)
        history.keep(connection, [history.Entry("site", edit.after["id"], edit.after["rev"], edit.changes, now, by, why="ledger")
                                  for edit in chunk.edits])
        if chunk.new or chunk.edits:
            rollup.refold(connection, [*(row["id"] for row in chunk.new), *(edit.after["id"] for edit in chunk.edits)], tallies=tallies)
        _count(counts, chunk)
        done += len(chunk.told)
        if progress:
            progress(done, len(rows))
    tallies.write(connection)
    return counts


class Compared(NamedTuple):
    """Some rows of a ledger beside what is known: new sites, edits, and of every row (its number, site id, {field: [before, after]} or
    None for a new one)."""

    new: list[dict[str, Any]]
    edits: list["Edit"]
    told: list[tuple[int, str, dict[str, list[Any]] | None]]


def _count(counts: dict[str, int], chunk: Compared) -> None:
    for name, more in (("created", len(chunk.new)), ("updated", len(chunk.edits))):
        counts[name] += more
    counts["unchanged"] += len(chunk.told) - len(chunk.new) - len(chunk.edits)


def _compared(connection: Connection, region: str, rows: list[dict[str, Any]], by: str, now: int, lock: bool = False) -> Iterator[Compared]:
    """A ledger's rows beside the sites of the region, chunk by chunk."""
    keys = sa.select(Site.id, Site.natural_key).where(prefix_range(Site.grid, region)).order_by(Site.id)
    known = {key: site_id for site_id, key in connection.execute(keys.with_for_update() if lock else keys)}
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start:start + _CHUNK]
        # A site that a ledger made is found by the key it then had, too: a phone may have added a number since.
        ids = [known.get(row["natural_key"]) or str(uuid.uuid5(_SITES, region + row["natural_key"])) for row in chunk]
        held = {row["id"]: dict(row) for row in connection.execute(
            sa.select(Site.__table__).where(Site.id.in_(ids))).mappings()}
        for n, site_id in enumerate(ids):
            if site_id in held and not held[site_id]["grid"].startswith(region):  # it went elsewhere, and is not fetched back
                ids[n] = str(uuid.uuid5(_SITES, region + chunk[n]["natural_key"] + held[site_id]["grid"]))
        yield _beside(chunk, ids, held, by, now)


def _beside(chunk: list[dict[str, Any]], ids: list[str], held: dict[str, dict[str, Any]], by: str, now: int) -> Compared:
    done = Compared([], [], [])
    for site_id, row in zip(ids, chunk, strict=True):
        old, number = held.get(site_id), row.get("number", 0)
        if old is None:
            made = {name: value for name, value in row.items() if name != "number"}
            done.new.append(made | {"id": site_id, "active": True, "rev": 1, "field_rev": None, "created_by": by, "created_at": now,
                                    "updated_at": now})
            done.told.append((number, site_id, None))
            continue
        wanted = site_fields.differences(old, _merge(old, row))
        after, patched = site_fields.edited(old, wanted, now, old["rev"], {})
        if patched.changes:
            held[site_id] = after | {"natural_key": old["natural_key"]}
            done.edits.append(Edit(old, held[site_id], patched.changes))
        done.told.append((number, site_id, patched.changes))
    return done


def _merge(old: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """The known site with what the ledger says; a cell left empty, or a coarser place, takes nothing away."""
    merged = dict(old)
    for name in (*_FIELDS, "grid"):
        if name == "attributes":
            merged[name] = old[name] | row[name]
        elif name == "grid":
            merged[name] = old[name] if old[name].startswith(row[name]) else row[name]
        elif row[name] not in (None, ""):
            merged[name] = row[name]
    return merged


class Edit(NamedTuple):
    """A site before and after, and {field: [before, after]}."""

    before: dict[str, Any]
    after: dict[str, Any]
    changes: dict[str, list[Any]]


def write_edits(connection: Connection, edits: list[Edit]) -> None:
    """Write edited sites, take along what lies at those that moved, and tell the feed. The caller folds them."""
    if not edits:
        return
    rows = sorted((edit.after for edit in edits), key=lambda row: row["id"])
    update_many(connection, Site.__table__, site_fields.COLUMNS, rows)
    append(connection, move(connection, [(edit.before, edit.after) for edit in edits]))
    append(connection, [Change(row["grid"], "site", row["id"]) for row in rows])


def _known_region(connection: Connection, region: str) -> None:
    if connection.execute(sa.select(Region.code).where(Region.code == region)).first() is None:
        raise Problem("unknown-region", f"没有区划 {region}")


def preview(connection: Connection, region: str, ledger: list[ParsedRow], now: int) -> dict[str, Any]:
    """What `import_ledger` would do, without doing any of it: its answer, and `rows`, the first SHOWN_ROWS that would be created or
    updated: {row, action, id, name, changes}."""
    _known_region(connection, region)
    good, errors, warnings = _sort(ledger, Placer(connection, region))
    names: Mapping[int, str] = {row["number"]: row["name"] for row in good}
    counts, rows = {"created": 0, "updated": 0, "unchanged": 0}, []
    for chunk in _compared(connection, region, good, "", now):
        _count(counts, chunk)
        rows += [{"row": number, "action": "create" if changes is None else "update", "id": site_id, "name": names[number],
                  "changes": changes or {}} for number, site_id, changes in chunk.told if changes is None or changes]
        del rows[SHOWN_ROWS:]
    return {"dry_run": True, **counts, "rejected": len({e["row"] for e in errors}), "errors": errors, "warnings": warnings, "rows": rows}


def import_ledger(connection: Connection, region: str, name: str, ledger: list[ParsedRow], all_or_nothing: bool, by: str,
                  now: int, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Import a ledger that was read by `parse`: {created, updated, unchanged, rejected, errors, warnings}.

    Bad rows are reported with row, column and reason; good ones are kept, or none with `all_or_nothing`, which
    raises Problem ledger-rows.
    """
    _known_region(connection, region)
    good, errors, warnings = _sort(ledger, Placer(connection, region))
    if errors and all_or_nothing:
        raise Problem("ledger-rows", f"{len({e['row'] for e in errors})} 行有错误，未导入任何一行", errors=errors)
    counts = store(connection, region, good, by, now, progress)
    audit.append(connection, region[:6], now, by, "site.import", name.replace("\x00", ""), counts)
    return counts | {"rejected": len({e["row"] for e in errors}), "errors": errors, "warnings": warnings}
