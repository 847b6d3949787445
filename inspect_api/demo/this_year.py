"""The demo's own plan: the text of a shipped plan with its years moved to the current one, so that a visit of today moves a number.

It is no government document, and its head says so. The shipped plans themselves are never changed.
"""

import re
from datetime import date

from checklists.plan import plan_files

SOURCE = "zezhou-2021"  # the plan it is taken from, and in its id the year of that plan
_YEAR = 2021
_NOTE = '  - "演示用：照随附的2021年文件把年份改成今年，不是政府文件；原文见随附计划。"'


def this_year(today: date) -> tuple[str, str]:
    """(name, YAML) of the demo's plan for the year of `today`."""
    [path] = [path for path in plan_files() if path.stem == SOURCE]
    text = re.sub(rf"{_YEAR}|{_YEAR + 1}", lambda year: str(int(year[0]) - _YEAR + today.year), path.read_text("utf-8"))
    head = {"id": f"id: zezhou-demo-{today.year}", "title": f"title: 泽州县{today.year}年食品安全重点工作安排（演示）", "doc_number": None,
            "issuer": "issuer: 演示数据", "issued": f"issued: {today.year}-01-01", "notes": f"notes:\n{_NOTE}"}
    for key, line in head.items():
        text, count = re.subn(rf"^{key}:.*\n", f"{line}\n" if line else "", text, count=1, flags=re.M)
        assert count == 1, f"{path.name} has no {key}"
    return f"zezhou-demo-{today.year}.yaml", text
