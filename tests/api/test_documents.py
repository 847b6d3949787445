"""Documents that offices attach: refused by what they are, kept by their hash, read by who answers for their region."""

import hashlib
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from flask import Flask

from inspect_api.models import Document
from inspect_api.services.photos import storage
from media import papers
from tests.api.asking import count
from tests.api.small import INDICATORS, postgres_template, record, sqlite_template
from tests.media.pictures import encoded
from tests.support.people import Person
from tests.support.world import COUNTY, TOWN_A, TOWN_B

__all__ = ["postgres_template", "sqlite_template"]  # fixtures

PDF = b"%PDF-1.7\n" + b"x" * 300_000 + b"\n%%EOF\n"


def workbook() -> bytes:
    """A small XLSX."""
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


def packed(*names: str) -> bytes:
    """A zip of empty files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return file.getvalue()


def hand_in(person: Person, data: bytes, name: str = "文件.pdf", status: int = 201, **query: Any) -> Any:
    """Upload a document."""
    form = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + data + b"\r\n--x--\r\n"
    answer = person.ask("POST", "/api/v1/documents", query_string=query, data=form, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == status, answer.get_json()
    return answer.get_json()


def test_a_document_comes_back_byte_by_byte_as_an_attachment_and_is_kept_once(app: Flask, as_county: Person):
    kept = hand_in(as_county, PDF, "../会议/纪要.pdf")
    assert kept == {"sha256": hashlib.sha256(PDF).hexdigest(), "region": COUNTY, "name": "纪要.pdf", "mime": "application/pdf", "size": len(PDF)}
    answer = as_county.ask("GET", f"/api/v1/documents/{kept['sha256']}")
    assert answer.data == PDF and answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E7%BA%AA%E8%A6%81.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
    assert hand_in(as_county, PDF, "另一个.pdf")["name"] == "纪要.pdf" and count(app, Document) == 1
    with app.app_context():
        assert [key for key, _ in storage.backend().keys("documents/")] == [f"documents/{COUNTY}/{kept['sha256'][:2]}/{kept['sha256']}"]


def test_who_answers_for_its_region_reads_it_and_nobody_else(app: Flask, as_county: Person, as_reviewer: Person):
    town, whole = hand_in(as_reviewer, PDF)["sha256"], hand_in(as_county, workbook(), "表.xlsx")["sha256"]
    other = Person(app, "other-reviewer")

    def status(person: Person, sha256: str) -> int:
        return person.ask("GET", f"/api/v1/documents/{sha256}").status_code

    assert (status(as_reviewer, town), status(as_county, town), status(other, town)) == (200, 200, 403)
    assert (status(as_reviewer, whole), status(as_county, "0" * 64)) == (403, 404)
    hand_in(other, PDF)
    assert status(other, town) == 200 and count(app, Document) == 3, "handed in there too, it is theirs too"
    assert as_reviewer.ask("POST", f"/api/v1/documents?region={TOWN_B}", data={"file": (io.BytesIO(PDF), "a.pdf")}).status_code == 403


ACCEPTED = {"a.pdf": (PDF, "application/pdf"), "a.exe": (encoded("jpeg"), "image/jpeg"), "表": (workbook(), papers.XLSX),
            "信.docx": (packed("[Content_Types].xml", "word/document.xml"), papers.DOCX)}
REFUSED = {
    "a program by the name of a document": b"MZ\x90\x00" + b"\0" * 200, "a page": b"<html><script>alert(1)</script></html>", "nothing": b"",
    "half a PDF": PDF[:1000], "half a picture": encoded("jpeg")[:200], "a zip": packed("a.txt"), "half a workbook": workbook()[:2000],
    "a workbook with macros": packed("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
    "both a workbook and a letter": packed("[Content_Types].xml", "xl/workbook.xml", "word/document.xml"), "an old Office file": b"\xd0\xcf\x11\xe0" + b"\0" * 600}


def test_what_a_file_is_decides_and_not_its_name(one_app: Flask):
    county = Person(one_app, "county")
    for name, (data, mime) in ACCEPTED.items():
        kept = hand_in(county, data, name)
        assert kept["mime"] == mime and kept["name"].endswith(papers.SUFFIXES[mime]), name


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_document_is_refused_with_a_reason_and_leaves_nothing(one_app: Flask, what: str):
    told = hand_in(Person(one_app, "county"), REFUSED[what], "a.pdf", 422)
    assert told["code"] == "bad-document" and told["errors"][0]["message"]
    assert count(one_app, Document) == 0
    with one_app.app_context():
        assert list(storage.backend().keys("documents/")) == []


def test_twenty_megabytes_come_in_and_one_byte_more_does_not(one_app: Flask):
    county = Person(one_app, "county")
    most = PDF + b"\n" * (papers.MOST_BYTES - len(PDF) - 6) + b"%%EOF\n"
    assert hand_in(county, most)["size"] == papers.MOST_BYTES
    assert hand_in(county, most + b"\n", status=413)["code"] == "too-large"
    assert hand_in(county, most + b"\n" * 10_000_000, status=413)["code"] == "too-large"
    assert county.ask("POST", "/api/v1/documents", json={}).status_code == 422
    assert Person(one_app, "admin").ask("POST", "/api/v1/documents", data={"file": (io.BytesIO(PDF), "a.pdf")}).status_code == 422


def test_a_record_and_a_number_name_documents_that_are_there(app: Flask, as_county: Person, as_reviewer: Person):
    sha256 = hand_in(as_reviewer, PDF, "报告.pdf")["sha256"]
    record(as_county, documents=[sha256])
    [one] = as_county.get("/api/v1/records", region=COUNTY)["records"]
    assert one["documents"] == [{"sha256": sha256, "name": "报告.pdf", "mime": "application/pdf", "size": len(PDF)}]
    body = {"region": TOWN_A, "window": "2021", "numerator": 9, "denominator": 10}
    as_reviewer.post(f"{INDICATORS}/pass-rate/reports", body | {"documents": [sha256]}, 201)
    entry = as_reviewer.get("/api/v1/plans/small/entry", region=TOWN_A)["entries"][0]
    assert [d["name"] for d in entry["documents"]] == ["报告.pdf"]
    [listed] = as_reviewer.get(f"{INDICATORS}/pass-rate/reports", region=TOWN_A)["reports"]
    assert listed["documents"] == [sha256]
    for bad in (["0" * 64], ["../x"]):
        told = as_reviewer.ask("POST", f"{INDICATORS}/pass-rate/reports", json=body | {"documents": bad})
        assert (told.status_code, told.get_json()["code"]) == (422, "invalid")
        assert as_county.ask("POST", "/api/v1/records", json={
            "region": COUNTY, "kind": "food_sampling", "on": "2021-05-01", "method": "rapid", "task_level": "county", "count": 1, "documents": bad}).status_code == 422
