"""An item kind is one component beside its Python twin."""

import re

from checklists.kinds import KINDS
from tests.web.packages import WEB

FOLDER = WEB / "src" / "field" / "kinds"


def test_the_phone_has_one_component_for_every_kind_that_the_server_knows():
    text = (FOLDER / "index.ts").read_text(encoding="utf-8")
    listed = text.split("export const KINDS", 1)[1]
    assert re.findall(r"^  (\w+): \w+,$", listed, re.MULTILINE) == list(KINDS)
    imported = set(re.findall(r"from '\./(\w+)\.vue'", text))
    assert imported == {path.stem for path in FOLDER.glob("*.vue")}
    assert len(imported) == len(KINDS)
