"""People and phones as the tests speak of them."""

import gzip
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
from flask import Flask
from uuid_utils import uuid7

from tests.support.world import PASSWORD, site_id

CHINA = timezone(timedelta(hours=8))


def instant(text: str) -> str:
    """RFC 3339 of a local time such as `2021-05-01 09:30`."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA).isoformat()


class Person:
    """Somebody logged in on a device."""

    def __init__(self, app: Flask, login: str, device: str | None = None):
        self.app, self.login = app, login
        self.device = device or f"device-of-{login}"
        self.client = app.test_client()
        answer = self.client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD, "device_id": self.device})
        assert answer.status_code == 201, answer.get_json()
        self.token = answer.get_json()["token"]

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """A request with this person's token."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **query: Any) -> Any:
        """GET that must succeed; its JSON."""
        answer = self.ask("GET", path, query_string=query)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        """POST that must answer `status`; its JSON."""
        answer = self.ask("POST", path, json=body)
        assert answer.status_code == status, answer.get_json()
        return answer.get_json()


class Phone(Person):
    """A person with a phone: numbers its operations, and can push them any number of times.

    It speaks version 1, in which a patch is not held to what was read, unless `schema` is set to 2.
    """

    schema = 1

    def __init__(self, app: Flask, login: str, device: str | None = None, clock: timedelta = timedelta(0)):
        super().__init__(app, login, device)
        self.n, self.clock = 0, clock

    def now(self) -> str:
        """What the phone's clock says."""
        return (datetime.now(UTC) + self.clock).isoformat()

    def operation(self, kind: str, type_: str, fields: dict[str, Any], id_: str | None = None, **more: Any) -> dict[str, Any]:
        """One operation."""
        self.n += 1
        return {"n": self.n, "op": str(uuid7()), "t": type_, "id": id_ or str(uuid7()), "kind": kind, "base": None,
                "was": {}, "set": fields, "at": self.now()} | more

    def visit(self, site: int | str, at: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A new signed patrol of a site at a local time."""
        where = site if isinstance(site, str) else site_id(site)
        id_ = more.pop("id", None)
        version = more.pop("checklist", None) or self.checklist(more.pop("site_type", None) or self._type(where))
        return self.operation("create", "visit", {"site_id": where, "checklist": version, "document_type": "patrol",
                                                  "status": "signed", "at": instant(at), "answers": answers} | more, id_)

    def _type(self, where: str) -> str:
        from tests.support.world import SITES
        return SITES[int(where[-12:])]["type"]

    def checklist(self, site_type: str, region: str = "140525") -> str:
        """The version in force."""
        return self.get("/api/v1/checklists", site_type=site_type, region=region)["version"]

    def push(self, *operations: Any, status: int = 200, zipped: bool = False, **envelope: Any) -> Any:
        """Push; returns the answer's JSON."""
        body = {"device_id": self.device, "schema": self.schema, "sent_at": self.now(), "ops": list(operations)} | envelope
        data = orjson.dumps(body)
        headers = {"Content-Type": "application/json"}
        if zipped:
            data, headers["Content-Encoding"] = gzip.compress(data), "gzip"
        answer = self.ask("POST", "/api/v1/sync/push", data=data, headers=headers)
        assert answer.status_code == status, answer.get_json()
        return answer.get_json()


def new_id() -> str:
    """A UUID a phone could have made."""
    return str(uuid.UUID(str(uuid7())))
