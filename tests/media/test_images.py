"""What is accepted as a photo and what is not, what a photo tells, and that no file can hurt: by real files of every kind."""

import json
import os
import random
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from media.images import (
    BAD,
    NEAR,
    BadImage,
    Picture,
    check,
    check_apart,
    derive,
    distance,
    fingerprint,
    formats,
)
from media.images.tiff import Tiff
from tests.media import pictures
from tests.media.pictures import KINDS, REFUSED, TRAILERS, encoded, exif, picture, scene

MEGABYTES = 200


def outcome(path: Path) -> str:
    """The code that a file is refused with by check() or, when it passes, by derive(); or "ok"."""
    try:
        check(path)
        derive(path, 320, ["西安市"])
    except BadImage as error:
        assert error.code in BAD
        return error.code
    return "ok"


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    """A small picture of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        return {kind: picture(Path(folder, kind), kind, size=(160, 120)).read_bytes() for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_of_every_kind_passes_under_any_name_and_tells_when_and_where(tmp_path: Path, kind: str):
    path = picture(tmp_path / "照片.txt", kind)
    assert check(path) == Picture(f"image/{kind}", 320, 240, pictures.TAKEN, "+08:00", pictures.GPS, "2026-03-05 01:41:06",
                                  "HUAWEI", "ELS-AN00", "ELS-AN00 11.0")


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_its_own_code(tmp_path: Path, name: str):
    code, make = REFUSED[name]
    path = tmp_path / "photo.jpg"
    path.write_bytes(make())
    for look in (check, fingerprint, lambda path: derive(path, 320, [])):
        with pytest.raises(BadImage) as raised:
            look(path)
        assert raised.value.code == code
        assert raised.value.text == BAD[code]


def test_every_code_has_a_file_that_really_is_so():
    assert {code for code, _ in REFUSED.values()} == set(BAD)


@pytest.mark.parametrize("maker", TRAILERS)
def test_what_phones_append_to_a_photo_is_no_reason_to_refuse_it(tmp_path: Path, maker: str):
    path = tmp_path / "photo"
    path.write_bytes(encoded("JPEG") + TRAILERS[maker]())
    assert outcome(path) == "ok"


def test_zeros_after_any_kind_pass(tmp_path: Path, originals: dict[str, bytes]):
    for data in originals.values():
        path = tmp_path / "photo"
        path.write_bytes(data + bytes(600))
        assert outcome(path) == "ok"


def test_a_multi_picture_file_is_its_first_picture(tmp_path: Path):
    path = tmp_path / "photo"
    scene(1).save(path, "MPO", save_all=True, append_images=[scene(2, (80, 60))])
    assert (check(path).mime, check(path).width) == ("image/jpeg", 320)
    assert distance(fingerprint(path), fingerprint(picture(tmp_path / "first"))) <= 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_is_refused_wherever_it_was_cut(tmp_path: Path, originals: dict[str, bytes], kind: str):
    data, path = originals[kind], tmp_path / "photo"
    dice = random.Random(kind)
    for length in (0, 1, len(data) // 10, len(data) // 2, len(data) - 1, *(dice.randrange(len(data)) for _ in range(60))):
        path.write_bytes(data[:length])
        with pytest.raises(BadImage):
            check(path)


@given(st.sampled_from(KINDS), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12),
       st.booleans())
@settings(max_examples=250)
def test_a_damaged_file_is_taken_or_refused_and_nothing_else_happens(originals: dict[str, bytes], kind: str, hits: list, early: bool):
    data = bytearray(originals[kind])
    for where, value in hits:
        data[int(where * (min(700, len(data)) if early else len(data)))] = value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photo")
        path.write_bytes(data)
        assert outcome(path) in {*BAD, "ok"}


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBPVP8X", b"\0\0\0\x18ftypheic", b""]), st.binary(max_size=300))
@settings(max_examples=150)
def test_noise_behind_a_signature_is_refused(start: bytes, rest: bytes):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photo")
        path.write_bytes(start + rest)
        with pytest.raises(BadImage):
            check(path)


def test_damage_that_only_a_decode_finds_is_told_as_such(tmp_path: Path):
    path = tmp_path / "photo"
    path.write_bytes(pictures.png(100, 100, zlib.compress(bytes(500))))
    assert check(path).width == 100
    with pytest.raises(BadImage, match="truncated"):
        derive(path, 320, [])
    with pytest.raises(BadImage, match="truncated"):
        fingerprint(path)


def test_compressed_data_that_cannot_fill_the_picture_is_found_without_a_decode(tmp_path: Path):
    path = tmp_path / "photo"
    path.write_bytes(pictures.resized_header(encoded("JPEG"), 8160, 6120))
    with pytest.raises(BadImage, match="truncated"):
        check(path)


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"progressive": True, "optimize": True}, {"quality": 5, "optimize": True}])
def test_a_black_or_white_photo_is_whole_however_small_it_compresses(tmp_path: Path, options: dict):
    for colour in ("black", "white"):
        assert outcome(picture(tmp_path / "photo", image=Image.new("RGB", (1601, 1203), colour), **options)) == "ok"


def test_alpha_halves_what_a_heic_may_have_and_a_gain_map_does_not(tmp_path: Path):
    path = tmp_path / "photo"
    plain, clear = pictures.heic_bytes(), pictures.heic_bytes(scene(1).convert("RGBA"))
    for data, code in ((plain, "ok"), (clear, "too-many-pixels")):
        path.write_bytes(pictures.heic_extent(data, 5000, 4000))
        assert _checked(path) == code
    path.write_bytes(pictures.heic_extent(clear.replace(b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:com:apple:photo:2020:aux:hdrgainmap "[:43])
                                          .replace(b"urn:mpeg:hevc:2015:auxid:1", b"urn:mpeg:hevc:2015:auxid:2"), 5000, 4000))
    assert _checked(path) == "ok"


def _checked(path: Path) -> str:
    try:
        check(path)
    except BadImage as error:
        return error.code
    return "ok"


# --- EXIF -------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_width_and_height_are_as_shown(tmp_path: Path, kind: str, orientation: int):
    seen = check(picture(tmp_path / "photo", kind, size=(160, 120), told=exif(orientation=orientation)))
    assert (seen.width, seen.height) == ((120, 160) if orientation > 4 else (160, 120))


@pytest.mark.parametrize("taken", ["0000-00-00 00:00:00", "    -  -     :  :  ", "2026-13-01 00:00:00", "2026-02-30 10:00:00", "1904-01-01 00:00:00", "昨天"])
def test_a_junk_time_is_none(tmp_path: Path, taken: str):
    seen = check(picture(tmp_path / "photo", told=exif(taken=taken, zone="+99:00", gps_at="0000-00-00 00:00:00")))
    assert (seen.taken, seen.taken_zone, seen.gps_at) == (None, None, None)


def test_south_and_west_are_negative(tmp_path: Path):
    assert check(picture(tmp_path / "photo", told=exif(gps=(-70.5, -33.25)))).gps == (-70.5, -33.25)


def test_a_position_that_cannot_be_is_none(tmp_path: Path):
    for told in (exif(gps=(0.0, 0.0)), exif(gps=(181.0, 34.0)), exif(gps=(108.0, 91.0)), exif(gps=None), exif(datum="GCJ-02"), exif(datum="TOKYO")):
        assert check(picture(tmp_path / "photo", told=told)).gps is None
    block = exif()
    at = block.find(b"\0\0\0\x6c\0\0\0\x01")  # 108/1
    at = at if at >= 0 else block.find(b"\x6c\0\0\0\x01\0\0\0")
    assert at > 0
    assert check(picture(tmp_path / "photo", told=block[:at] + bytes(8) + block[at + 8:])).gps is None


def test_text_is_trimmed_without_controls_and_may_be_chinese(tmp_path: Path):
    seen = check(picture(tmp_path / "photo", told=exif(make="  华为\x07\x1b[31m ".encode().decode("latin-1"), model=" ", software="好" * 30 + "a" * 90)))
    assert seen.make is not None and not any(ord(c) < 32 for c in seen.make)
    assert seen.model is None
    assert seen.software is not None and len(seen.software) <= 60


@given(st.binary(max_size=200), st.integers(0, 400))
@settings(max_examples=200)
@example(b"", 0)
def test_no_exif_makes_a_photo_bad(noise: bytes, at: int):
    assume(b"%PDF-" not in noise and b"PK\x05\x06" not in noise)  # a document for another program, wherever it stands
    block = exif()
    told = (block[:6] + noise) if at > len(block) else block[:at] + noise + block[at + len(noise):]
    plain = encoded("JPEG", scene(1, (64, 48)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photo")
        path.write_bytes(plain[:2] + b"\xff\xe1" + (len(told) + 2).to_bytes(2, "big") + told + plain[2:])
        seen = check(path)
        assert seen.mime == "image/jpeg"
        assert seen.gps is None or -180 <= seen.gps[0] <= 180 and -90 <= seen.gps[1] <= 90


def test_a_block_that_is_no_tiff_is_refused_by_the_reader():
    with pytest.raises(ValueError, match="TIFF"):
        Tiff(b"Exif\0\0junk")


# --- fingerprints -----------------------------------------------------------------------------------------------------------

def test_the_same_photo_again_is_near(tmp_path: Path):
    for seed in range(4):
        image = scene(seed, (800, 600))
        first = fingerprint(picture(tmp_path / "first", image=image, quality=92))
        assert len(first) == 16
        for number, again in enumerate((
                picture(tmp_path / "60", image=image, quality=60), picture(tmp_path / "75", image=image, quality=75),
                picture(tmp_path / "half", image=image.resize((400, 300))), picture(tmp_path / "webp", "webp", image=image),
                picture(tmp_path / "cut", image=image.crop((12, 9, 788, 591))))):
            assert distance(first, fingerprint(again)) <= NEAR, (seed, number)
        stamped = tmp_path / "stamped"
        stamped.write_bytes(derive(tmp_path / "first", 1280, ["西安市未央区", "2026-03-05 09:41"]))
        assert distance(first, fingerprint(stamped)) <= NEAR


def test_different_scenes_are_not_near(tmp_path: Path):
    marks = [fingerprint(picture(tmp_path / "photo", seed=seed)) for seed in range(24)]
    assert min(distance(a, b) for i, a in enumerate(marks) for b in marks[:i]) > NEAR


def test_a_turned_photo_has_the_fingerprint_of_what_is_shown(tmp_path: Path):
    upright = fingerprint(picture(tmp_path / "upright", image=scene(1)))
    turned = scene(1).transpose(Image.Transpose.ROTATE_90)
    assert distance(upright, fingerprint(picture(tmp_path / "turned", image=turned, told=exif(orientation=6)))) <= 2
    assert distance(upright, fingerprint(picture(tmp_path / "stored", image=turned))) > NEAR


def test_a_covered_lens_has_no_fingerprint_and_no_twin(tmp_path: Path):
    grain = Image.effect_noise((320, 240), 20).point(lambda value: max(0, value - 110))
    for image in (Image.new("RGB", (320, 240)), Image.new("RGB", (320, 240), "white"), grain.convert("RGB")):
        assert fingerprint(picture(tmp_path / "photo", image=image)) == ""
    assert distance("", "") > NEAR


def test_a_distance_counts_bits():
    assert distance("00000000000000ff", "0000000000000000") == 8
    assert distance("f" * 16, "0" * 16) == 64


# --- cost -------------------------------------------------------------------------------------------------------------------

_CHILD = """
import json, os, sys
from pathlib import Path
import imagehash, scipy.fftpack, PIL.JpegImagePlugin, PIL.PngImagePlugin, PIL.WebPImagePlugin
from media.images import BadImage, check, derive, fingerprint, heic

heic.library()

def peak():  # not ru_maxrss: that of a child begins with its parent's
    return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))

for path in map(Path, sys.argv[1:]):
    if os.fork():  # each file in a process that has imported everything and decoded nothing
        os.wait()
        continue
    before, code = peak(), "ok"
    for look in (check, fingerprint, lambda path: derive(path, 1280, ["西安市"])):
        try:
            look(path)
        except BadImage as error:
            code = error.code
    print(json.dumps([path.name, code, peak() - before]), flush=True)
    os._exit(0)
"""


def test_no_file_taken_or_refused_costs_over_200_megabytes(tmp_path: Path):
    sheet = scene(1, (1024, 1024), grain=160)
    huge = Image.new("RGB", (8160, 6120))
    for x in range(0, 8160, 1024):
        for y in range(0, 6120, 1024):
            huge.paste(sheet, (x, y))
    huge.save(tmp_path / "50 megapixels", "JPEG", quality=85)
    huge.crop((0, 0, 6000, 6000)).save(tmp_path / "progressive", "JPEG", quality=50, progressive=True)
    Image.new("RGBA", (4890, 4890), (9, 9, 9, 100)).save(tmp_path / "clear png", "PNG", compress_level=1)
    huge.crop((0, 0, 4890, 4890)).save(tmp_path / "png", "PNG", compress_level=1)
    huge.crop((0, 0, 2995, 2995)).save(tmp_path / "webp", "WEBP", method=0)
    flat = Image.new("RGB", (5712, 4284), (9, 99, 9))
    (tmp_path / "heic").write_bytes(pictures.heic_bytes(flat, tile_size=512, enc_params={"preset": "ultrafast"}))
    heic = pictures.heic_bytes()
    names = [name for name in REFUSED if "bomb" in name or "scans" in name or "png of" in name]
    for name in names:
        (tmp_path / name).write_bytes(REFUSED[name][1]())
    (tmp_path / "understated heic").write_bytes(pictures.heic_extent(heic, 64, 48))
    (tmp_path / "overstated heic").write_bytes(pictures.heic_extent(heic, 5000, 4900))
    plain = encoded("JPEG")
    (tmp_path / "exif bomb").write_bytes(plain[:2] + pictures.exif_bomb() + plain[2:])
    files = sorted(tmp_path.iterdir())
    ran = subprocess.run([sys.executable, "-c", _CHILD, *map(str, files)], capture_output=True, text=True, check=True,
                         env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    told = {name: (code, peak) for name, code, peak in map(json.loads, ran.stdout.splitlines())}
    assert {name for name, (code, _) in told.items() if code == "ok"} == {
        "50 megapixels", "progressive", "clear png", "png", "webp", "heic", "exif bomb"}
    assert told.keys() == {path.name for path in files}
    assert 50 < max(peak for _, peak in told.values()) < MEGABYTES, told


def test_a_decoder_sees_neither_exif_nor_comments(tmp_path: Path):
    path = tmp_path / "photo"
    scene(1).save(path, "JPEG", exif=exif(), comment="说明", xmp=b"<x:xmpmeta/>")
    shown = formats.read(path).pixels()
    assert b"Exif" not in shown and "说明".encode() not in shown and b"xmpmeta" not in shown


def test_a_check_in_another_process_says_the_same(tmp_path: Path):
    good = picture(tmp_path / "good.jpg")
    assert check_apart(good) == check(good)
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(good.read_bytes()[:-300])
    with pytest.raises(BadImage) as there:
        check(bad)
    with pytest.raises(BadImage) as apart:
        check_apart(bad)
    assert (apart.value.code, apart.value.detail) == (there.value.code, there.value.detail)
