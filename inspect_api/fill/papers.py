"""The three plans of the county: real documents, moved to the year of its visits and said to be examples."""

import re

from checklists.plan import plan_files
from inspect_api.fill.shape import CITY, COUNTY

SOURCES = {"yuncheng-2020": CITY, "zezhou-2021": COUNTY, "jincheng-chengqu-2022": COUNTY}  # whose words, over which region here
_DAY = re.compile(r"\b20\d\d-(?=\d\d-\d\d\b)")
_YEAR = re.compile(r"20\d\d年")


def plan_id(source: str, year: int) -> str:
    """What a plan is called once it was moved: example-yuncheng-2026."""
    return f"example-{source.rsplit('-', 1)[0]}-{year}"


def plans_of(year: int) -> dict[str, str]:
    """{file name: YAML} of the plans of a year."""
    return {f"{plan_id(path.stem, year)}.yaml": _moved(path.read_text("utf-8"), plan_id(path.stem, year), SOURCES[path.stem], year)
            for path in plan_files() if path.stem in SOURCES}


def _moved(text: str, name: str, region: str, year: int) -> str:
    lines = []
    for line in _DAY.sub(f"{year}-", text).splitlines():
        if line.startswith("id: "):
            line = f"id: {name}"
        elif line.startswith("region: "):
            line = f'region: "{region}"'
        elif line.startswith("title: "):
            line = _YEAR.sub(f"{year}年", line).rstrip('"') + "（示例）" + ('"' if line.endswith('"') else "")
        lines.append(line)
    return "\n".join(lines) + "\n"
