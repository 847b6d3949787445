"""tus 1.0.0, MUST by MUST. Each test names the section of https://tus.io/protocols/resumable-upload that it is about."""

import base64
import hashlib
from typing import Any

import pytest
from flask import Flask

from tests.support.people import Phone
from tests.support.uploads import FILES, OFFSET, Uploader, jpeg, metadata, sha

PHOTO = jpeg(1)
HALF = len(PHOTO) // 2


@pytest.fixture
def phone(one_app: Flask) -> Uploader:
    """A supervisor's phone."""
    return Uploader(Phone(one_app, "supervisor"))


def code(answer: Any) -> str:
    """The code of a problem."""
    return answer.get_json()["code"]


# Core Protocol

def test_core_head_tells_the_offset_and_the_length_and_is_never_cached(phone: Uploader):
    path = phone.start(PHOTO)
    answer = phone.ask("HEAD", path)
    assert answer.status_code == 200
    assert answer.headers["Upload-Offset"] == "0"
    assert answer.headers["Upload-Length"] == str(len(PHOTO))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data == b""


def test_core_head_of_what_does_not_exist_has_no_offset(phone: Uploader):
    for id_ in ("0" * 32, "..", "nonsense"):
        answer = phone.ask("HEAD", f"{FILES}/{id_}")
        assert answer.status_code in (404, 405) and "Upload-Offset" not in answer.headers


def test_core_patch_continues_at_the_offset_and_tells_the_new_one(phone: Uploader):
    path = phone.start(PHOTO)
    first = phone.patch(path, 0, PHOTO[:HALF])
    assert (first.status_code, first.headers["Upload-Offset"], first.data) == (204, str(HALF), b"")
    second = phone.patch(path, HALF, PHOTO[HALF:])
    assert (second.status_code, second.headers["Upload-Offset"]) == (204, str(len(PHOTO)))


@pytest.mark.parametrize("kind", [None, "application/octet-stream", "image/jpeg"])
def test_core_patch_of_another_content_type_is_415(phone: Uploader, kind: str | None):
    path = phone.start(PHOTO)
    assert phone.patch(path, 0, PHOTO, Content_Type=kind).status_code == 415
    assert phone.offset(path) == 0


@pytest.mark.parametrize("offset", [1, HALF, len(PHOTO), 10**9])
def test_core_patch_at_another_offset_is_409_and_changes_nothing(phone: Uploader, offset: int):
    path = phone.start(PHOTO)
    answer = phone.patch(path, offset, PHOTO[offset:])
    assert (answer.status_code, code(answer)) == (409, "wrong-offset")
    assert phone.offset(path) == 0


@pytest.mark.parametrize("offset", [None, "", "-1", "1.5", "abc", "9" * 30])
def test_core_patch_with_an_offset_that_is_no_number_is_400(phone: Uploader, offset: str | None):
    path = phone.start(PHOTO)
    answer = phone.patch(path, 0, PHOTO, Upload_Offset=offset)
    assert (answer.status_code, code(answer)) == (400, "bad-upload")
    assert answer.get_json()["errors"][0]["field"] == "Upload-Offset"


def test_core_patch_of_what_does_not_exist_is_404(phone: Uploader):
    assert phone.patch(f"{FILES}/{'0' * 32}", 0, PHOTO).status_code == 404


def test_core_patch_beyond_the_length_keeps_nothing_of_it(phone: Uploader):
    path = phone.start(PHOTO)
    answer = phone.patch(path, 0, PHOTO + b"more")
    assert (answer.status_code, code(answer)) == (413, "upload-too-large")
    assert phone.offset(path) == 0


def test_core_patch_of_no_bytes_is_a_patch(phone: Uploader):
    path = phone.start(PHOTO)
    answer = phone.patch(path, 0, b"")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "0")


def test_core_options_tells_versions_extensions_limit_and_algorithms_without_a_login(one_app: Flask):
    answer = one_app.test_client().open(FILES, method="OPTIONS")
    assert answer.status_code in (200, 204)
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,checksum,termination,expiration"
    assert answer.headers["Tus-Max-Size"] == str(one_app.config["UPLOAD_MAX_BYTES"])
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0"])
def test_tus_resumable_of_another_version_is_412_with_the_versions_and_is_not_processed(phone: Uploader, version: str | None):
    path = phone.start(PHOTO)
    for method, where, more in (("POST", FILES, {"Upload_Length": "5"}), ("HEAD", path, {}), ("DELETE", path, {}),
                                ("PATCH", path, {"Content_Type": OFFSET, "Upload_Offset": "0"})):
        answer = phone.ask(method, where, PHOTO if method == "PATCH" else b"", Tus_Resumable=version, **more)
        assert answer.status_code == 412 and answer.headers["Tus-Version"] == "1.0.0", method
    assert phone.offset(path) == 0


def test_tus_resumable_is_in_every_answer_those_of_errors_too(phone: Uploader, one_app: Flask):
    path = phone.start(PHOTO)
    answers = [phone.ask("HEAD", path), phone.patch(path, 5, b"x"), phone.patch(f"{FILES}/{'1' * 32}", 0, b"x"), phone.patch(path, 0, PHOTO),
               one_app.test_client().open(FILES, method="POST"), phone.ask("DELETE", path)]
    assert [answer.headers.get("Tus-Resumable") for answer in answers] == ["1.0.0"] * 6
    assert [answer.status_code for answer in answers] == [200, 409, 404, 204, 401, 204]


@pytest.mark.parametrize("method", ["PATCH", "HEAD", "DELETE", "patch"])
def test_x_http_method_override_is_taken_for_the_method(phone: Uploader, method: str):
    path = phone.start(PHOTO)
    answer = phone.ask("POST", path, PHOTO if method.upper() == "PATCH" else b"", X_HTTP_Method_Override=method, Content_Type=OFFSET, Upload_Offset="0")
    assert answer.status_code == (200 if method == "HEAD" else 204)


def test_x_http_method_override_reaches_nothing_but_uploads(phone: Uploader):
    assert phone.person.ask("POST", "/api/v1/sessions/current", headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 405
    assert phone.person.get("/api/v1/sessions/current")["login"] == "supervisor"


# Creation, Creation With Upload

def test_creation_answers_201_with_a_location_that_can_be_asked(phone: Uploader):
    answer = phone.create(PHOTO)
    assert answer.status_code == 201
    assert answer.headers["Location"].startswith("/api/v1/files/")
    assert phone.offset(answer.headers["Location"]) == 0


@pytest.mark.parametrize("length", [None, "-1", "x", "0", "1e3"])
def test_creation_needs_a_length(phone: Uploader, length: str | None):
    answer = phone.ask("POST", Upload_Length=length)
    assert (answer.status_code, code(answer)) == (400, "bad-upload")


def test_creation_beyond_the_largest_size_is_413(phone: Uploader, one_app: Flask):
    answer = phone.ask("POST", Upload_Length=str(one_app.config["UPLOAD_MAX_BYTES"] + 1))
    assert (answer.status_code, code(answer)) == (413, "upload-too-large")


def test_creation_with_a_deferred_length_is_not_offered_and_refused(phone: Uploader):
    assert phone.ask("POST", Upload_Defer_Length="1", Upload_Length="5").status_code == 400


def test_creation_keeps_the_metadata_and_head_gives_it_back_as_it_came(phone: Uploader):
    told = metadata(filename="照片 1.jpg", filetype="image/jpeg", sha256=sha(PHOTO)) + ",is_confidential"
    path = phone.start(PHOTO, Upload_Metadata=told)
    assert phone.ask("HEAD", path).headers["Upload-Metadata"] == told


@pytest.mark.parametrize("told", ["sha256 !!!", "sha256 " + base64.b64encode(b"short").decode(), "a YQ==,a YQ==", "名 YQ==", "x " + "A" * 5000])
def test_creation_with_metadata_that_cannot_be_read_is_400(phone: Uploader, told: str):
    answer = phone.ask("POST", Upload_Length="5", Upload_Metadata=told.encode().decode("latin-1"))
    assert (answer.status_code, code(answer)) == (400, "bad-upload")
    assert answer.get_json()["errors"][0]["field"] == "Upload-Metadata"


def test_creation_with_upload_tells_how_much_came_along(phone: Uploader):
    answer = phone.create(PHOTO, PHOTO[:HALF])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(HALF))
    whole = phone.create(PHOTO, PHOTO)
    assert (whole.status_code, whole.headers["Upload-Offset"]) == (201, str(len(PHOTO)))


def test_creation_with_upload_of_another_content_type_is_415(phone: Uploader):
    assert phone.create(PHOTO, PHOTO, Content_Type="image/jpeg").status_code == 415


# Checksum

@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_checksum_that_agrees_lets_the_bytes_in(phone: Uploader, algorithm: str):
    path = phone.start(PHOTO)
    digest = base64.b64encode(hashlib.new(algorithm, PHOTO[:HALF]).digest()).decode()
    answer = phone.patch(path, 0, PHOTO[:HALF], Upload_Checksum=f"{algorithm} {digest}")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(HALF))


def test_checksum_that_disagrees_is_460_and_discards_the_bytes(phone: Uploader):
    path = phone.start(PHOTO)
    phone.patch(path, 0, PHOTO[:10])
    digest = base64.b64encode(hashlib.sha1(b"other").digest()).decode()
    answer = phone.patch(path, 10, PHOTO[10:], Upload_Checksum=f"sha1 {digest}")
    assert (answer.status_code, code(answer)) == (460, "checksum-mismatch")
    assert phone.offset(path) == 10


@pytest.mark.parametrize("header", ["md5 YWJj", "sha1 !!!", "sha1 YWJj", "", "sha256"])
def test_checksum_of_an_unknown_algorithm_or_shape_is_400(phone: Uploader, header: str):
    path = phone.start(PHOTO)
    assert phone.patch(path, 0, PHOTO, Upload_Checksum=header).status_code == 400
    assert phone.offset(path) == 0


def test_checksum_holds_for_what_comes_with_the_creation(phone: Uploader):
    answer = phone.create(PHOTO, PHOTO, Upload_Checksum="sha1 " + base64.b64encode(hashlib.sha1(b"other").digest()).decode())
    assert answer.status_code == 460


# Termination

def test_termination_answers_204_and_the_upload_is_gone(phone: Uploader):
    path = phone.start(PHOTO, PHOTO[:HALF])
    assert phone.ask("DELETE", path).status_code == 204
    assert phone.ask("HEAD", path).status_code in (404, 410)
    assert phone.patch(path, HALF, PHOTO[HALF:]).status_code in (404, 410)


# Expiration

def test_expiration_is_told_at_creation_and_with_every_patch_as_an_http_date(phone: Uploader):
    created = phone.create(PHOTO)
    path = created.headers["Location"]
    for answer in (created, phone.patch(path, 0, PHOTO[:HALF]), phone.ask("HEAD", path)):
        assert answer.headers["Upload-Expires"].endswith(" GMT")


def test_expiration_makes_an_upload_410(sqlite_template: Any):
    with sqlite_template.copy() as app:
        phone = Uploader(Phone(app, "supervisor"))
        path = phone.start(PHOTO, PHOTO[:HALF])
        app.config["UPLOAD_DAYS"] = -1
        phone.patch(path, HALF, PHOTO[HALF:HALF + 10])
        answer = phone.patch(path, HALF + 10, PHOTO[HALF + 10:])
        assert (answer.status_code, code(answer)) == (410, "upload-expired")
        assert phone.ask("HEAD", path).status_code == 410


# Not of the protocol, and asked of every server by its users

@pytest.mark.parametrize("cut", [1, HALF, len(PHOTO) - 1])
def test_a_broken_upload_is_not_to_be_had_by_get_and_the_honest_retry_succeeds(phone: Uploader, cut: int):
    path = phone.start(PHOTO, PHOTO[:cut])
    assert phone.ask("GET", path).status_code == 405
    assert phone.person.ask("GET", f"/api/v1/photos/{sha(PHOTO)}").status_code == 404
    assert phone.person.ask("HEAD", f"/api/v1/blobs/{sha(PHOTO)}").status_code == 404
    again = phone.create(PHOTO)
    assert again.headers["Location"].endswith(path) and again.headers["Upload-Offset"] == str(cut)
    assert phone.patch(path, cut, PHOTO[cut:]).status_code == 204
    assert phone.person.ask("HEAD", f"/api/v1/blobs/{sha(PHOTO)}").status_code == 200
    assert phone.person.ask("GET", f"/api/v1/photos/{sha(PHOTO)}").data == PHOTO


def test_a_second_creation_with_the_whole_body_skips_what_is_there(phone: Uploader):
    path = phone.start(PHOTO, PHOTO[:HALF])
    answer = phone.create(PHOTO, PHOTO)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(PHOTO)))
    assert answer.headers["Location"].endswith(path)
