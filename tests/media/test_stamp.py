"""Small pictures: turned, flattened, stamped in Chinese, and telling nothing but what the stamp says."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageStat

import inspect_api
from media.images import SIZES, check, derive
from media.images.stamp import MISSING, font, has_glyph, printable, stamp
from tests.media.pictures import CORNER, KINDS, exif, marked, phone_jpeg, picture, scene

LINES = ["陕西省西安市蓝田县辋川镇", "检查人员：张三、李四", "2026-03-05 09:41:07"]
REGIONS = Path(inspect_api.__file__).parent / "data" / "regions.tsv"

# Where the upper left of what is stored is shown, by EXIF orientation (0 left or top, 1 right or bottom).
SHOWN_AT = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}


def opened(data: bytes) -> Image.Image:
    """A derived picture, decoded."""
    image = Image.open(io.BytesIO(data), formats=("JPEG",))
    image.load()
    return image


def corner_of(image: Image.Image) -> list[tuple[int, int]]:
    """The corners that have the marked colour."""
    return [(x, y) for x in (0, 1) for y in (0, 1)
            if all(abs(a - b) < 60 for a, b in zip(image.getpixel((5 if not x else image.width - 6, 5 if not y else image.height - 6)),
                                                   CORNER, strict=True))]


@pytest.mark.parametrize("orientation", SHOWN_AT)
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_photo_is_turned_as_exif_says(tmp_path: Path, kind: str, orientation: int):
    path = picture(tmp_path / "photo", kind, image=marked(), told=exif(orientation=orientation))
    image, seen = opened(derive(path, 320, [])), check(path)
    assert corner_of(image) == [SHOWN_AT[orientation]]
    assert image.size == (seen.width, seen.height) == ((240, 320) if orientation > 4 else (320, 240))


@pytest.mark.parametrize("orientation", SHOWN_AT)
def test_a_heic_is_turned_once_by_its_container(tmp_path: Path, orientation: int):
    # The writer turns the tag into the container's own rotation and mirroring.
    path = picture(tmp_path / "photo", "heic", image=marked(), told=exif(orientation=orientation))
    image, seen = opened(derive(path, 320, [])), check(path)
    assert corner_of(image) == [SHOWN_AT[orientation]]
    assert image.size == (seen.width, seen.height) == ((240, 320) if orientation > 4 else (320, 240))


@pytest.mark.parametrize("kind", KINDS)
def test_a_derived_picture_tells_nothing_and_leaves_the_original_alone(tmp_path: Path, kind: str):
    path = picture(tmp_path / "photo", kind, told=exif(), **({"xmp": b"<x:xmpmeta>secret</x:xmpmeta>"} if kind == "webp" else {}))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    for longest in SIZES.values():
        made = derive(path, longest, LINES)
        image = opened(made)
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression"}
        assert not any(mark in made for mark in (b"Exif", b"xmp", b"ICC_PROFILE", b"HUAWEI", b"2026:03"))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_a_picture_is_made_smaller_and_never_larger(tmp_path: Path):
    path = picture(tmp_path / "photo", size=(1700, 900))
    assert opened(derive(path, SIZES["screen"], LINES)).size == (1280, 678)
    assert opened(derive(path, SIZES["thumb"], LINES)).size == (320, 169)
    assert opened(derive(picture(tmp_path / "small", size=(100, 80)), 1280, LINES)).size == (100, 80)
    with pytest.raises(ValueError, match="longest"):
        derive(path, 20_000, LINES)


@pytest.mark.parametrize("longest", [60, 320])
def test_every_colour_mode_comes_out_as_it_looks(tmp_path: Path, longest: int):
    red, size = (200, 30, 40), (400, 300)
    clear = Image.new("RGBA", size, (0, 0, 0, 0))
    half = Image.new("LA", size, (0, 0))
    palette = Image.new("P", size, 1)
    palette.putpalette([0, 0, 0, *red])
    see_through = palette.copy()
    see_through.info["transparency"] = 1
    cases = {
        "clear": (clear, "PNG", (255,) * 3), "grey and clear": (half, "PNG", (255,) * 3), "palette": (palette, "PNG", red),
        "palette with a clear colour": (see_through, "PNG", (255,) * 3), "grey": (Image.new("L", size, 90), "JPEG", (90,) * 3),
        "16 bits": (Image.new("I;16", size, 0x8000), "PNG", (128,) * 3), "one bit": (Image.new("1", size, 1), "PNG", (255,) * 3),
        "cmyk": (Image.new("RGB", size, red).convert("CMYK"), "JPEG", red), "half clear": (Image.new("RGBA", size, (*red, 128)), "WEBP", (227, 142, 147)),
    }
    for name, (image, kind, colour) in cases.items():
        path = tmp_path / name
        image.save(path, kind, **({"lossless": True} if kind == "WEBP" else {}))
        seen = opened(derive(path, longest, []))
        assert seen.mode == "RGB"
        assert all(abs(a - b) < 8 for a, b in zip(ImageStat.Stat(seen).mean, colour, strict=True)), (name, ImageStat.Stat(seen).mean)


def test_an_embedded_profile_is_converted_and_a_broken_one_ignored(tmp_path: Path):
    plain = Image.new("RGB", (64, 64), (200, 60, 60))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"tEMP").replace(b"bXYZ", b"rXYZ").replace(b"tEMP", b"bXYZ")  # red and blue change places
    for profile, wanted in ((srgb, (200, 60, 60)), (swapped, (60, 60, 200)), (b"\0" * 16 + b"RGB " + b"junk" * 40, (200, 60, 60))):
        seen = opened(derive(picture(tmp_path / "photo", image=plain, icc_profile=profile), 320, []))
        assert all(abs(a - b) < 12 for a, b in zip(ImageStat.Stat(seen).mean, wanted, strict=True))


# --- the stamp --------------------------------------------------------------------------------------------------------------

def test_the_stamp_is_light_text_on_a_dark_band_at_the_lower_left(tmp_path: Path):
    path = picture(tmp_path / "photo", image=Image.new("RGB", (1280, 960), (120, 160, 200)))
    bare, seen = opened(derive(path, 1280, [])), opened(derive(path, 1280, LINES))
    left, top, right, bottom = ImageChops.difference(bare, seen).convert("L").point(lambda value: 255 * (value > 40)).getbbox()
    assert left == 0 and bottom == 960 and top > 0.75 * 960 and right < 0.7 * 1280
    band = seen.convert("L").crop((left, top, right, bottom))
    assert band.getpixel((3, 3)) < 80 and band.getextrema()[1] > 240


def test_a_thumb_has_two_rows_at_most():
    def rows(lines: list[str]) -> int:
        image = Image.new("RGB", (320, 240), "white")
        stamp(image, lines)
        return image.height - image.convert("L").point(lambda value: 255 * (value < 200)).getbbox()[1]

    assert rows(LINES[:1]) < rows(LINES[:2]) == rows(LINES) == rows(["很长的一行" * 20] * 9)


def test_a_long_line_is_wrapped_or_shortened_and_stays_inside():
    for size in ((320, 240), (1280, 960), (600, 1280), (1280, 60), (90, 1280)):
        for lines in (["很长的一行字" * 40], ["W" * 400] * 7, ["一 二" * 90] * 30):
            image = Image.new("RGB", size, "white")
            stamp(image, lines)
            assert image.size == size
            assert image.convert("L").crop((0, 0, size[0], size[1] // 2)).getextrema() == (255, 255)
            assert image.convert("L").crop((size[0] - 2, 0, *size)).getextrema()[0] >= 90  # no letter is cut at the right


def test_a_picture_too_small_for_a_stamp_stays_as_it_is():
    image = Image.new("RGB", (40, 30), "white")
    stamp(image, LINES)
    assert image.convert("L").getextrema() == (255, 255)


def test_every_character_of_every_place_name_is_drawn():
    rows = [line.split("\t") for line in REGIONS.read_text("utf-8").splitlines() if not line.startswith("#")]
    characters = {character for row in rows for character in row[1] if not character.isspace()}
    assert len(characters) > 500
    blank = bytes(font(24).getmask("\uffff"))
    missing = [one for one in sorted(characters | set("辿圢匼辋鄠盩厔")) if bytes(font(24).getmask(one)) == blank or not has_glyph(one)]
    assert missing == []
    assert bytes(font(24).getmask("辿")) != bytes(font(24).getmask("圢"))


def test_emoji_and_controls_are_left_out_and_unknown_letters_are_marked():
    assert printable("老王烧烤🔥👨‍👩‍👧\u202e\x07（五星\t街店）\n") == "老王烧烤（五星 街店）"
    assert printable("\U00020000庄") == f"{MISSING}庄"
    assert printable("\ud800") == printable("\x00") == ""


@given(st.lists(st.text(max_size=60), max_size=6), st.integers(1, 700), st.integers(1, 700))
@settings(max_examples=120)
def test_any_text_can_be_stamped_on_any_size(lines: list[str], width: int, height: int):
    image = Image.new("RGB", (width, height))
    stamp(image, lines)
    assert image.size == (width, height)


def test_sixty_four_threads_make_what_one_makes(tmp_path: Path):
    jobs = [(picture(tmp_path / f"{kind} {seed}", kind, seed), longest, [f"第{seed}号", *LINES])
            for kind in KINDS for seed in range(4) for longest in (*SIZES.values(), 200, 240)]
    alone = [derive(*job) for job in jobs]
    with ThreadPoolExecutor(64) as pool:
        assert list(pool.map(lambda job: derive(*job), jobs)) == alone


def test_the_pictures_of_these_tests_are_what_they_say(tmp_path: Path):
    assert scene(5).tobytes() == scene(5).tobytes() != scene(6).tobytes()
    sent = phone_jpeg(tmp_path / "sent")
    assert (check(sent).width, check(sent).height) == (1600, 1200)
    assert 200_000 < sent.stat().st_size < 400_000
