"""Every setting of the server, in one tuple that can be read to the end.

A setting comes from the environment variable of its name, else from its default. `flask settings` prints
this table, and a test fails when one of them is missing from docs/operating.md.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checklists.site_types import SITE_TYPES
from checklists.verdict import RULES, VERDICTS
from media.backends import BACKENDS
from sync.operation import OLDEST, SCHEMA

VERSION = "0.1.0"  # of the server; pyproject.toml says the same


def _boolean(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("expected true or false")


def _whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number in a range."""

    def parse(text: str) -> int:
        if not low <= (number := int(text)) <= high:
            raise ValueError(f"expected {low} to {high}")
        return number

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    """One of a few words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"expected {' or '.join(words)}")
        return text

    return parse


def _level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("expected DEBUG, INFO, WARNING or ERROR")
    return text.upper()


def _database(text: str) -> str:
    if text and not text.startswith(("postgresql://", "postgres://", "postgresql+psycopg://", "sqlite:///")):
        raise ValueError("expected postgresql://user:password@host/database, or nothing for SQLite")
    return text


def _tiles(text: str) -> str:
    """An address of map tiles: `https://tiles.example/{z}/{x}/{y}.png`, or a path on this server."""
    known = re.fullmatch(r"(https?://[\w.{}-]+(:\d+)?)?/[^\s\"'<>\\]*", text, re.ASCII)
    if text and (known is None or not all(part in text for part in ("{z}", "{x}", "{y}"))):
        raise ValueError("expected https://host/{z}/{x}/{y}.png")
    return text


def _rules(text: str) -> dict[str, dict[str, str]]:
    """`inspection.catering=sales-2016 patrol.*=patrol-plain` laid over the built-in verdict.RULES."""
    rules = {document: dict(table) for document, table in RULES.items()}
    for part in text.split():
        where, _, rule = part.partition("=")
        document, _, site_type = where.partition(".")
        if document not in rules or (site_type != "*" and site_type not in SITE_TYPES) or rule not in VERDICTS:
            raise ValueError(f"{part!r}: expected document.site_type=rule, document {'|'.join(rules)}, "
                             f"site_type a key or *, rule {'|'.join(VERDICTS)}")
        rules[document][site_type] = rule
    return rules


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: environment name, default, how its text is read, what it is for."""

    name: str
    default: Any
    parse: Callable[[str], Any]
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("DATABASE_URL", "", _database, "Database. Empty: SQLite in DATA_DIR. postgresql://user:pw@host/db for PostgreSQL."),
    Setting("DATA_DIR", "instance", str, "Folder of the SQLite file and of everything the server writes."),
    Setting("LOG_LEVEL", "INFO", _level, "DEBUG, INFO, WARNING or ERROR."),
    Setting("LOG_JSON", True, _boolean, "One JSON object per log line; false prints for people."),
    Setting("SESSION_DAYS", 90, _whole(1, 3650), "Days until an unused session ends. Phones may be offline for weeks."),
    Setting("PUSH_MAX_OPERATIONS", 500, _whole(1, 100_000), "Operations in one push; a larger batch is refused whole with 413."),
    Setting("PUSH_MAX_BYTES", 4_000_000, _whole(1_000, 1_000_000_000), "Bytes of one push after inflation."),
    Setting("REQUEST_MAX_BYTES", 20_000_000, _whole(1_000, 1_000_000_000), "Bytes of any request body (ledger imports are the largest)."),
    Setting("PUSHES_PER_MINUTE", 1200, _whole(0, 1_000_000), "Pushes of one device in a minute and a process before it is told to wait; 0: any number."),
    Setting("PULL_MAX_CHANGES", 1000, _whole(1, 100_000), "Changes in one page of a pull, at most."),
    Setting("SYNC_OLDEST_SCHEMA", OLDEST, _whole(OLDEST, SCHEMA), "The oldest protocol version that is still served; older apps are told to update."),
    Setting("MEDIA_BACKEND", "folder", _one_of(*BACKENDS), "Where photos are stored: folder (DATA_DIR/photos) or s3."),
    Setting("S3_BUCKET", "", str, "Bucket of the photos, when MEDIA_BACKEND is s3."),
    Setting("S3_ENDPOINT", "", str, "Address of an S3-compatible service; empty: Amazon's."),
    Setting("S3_REGION", "", str, "Region of the bucket, if the service asks for one."),
    Setting("S3_ACCESS_KEY", "", str, "Access key; empty: as boto3 finds it (environment, profile, role)."),
    Setting("S3_SECRET_KEY", "", str, "Secret key."),
    Setting("S3_PREFIX", "", str, "What the keys of all photos begin with, when the bucket holds other things too."),
    Setting("S3_ADDRESSING", "", _one_of("", "path", "virtual"), "path or virtual (bucket.host, as Aliyun OSS demands); empty: path with S3_ENDPOINT."),
    Setting("UPLOAD_MAX_BYTES", 32_000_000, _whole(1_000, 1_000_000_000), "Bytes of one photo, at most."),
    Setting("UPLOAD_DAYS", 30, _whole(1, 365), "Days after its last bytes until an unfinished upload expires."),
    Setting("WORK_AT_ONCE", 2, _whole(1, 1000), "Requests that one process works on with the database at once; the other threads are for those that wait for bytes."),
    Setting("UPLOADS_AT_ONCE", 12, _whole(1, 1000), "Uploads that one process receives at once; more are told to wait, so that answers still come in."),
    Setting("UPLOAD_KEEP_FREE", 200_000_000, _whole(0, 10**13), "Bytes that uploads leave free on the disk; below that they are told to wait."),
    Setting("EXAMINE_PHOTOS", True, _boolean, "Look at new photos in quiet moments, so that near-duplicates are known."),
    Setting("CLOCK_FUTURE_HOURS", 24, _whole(0, 100_000), "A capture later than now by more than this, after correction, is set aside."),
    Setting("DB_POOL_SIZE", 8, _whole(1, 200), "Database connections kept by one server process."),
    Setting("ARGON2_TIME_COST", 2, _whole(1, 20), "argon2id passes for a password hash."),
    Setting("ARGON2_MEMORY_KIB", 19_456, _whole(8, 4_000_000), "argon2id memory for a password hash, in KiB (OWASP minimum)."),
    Setting("VERDICT_RULES", RULES, _rules, "Which rule judges which visit, over the built-in table: "
            "inspection.catering=sales-2016 patrol.*=patrol-plain"),
    Setting("APPS_DIR", "", str, "Folder of the built web apps (field/ …). Empty: inspect_api/static, where make app builds them."),
    Setting("MAP_TILES_URL", "", _tiles, "Background tiles of the phone's map, https://host/{z}/{x}/{y}.png; empty: boundaries only."),
    Setting("MAP_TILES_CRS", "WGS84", _one_of("WGS84", "GCJ02"),
            "Coordinate system of the tiles: WGS84 (also CGCS2000: 天地图) or GCJ02 (高德、腾讯)."),
    Setting("MAP_TILES_ATTRIBUTION", "", str, "What the licence of the tiles wants to be said on the map."),
    Setting("TIMEZONE_HOURS", 8, _whole(-12, 14), "Hours from UTC of the local day. China: 8, without summer time since 1991."),
)


class SettingError(ValueError):
    """An environment variable that cannot be read; names the variable and what was expected."""


def load_settings(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return {name: value} for all SETTINGS.

    Raises SettingError when a variable's text cannot be parsed.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environ.get(setting.name)
        try:
            values[setting.name] = setting.default if text is None else setting.parse(text)
        except ValueError as error:
            raise SettingError(f"{setting.name}={text!r}: {error}. {setting.help}") from error
    return values
