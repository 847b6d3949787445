"""`flask media verify` and `move` with documents that offices attached: a document is one object of its county, whoever hands it in."""

from collections.abc import Iterable

import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Audit, Document
from inspect_api.services import documents
from tests.api.test_cli import run
from tests.api.test_cli_media import (
    OTHER,
    bucket,
    got,
    kept_app,
    key,
    keys,
    move,
    put,
    sent,
    small_pages,
    some_app,
    store,
)
from tests.api.test_documents import hand_in
from tests.support.people import Person
from tests.support.uploads import sha
from tests.support.world import COUNTY, TOWN_A

__all__ = ["bucket", "kept_app", "small_pages", "some_app"]  # fixtures


def papers(app: Flask, *contents: bytes, region: str = COUNTY) -> dict[str, bytes]:
    """Documents that the county hands in: {SHA-256: bytes}."""
    county = Person(app, "county")
    return {hand_in(county, content, f"文件{content[9:10].decode()}.pdf", region=region)["sha256"]: content for content in contents}


def paper(letter: str) -> bytes:
    """A small document."""
    return b"%PDF-1.7\n" + letter.encode() * 500 + b"\n%%EOF\n"


def lent(app: Flask, names: Iterable[str]) -> dict[str, bytes]:
    """What the server gives for these documents now."""
    return {name: Person(app, "county").ask("GET", f"/api/v1/documents/{name}").data for name in names}


def test_verify_reads_documents_too_and_tells_which_are_missing_or_damaged(kept_app: Flask):
    where = kept_app.config["MEDIA_BACKEND"]
    sent(kept_app, 1)
    given = papers(kept_app, paper("a"), paper("b"), paper("c"))
    papers(kept_app, paper("a"), region=TOWN_A)  # the same content, handed in once more elsewhere
    told = run(kept_app, "media", "verify")
    assert "已核对照片 1 张" in told and "已核对文件 3 份" in told and told.count("全部完好") == 2 and "没有登记的文件 0 个" in told
    damaged, missing, whole = given
    put(kept_app, where, documents.key(COUNTY, damaged), b"%PDF-rotten")
    store(kept_app, where).delete(documents.key(COUNTY, missing))
    put(kept_app, OTHER[where], documents.key(COUNTY, whole), given[whole])
    put(kept_app, where, documents.key(COUNTY, "ab" * 32), b"nobody knows")
    told = run(kept_app, "media", "verify", exit_code=1)
    for line in (f"损坏：文件 {COUNTY}/{damaged}（{where}）", f"缺失：文件 {COUNTY}/{missing}", f"文件a.pdf（{COUNTY}）、文件b.pdf（{COUNTY}）、文件a.pdf（{TOWN_A}）",
                 "已核对照片 1 张", "缺失 1 份，损坏 1 份，大小不符 0 份", "没有登记的文件 1 个，12 bytes", "副本 1 个"):
        assert line in told, line
    assert "已核对文件 0 份" in run(kept_app, "media", "verify", "--org", "140521")
    assert "已核对文件 1 份" in run(kept_app, "media", "verify", "--limit", "2", exit_code=1)


def test_documents_are_moved_after_the_photos_and_given_out_byte_by_byte(kept_app: Flask, small_pages: None):
    here = kept_app.config["MEDIA_BACKEND"]
    there = OTHER[here]
    photos, given = sent(kept_app, 1), papers(kept_app, *map(paper, "abcde"))
    papers(kept_app, paper("a"), region=TOWN_A)
    assert "照片 1 张，文件 1 份" in move(kept_app, there, "--limit", "2")
    assert lent(kept_app, given) == given
    assert "照片 0 张，文件 4 份" in move(kept_app, there)
    assert lent(kept_app, given) == given and got(kept_app, photos) == photos
    assert keys(kept_app, there) == sorted([*(documents.key(COUNTY, name) for name in given), *map(key, photos)])
    assert keys(kept_app, here) == []
    with kept_app.app_context(), reading() as connection:
        assert connection.execute(sa.select(Document.backend, sa.func.count()).group_by(Document.backend)).tuples().all() == [(there, 6)]
        moves = connection.execute(sa.select(Audit.detail).where(Audit.action == "document.move").order_by(Audit.seq)).scalars().all()
    assert [detail["waiting"] for detail in moves] == [5, 4]
    assert "全部完好" in run(kept_app, "media", "verify")


def test_a_document_that_is_in_both_storages_loses_neither_until_no_row_names_it(some_app: Flask, small_pages: None):
    here = some_app.config["MEDIA_BACKEND"]
    there = OTHER[here]
    given = papers(some_app, paper("a"), paper("b"))
    some_app.config["MEDIA_BACKEND"] = there
    papers(some_app, paper("a"), region=TOWN_A)  # this one is in both now, and a row names each
    name = documents.key(COUNTY, sha(paper("a")))
    assert name in keys(some_app, here) and name in keys(some_app, there)
    told = run(some_app, "media", "verify")
    assert "已核对文件 3 份" in told and "副本 0 个" in told
    assert "文件 1 份" in move(some_app, here) and name not in keys(some_app, there), "the rows say so"
    assert lent(some_app, given) == given
    assert Person(some_app, "reviewer").ask("GET", f"/api/v1/documents/{sha(paper('a'))}").status_code == 200
    assert "文件 2 份" in move(some_app, there) and keys(some_app, here) == [] and lent(some_app, given) == given


def test_a_document_whose_source_is_damaged_stays_where_it_is_and_holds_up_no_other(some_app: Flask, small_pages: None):
    here = some_app.config["MEDIA_BACKEND"]
    given = papers(some_app, *map(paper, "abc"))
    damaged = sorted(given)[0]
    put(some_app, here, documents.key(COUNTY, damaged), b"not this")
    told = move(some_app, OTHER[here], exit_code=1)
    assert "照片 0 张，文件 2 份" in told and "留在原处的照片 0 张，文件 1 份" in told and f"文件 {COUNTY}/{damaged}" in told
    assert keys(some_app, here) == [documents.key(COUNTY, damaged)], "what is left of it is not thrown away"
