"""What people with a screen reader, large fingers or the sun on the screen get."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.e2e.pages import WALKS
from tests.e2e.phone import FieldPhone
from tests.web.packages import WEB

SMALL = """() => [...document.querySelectorAll('button, a[href], input:not([type=file]), textarea, select, [role=button], [role=tab]')]
    .filter((it) => it.checkVisibility({visibilityProperty: true}) && !it.closest('.leaflet-container'))
    .map((it) => [it, it.getBoundingClientRect()])
    .filter(([it, box]) => box.width > 1 && (box.height < 43.5 || box.width < 43.5) && !['checkbox', 'radio'].includes(it.type))
    .map(([it, box]) => `${it.outerHTML.slice(0, 160)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""

# Of Vant's own: the veil below a sheet, a passing word, and the wheels of a date.
VANT = [".van-overlay", ".van-toast", ".van-picker-column__wrapper"]
CHECK = """async (vant) => (await axe.run({exclude: vant}, {resultTypes: ['violations']})).violations"""


@pytest.mark.parametrize("walk", WALKS)
def test_no_page_has_a_serious_finding_or_a_target_too_small_for_a_thumb(
        walk: Callable[..., Iterator[str]], field_app: Flask, phone: Callable[..., FieldPhone], tmp_path: Path):
    axe = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    one = phone(bypass_csp=True, reduced_motion="reduce")  # for the checker, which is put into the page
    found: dict[str, list[str]] = {}
    for name in walk(one, field_app, tmp_path):
        one.page.evaluate(axe)
        told = one.page.evaluate(CHECK, VANT)
        found[name] = [f"{one_of['id']}: {one_of['help']} {[node['html'][:160] for node in one_of['nodes'][:3]]}"
                       for one_of in told if one_of["impact"] in {"serious", "critical"}]
        found[name] += [f"small: {it}" for it in one.page.evaluate(SMALL)]
    assert not (left := "\n".join(f"{name}: {fault}" for name, faults in found.items() for fault in faults)), left
