"""Grades of evidence: each rule decides somewhere, the words are facts, and docs/evidence.md holds the same table."""

import dataclasses
import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.evidence import EFFECTS, GRADES, RULES, PhotoFacts, PlaceFacts, Twin, grade, readings
from media.evidence.words import CHINA, PLACEHOLDERS, duration, metres, moment
from sync.location import CRS
from tests.support.documents import read, rows, section

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NINE = int(datetime(2021, 5, 1, 9, 30, tzinfo=CHINA).timestamp() * 1000)  # the visit begins; it lasts an hour
RANKS = ["weak", "fair", "strong"]

HERE = PlaceFacts(given=True, distance_m=40, accuracy_m=12, source="gps", mock=False, crs="WGS84",
                  site_placed=True, site_accuracy_m=20)
NOWHERE = PlaceFacts(given=False, site_placed=True, site_accuracy_m=20)
PHOTO = PhotoFacts(stored=True, received_at=NINE + 3 * DAY, source="camera", captured_at=NINE + 10 * MINUTE, clock_offset_ms=0,
                   exif_at=None, exif_distance_m=None, place=HERE, visit_at=NINE, visit_ended_at=NINE + HOUR,
                   visit_places=(), twins=())
TWIN = Twin(sha256="ab" * 32, bits=2, same_bytes=False, visit_id="v2", site_id="s2", same_visit=False, same_site=False,
            at=NINE - 90 * DAY)


def place(**facts: Any) -> PlaceFacts:
    """A place at the site's door, but for these facts."""
    return dataclasses.replace(HERE, **facts)


def photo(**facts: Any) -> PhotoFacts:
    """A photo taken in the app at the site during the visit, but for these facts."""
    return dataclasses.replace(PHOTO, **facts)


def twin(**facts: Any) -> tuple[Twin, ...]:
    """One twin at another site three months before, but for these facts."""
    return (dataclasses.replace(TWIN, **facts),)


def codes(facts: PhotoFacts | PlaceFacts) -> list[str]:
    """The codes of the reasons, in order."""
    return [reason.code for reason in grade(facts).reasons]


CASES: dict[str, list[PhotoFacts | PlaceFacts]] = {  # where the rule alone makes the difference
    "waiting": [photo(stored=False, received_at=None)],
    "no-place-captured": [NOWHERE],
    "after-arrival": [photo(captured_at=NINE + 3 * DAY + 6 * MINUTE),
                      photo(source="gallery", captured_at=None, exif_at=NINE + 3 * DAY + 6 * MINUTE)],
    "long-before-visit": [photo(captured_at=NINE - DAY - 1)],
    "long-after-visit": [photo(captured_at=NINE + HOUR + DAY + 1)],
    "nothing-told": [photo(source="gallery", captured_at=None, place=NOWHERE), photo(source=None, captured_at=None, place=NOWHERE)],
    "same-elsewhere": [photo(twins=twin()), photo(twins=twin(bits=0, same_bytes=True))],
    "place-far": [place(distance_m=1_033), photo(place=place(distance_m=3_100))],
    "place-mock": [place(mock=True), photo(place=place(mock=True))],
    "before-visit": [photo(captured_at=NINE - 31 * MINUTE), photo(captured_at=NINE - DAY)],
    "after-visit": [photo(captured_at=NINE + HOUR + 31 * MINUTE), photo(captured_at=NINE + HOUR + DAY)],
    "exif-time-differs": [photo(exif_at=NINE - HOUR)],
    "no-time": [photo(captured_at=None), photo(source="gallery", captured_at=None)],
    "gallery-no-exif": [photo(source="gallery")],
    "source-untold": [photo(source=None), photo(source="scanner")],
    "no-place": [photo(place=NOWHERE), photo(place=NOWHERE, visit_places=(NOWHERE, place(distance_m=900))),
                 photo(place=NOWHERE, exif_distance_m=600)],
    "exif-place-off": [photo(exif_distance_m=921), photo(place=NOWHERE, exif_distance_m=3_000)],
    "alike-elsewhere": [photo(twins=twin(bits=5))],
    "place-off": [place(distance_m=233), place(distance_m=1_032), photo(place=place(distance_m=500))],
    "site-unplaced": [place(site_placed=False, site_accuracy_m=None, distance_m=None)],
    "place-uncompared": [place(crs=None), place(crs="SK42"), place(distance_m=None)],
    "place-by-hand": [place(source="map"), place(source="manual"), photo(place=place(source="address"))],
    "place-source-untold": [place(source=None), place(source="h5")],
    "place-vague": [place(accuracy_m=501)],
    "place-accuracy-untold": [place(accuracy_m=None), place(accuracy_m=0)],
    "site-vague": [place(site_accuracy_m=501)],
    "clock-corrected": [photo(clock_offset_ms=10 * MINUTE + 1), photo(clock_offset_ms=-3 * DAY)],
    "gallery": [photo(source="gallery", exif_at=NINE)],
    "same-visit": [photo(twins=twin(same_visit=True, same_site=True, site_id="s1"))],
    "same-site": [photo(twins=twin(same_site=True, site_id="s1")), photo(twins=twin(same_site=True, bits=0, same_bytes=True))],
    "place-rough": [place(accuracy_m=101), place(accuracy_m=500), photo(place=place(accuracy_m=200))],
    "taken-in-app": [photo(), photo(captured_at=NINE - 30 * MINUTE), photo(visit_ended_at=None, captured_at=NINE + 4 * HOUR)],
    "exif-time-agrees": [photo(source="gallery", exif_at=NINE), photo(source=None, captured_at=None, exif_at=NINE + HOUR)],
    "exif-place-near": [photo(place=NOWHERE, exif_distance_m=220)],
    "visit-place-near": [photo(place=NOWHERE, visit_places=(place(distance_m=5_000), HERE))],
    "place-near": [place(), place(distance_m=232), photo()],
}
RULE = {rule.code: rule for rule in RULES}
EACH = [pytest.param(code, facts, id=f"{code}-{n}") for code, cases in CASES.items() for n, facts in enumerate(cases)]
TIME, PLACE = {"taken-in-app", "exif-time-agrees"}, {"exif-place-near", "visit-place-near", "place-near"}


def test_every_rule_has_a_case_in_which_it_decides():
    assert set(CASES) == set(RULE)


@pytest.mark.parametrize(("code", "facts"), EACH)
def test_each_rule_decides_somewhere(code: str, facts: PhotoFacts | PlaceFacts):
    result, effect = grade(facts), RULE[code].effect
    without = grade(facts, tuple(rule for rule in RULES if rule.code != code))
    assert code in codes(facts)
    if effect == "ungraded":
        assert result.grade is None and without.grade is not None
    elif effect in ("weak", "fair"):
        assert result.grade == effect
        assert RANKS.index(without.grade) > RANKS.index(effect)
    else:
        assert result.grade == without.grade == "strong"
    if effect == "support":
        kind = TIME if code in TIME else PLACE
        assert kind.isdisjoint(reason.code for reason in without.reasons)


EDGES: list[tuple[str, PhotoFacts | PlaceFacts, PhotoFacts | PlaceFacts]] = [  # (code, just not, just so)
    ("after-arrival", photo(received_at=NINE, captured_at=NINE + 5 * MINUTE), photo(received_at=NINE, captured_at=NINE + 5 * MINUTE + 1)),
    ("before-visit", photo(captured_at=NINE - 30 * MINUTE), photo(captured_at=NINE - 30 * MINUTE - 1)),
    ("after-visit", photo(captured_at=NINE + 90 * MINUTE), photo(captured_at=NINE + 90 * MINUTE + 1)),
    ("after-visit", photo(captured_at=NINE + 270 * MINUTE, visit_ended_at=None),
     photo(captured_at=NINE + 270 * MINUTE + 1, visit_ended_at=None)),
    ("exif-time-differs", photo(exif_at=NINE - 50 * MINUTE), photo(exif_at=NINE - 50 * MINUTE - 1)),
    ("exif-time-agrees", photo(exif_at=NINE - 50 * MINUTE - 1), photo(exif_at=NINE - 50 * MINUTE)),
    ("clock-corrected", photo(clock_offset_ms=10 * MINUTE), photo(clock_offset_ms=10 * MINUTE + 1)),
    ("place-far", place(distance_m=1_200, accuracy_m=None, site_accuracy_m=None),
     place(distance_m=1_201, accuracy_m=None, site_accuracy_m=None)),
    ("place-rough", place(accuracy_m=100), place(accuracy_m=101)),
    ("place-vague", place(accuracy_m=500), place(accuracy_m=501)),
    ("place-near", place(accuracy_m=501), place(accuracy_m=500)),
    ("site-vague", place(site_accuracy_m=500), place(site_accuracy_m=501)),
    ("place-near", place(site_accuracy_m=501), place(site_accuracy_m=500)),
    ("place-near", place(accuracy_m=0), place(accuracy_m=1)),
    ("exif-place-off", photo(exif_distance_m=920), photo(exif_distance_m=921)),
    ("exif-place-near", photo(exif_distance_m=221), photo(exif_distance_m=220)),
    ("same-elsewhere", photo(twins=twin(bits=5)), photo(twins=twin(bits=4))),
    ("alike-elsewhere", photo(twins=twin(bits=4)), photo(twins=twin(bits=5))),
    ("alike-elsewhere", photo(twins=twin(bits=0, same_bytes=True)), photo(twins=twin(bits=64))),
    ("same-site", photo(twins=twin(same_site=True, same_visit=True)), photo(twins=twin(same_site=True))),
    ("gallery", photo(exif_at=NINE), photo(exif_at=NINE, source="gallery")),
]


@pytest.mark.parametrize(("code", "outside", "inside"), EDGES)
def test_each_threshold_lies_where_it_is_said_to_lie(code: str, outside: PhotoFacts | PlaceFacts, inside: PhotoFacts | PlaceFacts):
    assert code not in codes(outside)
    assert code in codes(inside)


@pytest.mark.parametrize("taken", [NINE - HOUR, NINE + 2 * HOUR, NINE + 3 * DAY + HOUR])
def test_a_time_beside_the_visit_supports_nothing(taken: int):
    assert TIME.isdisjoint(codes(photo(captured_at=taken, exif_at=taken)))


def test_what_is_left_in_a_place_that_was_not_given_says_nothing():
    assert codes(place(given=False, mock=True, accuracy_m=900)) == ["no-place-captured"]
    assert codes(photo(place=NOWHERE, visit_places=(place(given=False),))) == ["no-place", "taken-in-app"]


def test_the_table_stands_worst_first_and_each_code_once():
    order = [list(EFFECTS).index(rule.effect) for rule in RULES]
    assert order == sorted(order)
    assert len(RULE) == len(RULES)
    assert {rule.of for rule in RULES} == {"photo", "place", "both"}


def test_placeholders_are_known_and_all_used():
    assert {name for rule in RULES for name in re.findall(r"{(.*?)}", rule.text)} == set(PLACEHOLDERS)


def test_coordinate_systems_are_those_that_the_server_converts():
    assert readings.CRS == CRS


@pytest.mark.parametrize("crs", CRS)
def test_a_place_given_in_any_known_system_is_as_good(crs: str):
    assert grade(place(crs=crs)) == grade(place())


def test_words_accuse_nobody():
    blame = "伪造|造假|作弊|作假|虚假|弄虚|篡改|欺骗|冒用|异常|嫌疑|可疑|违规|违反|不合格|盗用|偷|骗|谎|不实|无效|拒绝"
    assert not [rule.text for rule in RULES if re.search(blame, rule.text)]


# What reviewers of a rural township meet.

def test_a_phone_three_days_slow_is_corrected_and_only_noted():
    slow = photo(clock_offset_ms=3 * DAY + 2 * HOUR, exif_at=NINE + 10 * MINUTE - 3 * DAY - 2 * HOUR)
    assert grade(slow).grade == "strong"
    assert grade(slow).reasons[0].text == "提交检查时手机时钟慢 3 天 2 小时，拍摄时间已按服务器时钟校正"
    assert "exif-time-agrees" in codes(slow)


def test_a_fast_phone_is_called_fast():
    assert "手机时钟快 25 分钟，" in grade(photo(clock_offset_ms=-25 * MINUTE)).reasons[0].text


def test_the_exif_of_another_camera_needs_no_correction():
    assert "exif-time-agrees" in codes(photo(clock_offset_ms=3 * DAY, exif_at=NINE))


def test_a_photo_from_before_the_app_was_opened_can_be_strong_by_its_exif():
    assert codes(photo(source="gallery", captured_at=None, exif_at=NINE - 5 * MINUTE)) == ["gallery", "exif-time-agrees", "place-near"]


def test_a_forwarded_picture_is_weak_and_is_told_why_without_blame():
    result = grade(photo(source="gallery", captured_at=None, place=NOWHERE, visit_places=(HERE,)))
    assert result.grade == "weak"
    assert result.reasons[0].text == "照片没有带来时间和地点（经聊天软件转发的照片常如此），只能从画面本身了解情况"


def test_a_photo_in_a_cold_store_is_carried_by_the_place_taken_at_the_door():
    cellar = photo(place=NOWHERE, visit_places=(HERE,))
    assert grade(cellar).grade == "strong"
    assert grade(cellar).reasons[-1].text == "照片没有单独的地点；检查开始或结束的地点距离主体约 40 米"


def test_a_visit_begun_at_the_office_does_not_count_against_a_photo_without_a_place():
    office = photo(place=NOWHERE, visit_places=(place(distance_m=9_000),))
    assert codes(office) == ["no-place", "taken-in-app"] and grade(office).grade == "fair"


def test_a_visit_s_place_does_not_mend_the_photo_s_own():
    assert grade(photo(place=place(distance_m=3_100), visit_places=(HERE,))).grade == "weak"


def test_a_place_three_kilometres_off_is_told_with_both_accuracies():
    assert grade(place(distance_m=3_100)).reasons[0].text == "距离主体约 3.1 公里（定位精度 12 米、主体精度 20 米），主体登记的位置也可能有误"


def test_accuracies_are_taken_off_the_distance():
    assert grade(place(distance_m=690, accuracy_m=490)).grade == "strong"
    assert grade(place(distance_m=300, accuracy_m=90, site_accuracy_m=None)).grade == "strong"


def test_a_simulated_place_supports_nothing():
    assert codes(place(mock=True)) == ["place-mock"]
    assert codes(photo(place=NOWHERE, visit_places=(place(mock=True),))) == ["no-place", "taken-in-app"]


def test_a_phone_that_cannot_tell_whether_a_place_is_simulated_loses_nothing():
    assert grade(place(mock=None)).grade == "strong"


def test_exif_coordinates_in_a_shifted_system_neither_help_nor_harm():
    assert grade(photo(exif_distance_m=700)) == grade(photo())


def test_a_certificate_seen_again_at_the_same_site_is_normal():
    result = grade(photo(twins=twin(same_site=True, at=NINE - 90 * DAY)))
    assert result.grade == "strong"
    assert "（最近的检查 2021-01-31 09:30）" in result.reasons[0].text


def test_twins_at_several_sites_are_counted_by_site():
    others = twin() + twin(visit_id="v3", at=NINE) + twin(site_id="s3") + twin(same_site=True)
    assert "另外 2 个主体的检查中（最近的检查 2021-05-01 09:30）" in grade(photo(twins=others)).reasons[0].text


def test_a_photo_on_its_way_has_one_reason_whatever_else_is_known():
    assert codes(photo(stored=False, received_at=None, twins=twin(), place=place(mock=True))) == ["waiting"]


def test_a_visit_without_a_told_end_is_taken_to_last_some_hours():
    result = grade(photo(visit_ended_at=None, captured_at=NINE + 6 * HOUR))
    assert result.reasons[0].text == "拍摄时间（2021-05-01 15:30）晚于检查时段（2021-05-01 09:30 起，结束时间未记录），相差 2 小时"


def test_both_times_are_shown_when_they_differ():
    text = grade(photo(exif_at=NINE - 3 * HOUR)).reasons[0].text
    assert text == "手机记录的拍摄时间（2021-05-01 09:40）与照片自带的时间（2021-05-01 06:30）相差 3 小时 10 分钟"


def test_how_numbers_are_written():
    assert [metres(m) for m in (0, 119.6, 999.4, 999.6, 3_149, None)] == ["0 米", "120 米", "999 米", "1.0 公里", "3.1 公里", "未知"]
    assert [duration(d) for d in (0, 25 * MINUTE, -HOUR, 2 * HOUR + 5 * MINUTE, DAY + 59 * MINUTE, 3 * DAY + 2 * HOUR)] == [
        "不到 1 分钟", "25 分钟", "1 小时", "2 小时 5 分钟", "1 天", "3 天 2 小时"]
    assert moment(NINE) == "2021-05-01 09:30"
    assert moment(-(10**18)) < moment(0) < moment(10**18)


# Whatever the facts.

metre = st.none() | st.floats(0, 1e6)
near_times = st.none() | st.integers(-3 * DAY, 4 * DAY).map(lambda after: NINE + after)
places = st.builds(PlaceFacts, given=st.booleans(), distance_m=metre, accuracy_m=metre, mock=st.none() | st.booleans(),
                   source=st.sampled_from([None, "gps", "map", "h5", "GPS"]), crs=st.sampled_from([None, "SK42", *CRS]),
                   site_placed=st.booleans(), site_accuracy_m=metre) | st.just(HERE) | st.just(NOWHERE)
twins = st.builds(Twin, sha256=st.just("ab" * 32), bits=st.integers(0, 12), same_bytes=st.booleans(), visit_id=st.sampled_from("vw"),
                  site_id=st.sampled_from("st"), same_visit=st.booleans(), same_site=st.booleans(), at=st.integers(0, 2**41))
photos = st.builds(
    PhotoFacts, stored=st.sampled_from([True, True, True, False]), received_at=near_times, captured_at=near_times,
    source=st.sampled_from([None, "camera", "gallery", "scanner"]), clock_offset_ms=st.integers(-4 * DAY, 4 * DAY) | st.just(0),
    exif_at=near_times | st.integers(-(2**48), 2**48), exif_distance_m=metre, place=places, visit_at=st.just(NINE),
    visit_ended_at=near_times, visit_places=st.lists(places, max_size=2).map(tuple), twins=st.lists(twins, max_size=3).map(tuple))


@given(photos | places)
def test_every_grade_is_that_of_its_worst_reason(facts: PhotoFacts | PlaceFacts):
    result = grade(facts)
    effects = [reason.effect for reason in result.reasons]
    assert effects == sorted(effects, key=list(EFFECTS).index)
    assert result.grade in (*GRADES, None)
    if result.grade is None:
        assert effects == ["ungraded"]
    else:
        assert result.grade == next((effect for effect in ("weak", "fair") if effect in effects), "strong")


@given(photos | places)
def test_strong_has_support_for_the_time_and_for_the_place(facts: PhotoFacts | PlaceFacts):
    result = grade(facts)
    supports = {reason.code for reason in result.reasons if reason.effect == "support"}
    if result.grade == "strong":
        assert supports & PLACE
        assert supports & TIME or isinstance(facts, PlaceFacts)


@given(photos | places)
def test_every_reason_is_written_out(facts: PhotoFacts | PlaceFacts):
    assert not [reason.text for reason in grade(facts).reasons if re.search(r"[{}]|None|nan|inf|未知 至|-\d+ ?[米天分小]", reason.text)]


@given(st.lists(twins, max_size=5).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_of_twins_says_nothing(both: tuple[list[Twin], list[Twin]]):
    assert grade(photo(twins=tuple(both[0]))) == grade(photo(twins=tuple(both[1])))


WORSE = {
    "simulated": lambda f: dataclasses.replace(f, place=dataclasses.replace(f.place, mock=True)),
    "farther": lambda f: dataclasses.replace(f, place=dataclasses.replace(f.place, distance_m=(f.place.distance_m or 0) + 700)),
    "seen elsewhere": lambda f: dataclasses.replace(f, twins=f.twins + twin(bits=8)),
    "from the far past": lambda f: dataclasses.replace(f, captured_at=NINE - 9 * DAY),
    "from after its arrival": lambda f: dataclasses.replace(f, received_at=NINE, captured_at=NINE + 9 * DAY),
    "not told by whom": lambda f: dataclasses.replace(f, place=dataclasses.replace(f.place, source=None)),
}


@given(photos.filter(lambda f: f.stored and f.place.distance_m is not None), st.sampled_from(sorted(WORSE)))
def test_a_capping_reason_more_never_betters_a_grade(facts: PhotoFacts, what: str):
    assert RANKS.index(grade(WORSE[what](facts)).grade) <= RANKS.index(grade(facts).grade)


@given(photos | places, st.sampled_from([rule for rule in RULES if rule.effect in ("weak", "fair")]))
def test_a_rule_less_never_worsens_a_grade(facts: PhotoFacts | PlaceFacts, gone: Any):
    with_it, without = grade(facts), grade(facts, tuple(rule for rule in RULES if rule is not gone))
    assert with_it.grade is None or RANKS.index(without.grade) >= RANKS.index(with_it.grade)


# The document.

def test_the_document_holds_the_table_of_rules():
    told = [line for line in section(read("docs/evidence.md"), "## Rules").splitlines() if line.startswith("| `")]
    assert told == [f"| `{rule.code}` | {rule.of} | `{rule.effect}` | {rule.text} |" for rule in RULES]


def test_the_document_names_every_grade_and_effect():
    document = read("docs/evidence.md")
    assert not [f"`{word}` {title}" for word, title in (GRADES | EFFECTS).items() if f"| `{word}` {title} |" not in document]


def test_the_document_tells_every_threshold_with_its_value():
    told = rows(section(read("docs/evidence.md"), "## Thresholds"))
    held = {name: value for name, value in vars(readings).items() if name.isupper() and not name.startswith("_") and type(value) is int}
    units = {"min": MINUTE, "h": HOUR, "day": DAY, "m": 1, "bits": 1}
    shown = {name: re.match(r"\| `\w+` \| ([\d,]+) (\w+) \|", line) for name, line in told.items()}
    assert {name: int(found[1].replace(",", "")) * units[found[2]] for name, found in shown.items() if found} == held
    assert not [word for word in (*readings.MEASURED, *readings.BY_HAND) if f"`{word}`" not in read("docs/evidence.md")]
