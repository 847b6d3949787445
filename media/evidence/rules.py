"""Everything that a grade can rest on, in one table: what is looked at, what it does, what the reviewer reads.

The words state facts and offer the harmless explanation where there is a common one. Add none that blames.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from media.evidence import readings as r
from media.evidence.facts import PhotoFacts, PlaceFacts

EFFECTS: dict[str, str] = {  # worst first: the order of reasons
    "ungraded": "暂不评定",
    "weak": "至多薄弱",
    "fair": "至多一般",
    "note": "仅作说明",
    "support": "佐证",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason.

    `of` is "photo", "place", or "both" (a place, and a photo by its own place); `effect` a key of EFFECTS; `text` Chinese with
    placeholders of words.PLACEHOLDERS. `holds` is given PhotoFacts for "photo", else PlaceFacts.
    """

    code: str
    of: str
    effect: str
    text: str
    holds: Callable[[Any], bool]


def _by_phone_alone(photo: PhotoFacts) -> bool:
    """Whether the phone told when it was taken, and nothing in the file does."""
    return photo.captured_at is not None and photo.exif_at is None


def _exif_agrees(photo: PhotoFacts) -> bool:
    return photo.exif_at is not None and r.exif_gap(photo) <= r.EXIF_MS and r.in_visit(photo)


def _no_time(photo: PhotoFacts) -> bool:
    return r.taken_at(photo) is None and not r.tells_nothing(photo)


def _off_between(place: PlaceFacts, least: float, most: float) -> bool:
    off = r.off_by(place)
    return off is not None and least < off <= most


def _uncompared(place: PlaceFacts) -> bool:
    return place.given and place.site_placed and r.off_by(place) is None


def _source_untold(place: PlaceFacts) -> bool:
    return place.given and not r.is_measured(place) and not r.is_by_hand(place)


RULES: tuple[Rule, ...] = (
    Rule("waiting", "photo", "ungraded", "照片尚未到达服务器", lambda f: not f.stored),
    Rule("no-place-captured", "place", "ungraded", "没有记录地点（室内、冷库、地窖和无信号处常收不到定位）", lambda f: not f.given),

    Rule("after-arrival", "photo", "weak",
         "拍摄时间（{taken}）晚于照片到达服务器的时间（{received}），手机时钟可能不准", r.is_future),
    Rule("long-before-visit", "photo", "weak",
         "拍摄时间（{taken}）早于检查时段（{visit}），相差 {before}", lambda f: r.before_visit(f) > r.AWAY_MS),
    Rule("long-after-visit", "photo", "weak",
         "拍摄时间（{taken}）晚于检查时段（{visit}），相差 {after}", lambda f: r.after_visit(f) > r.AWAY_MS),
    Rule("nothing-told", "photo", "weak",
         "照片没有带来时间和地点（经聊天软件转发的照片常如此），只能从画面本身了解情况", r.tells_nothing),
    Rule("same-elsewhere", "photo", "weak",
         "几乎相同的照片也出现在另外 {same_sites} 个主体的检查中（最近的检查 {same_latest}），请对照查看",
         lambda f: bool(r.same_elsewhere(f))),
    Rule("place-far", "both", "weak",
         "距离主体约 {distance}（定位精度 {accuracy}、主体精度 {site_accuracy}），主体登记的位置也可能有误",
         lambda f: _off_between(f, r.FAR_M, float("inf"))),
    Rule("place-mock", "both", "weak",
         "手机报告该位置由软件提供（使用外接定位设备时也会如此），不能单独说明实际地点", lambda f: f.given and f.mock is True),

    Rule("before-visit", "photo", "fair",
         "拍摄时间（{taken}）早于检查时段（{visit}），相差 {before}", lambda f: 0 < r.before_visit(f) <= r.AWAY_MS),
    Rule("after-visit", "photo", "fair",
         "拍摄时间（{taken}）晚于检查时段（{visit}），相差 {after}", lambda f: 0 < r.after_visit(f) <= r.AWAY_MS),
    Rule("exif-time-differs", "photo", "fair",
         "手机记录的拍摄时间（{taken}）与照片自带的时间（{exif}）相差 {gap}", lambda f: r.exif_gap(f) > r.EXIF_MS),
    Rule("no-time", "photo", "fair", "没有拍摄时间", _no_time),
    Rule("gallery-no-exif", "photo", "fair",
         "从相册选取，照片没有自带的时间，拍摄时间只有手机记录", lambda f: f.source == r.GALLERY and _by_phone_alone(f)),
    Rule("source-untold", "photo", "fair",
         "手机没有说明照片来自拍摄还是相册，拍摄时间只有手机记录",
         lambda f: f.source not in (r.CAMERA, r.GALLERY) and _by_phone_alone(f)),
    Rule("no-place", "photo", "fair",
         "没有可与主体比对的拍摄地点（室内、冷库、地窖和无信号处常收不到定位）",
         lambda f: not r.is_placed(f) and not r.tells_nothing(f)),
    Rule("exif-place-off", "photo", "fair",
         "照片自带的位置距离主体约 {exif_distance}（手机有时写入上一次的定位）", r.exif_off),
    Rule("alike-elsewhere", "photo", "fair",
         "相似的照片也出现在另外 {alike_sites} 个主体的检查中（最近的检查 {alike_latest}；同一格式的证照会很相似），请对照查看",
         lambda f: bool(r.alike_elsewhere(f))),
    Rule("place-off", "both", "fair",
         "距离主体约 {distance}（定位精度 {accuracy}、主体精度 {site_accuracy}）", lambda f: _off_between(f, r.NEAR_M, r.FAR_M)),
    Rule("site-unplaced", "both", "fair", "主体尚未登记位置，地点无法比对", lambda f: f.given and not f.site_placed),
    Rule("place-uncompared", "both", "fair", "地点无法与主体的位置比对（坐标系：{crs}）", _uncompared),
    Rule("place-by-hand", "both", "fair", "地点由人工选取或填写，不是手机定位", lambda f: f.given and r.is_by_hand(f)),
    Rule("place-source-untold", "both", "fair", "没有说明地点来自定位还是人工选取", _source_untold),
    Rule("place-vague", "both", "fair",
         "定位精度只有 {accuracy}，难以说明具体地点", lambda f: f.given and (f.accuracy_m or 0) > r.VAGUE_M),
    Rule("place-accuracy-untold", "both", "fair", "没有说明定位精度", lambda f: f.given and not f.accuracy_m),
    Rule("site-vague", "both", "fair",
         "主体登记的位置精度只有 {site_accuracy}，难以比对",
         lambda f: f.given and f.site_placed and (f.site_accuracy_m or 0) > r.VAGUE_M),

    Rule("clock-corrected", "photo", "note",
         "提交检查时手机时钟{skew}，拍摄时间已按服务器时钟校正", lambda f: abs(f.clock_offset_ms) > r.CLOCK_MS),
    Rule("gallery", "photo", "note", "从相册选取（可能在打开检查之前已拍好）", lambda f: f.source == r.GALLERY and f.exif_at is not None),
    Rule("same-visit", "photo", "note",
         "本次检查的其他项目也用了几乎相同的照片（一张照片可以说明几件事）", lambda f: any(twin.same_visit for twin in f.twins)),
    Rule("same-site", "photo", "note",
         "本主体的其他检查（最近的检查 {earlier}）也有几乎相同的照片（证照等内容不常变化，更正检查时也会沿用）",
         lambda f: bool(r.at_same_site(f))),
    Rule("place-rough", "both", "note", "定位精度 {accuracy}", lambda f: f.given and r.ROUGH_M < (f.accuracy_m or 0) <= r.VAGUE_M),

    Rule("taken-in-app", "photo", "support",
         "在检查页面内拍摄，时间（{taken}）与检查时段相符",
         lambda f: f.source == r.CAMERA and f.captured_at is not None and r.in_visit(f)),
    Rule("exif-time-agrees", "photo", "support", "照片自带的时间（{exif}）与检查时段相符", _exif_agrees),
    Rule("exif-place-near", "photo", "support", "照片自带的位置距离主体约 {exif_distance}", r.exif_near),
    Rule("visit-place-near", "photo", "support",
         "照片没有单独的地点；检查开始或结束的地点距离主体约 {visit_distance}", lambda f: r.visit_distance(f) is not None),
    Rule("place-near", "both", "support",
         "距离主体约 {distance}（定位精度 {accuracy}、主体精度 {site_accuracy}）", r.is_near),
)
