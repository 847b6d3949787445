"""A county's new ledger on the walk: sites that had no registration, filing, licence or grade have got one since."""

import csv
import io
from datetime import date, timedelta
from random import Random
from typing import Any

from checklists.site_types import SITE_TYPES
from inspect_api.demo.mix import FILINGS, GRADED, LICENCES, REGISTRATIONS
from inspect_api.demo.numbers import licence, registration
from inspect_api.demo.phones import Person, WalkError

COLUMNS = ("名称", "主体类型", "统一社会信用代码", "网格编码", "许可证编号", "有效期至", "登记证编号", "备案编号", "风险等级")
HANDED_IN = 0.6  # of what was missing
FIRST = 700  # serials of this year's papers, after those of the demo's own sites


def bring_up_to_date(office: Person, county: str, random: Random, today: date) -> int:
    """Import a ledger of the sites that a paper was handed in for; returns how many were updated.

    Only sites with a credit code: it is what a ledger recognises a site by. Raises WalkError when the import makes
    doubles or finds errors.
    """
    rows = []
    for serial, site in enumerate(office.pages("/api/v1/sites", "sites", region=county), FIRST):
        papers = _papers(site, county, serial, random, today)
        if site["uscc"] and any(papers.values()):
            rows.append({"名称": site["name"], "主体类型": SITE_TYPES[site["type"]], "统一社会信用代码": site["uscc"],
                         "网格编码": site["grid"], **papers})
    if not rows:
        return 0
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    done = office.ask("POST", "/api/v1/sites/import", params={"region": county},
                      files={"file": ("示例台账.csv", text.getvalue().encode("utf-8-sig"), "text/csv")})
    if done["created"] or done["errors"]:
        raise WalkError(f"{county} 的台账导入不对：新增 {done['created']}，错误 {done['errors'][:3]}")
    return done["updated"]


def _papers(site: dict[str, Any], county: str, serial: int, random: Random, today: date) -> dict[str, str]:
    """What the site has got of what it lacked."""
    kind, attributes = site["type"], site["attributes"]
    papers = dict.fromkeys(COLUMNS[4:], "")
    if kind in LICENCES and not site["licence_number"] and random.random() < HANDED_IN:
        papers["许可证编号"] = licence(LICENCES[kind], county, serial)
        papers["有效期至"] = (today + timedelta(days=1500)).isoformat()
    if kind in REGISTRATIONS and not site["registration_number"] and random.random() < HANDED_IN:
        papers["登记证编号"] = registration(REGISTRATIONS[kind], county, serial)
    if kind in FILINGS and not attributes.get("filing_number") and random.random() < HANDED_IN:
        papers["备案编号"] = registration("备", county, serial)
    if (kind in GRADED or kind == "market") and not site["risk_grade"] and random.random() < HANDED_IN:
        papers["风险等级"] = random.choice("ABC")
    return papers
