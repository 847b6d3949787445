"""A small item bank and a small plan, written out, for tests that must not depend on the real ones."""

from pathlib import Path

from checklists.bank import Bank, check_bank

COMMON = """\
section: {id: common, title: 通用}
items:
  - id: common.front-photo
    question: 门头照片
    kind: photo
    key: false
    site_types: [school_canteen, catering]
    photo: {when: always, min: 2}
  - id: common.licence
    question: 许可证是否有效？
    kind: certificate
    key: true
    polarity: positive
    site_types: [school_canteen, catering]
    validity: true
    remedy: {action: 办理延续, days: 15}
  - id: common.expired
    question: 是否有过期食品？
    kind: mark
    key: true
    polarity: negative
    site_types: [school_canteen, catering, small_stall]
    photo: {when: on_fail, min: 1}
    remedy: {action: 立即下架, days: 1}
  - id: common.staff-trained
    question: 多少人培训过？
    kind: count_pair
    key: false
    site_types: [school_canteen, catering]
    have_label: 培训人数
    of_label: 总人数
"""

CANTEEN = """\
section: {id: canteen, title: 食堂}
items:
  - id: canteen.run-mode
    question: 怎样经营？
    kind: choice
    key: false
    site_types: [school_canteen]
    options:
      - {value: own, label: 自营}
      - {value: contracted, label: 承包}
  - id: canteen.contractor
    question: 承包方有证吗？
    kind: mark
    key: false
    site_types: [school_canteen]
    enable_when: {item: canteen.run-mode, in: [contracted]}
    remedy: {action: 换承包方, days: 30}
  - id: canteen.sample-weight
    question: 留样重量
    kind: number
    key: false
    site_types: [school_canteen]
    unit: 克
    min: 0
    max: 2000
    pass_min: 125
    remedy: {action: 留足125克, days: 1}
  - id: canteen.parents
    question: 是否请家长来看？
    kind: mark
    key: false
    advisory: true
    site_types: [school_canteen]
"""

PLAN = """\
id: small-2022
title: 小县2022年食品安全工作安排
doc_number: 小政办〔2022〕1号
issuer: 小县人民政府办公室
region: "140525"
issued: 2022-01-10
period: {from: 2022-01-01, to: 2022-12-31}
seasons:
  - {id: spring, title: 春季开学, from: 02-15, to: 03-31}
reports:
  - {id: yearly, title: 年度报告, kind: annual, due: "11-20", article: （三）, quote: 11月20日前报告。}
clauses:
  - id: c001
    article: （一）
    quote: 查处过期食品，查验证照。
    kind: field
    departments: [县市场监管局]
    site_types: [school_canteen, catering]
    items: [common.expired, common.licence, common.front-photo]
  - id: c002
    article: （二）
    quote: 承包方有证，重量够，培训率达到90%以上。
    kind: target
    site_types: [school_canteen]
    items: [canteen.contractor, canteen.sample-weight, common.staff-trained]
  - id: c003
    article: （三）
    quote: 11月20日前报告。
    kind: report
  - id: c004
    article: （四）
    quote: 加强领导。
    kind: organizational
indicators:
  - id: trained
    clause: c002
    title: 培训率
    measure: summed
    filter: {site_types: [school_canteen], attributes: {}}
    item: common.staff-trained
    window: {kind: year}
    target: {op: ">=", value: 90, unit: "%"}
    level: 关键项
"""


def write_bank(folder: Path, **files: str) -> Path:
    """An item folder with the small bank, or with other files (`canteen=...`)."""
    for name, text in ({"common": COMMON, "canteen": CANTEEN} | files).items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def small_bank(folder: Path) -> Bank:
    bank, mistakes = check_bank(write_bank(folder))
    assert bank is not None, "\n".join(map(str, mistakes))
    return bank


def line_of(text: str, words: str) -> int:
    """The line on which words first stand."""
    return text[: text.index(words)].count("\n") + 1
