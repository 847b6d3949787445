"""What refers to what in a plan: ids, items, site types, seasons, dates. Runs when the plan's shape is right."""

from collections.abc import Callable, Sequence
from typing import Any

from checklists.bank import Bank
from checklists.fields import Fields, did_you_mean
from checklists.plan_model import Indicator, Plan


def check_references(plan: Plan, bank: Bank, top: Fields) -> None:
    """Note every reference of the plan that leads nowhere, and every demand that nothing serves."""
    for check in CHECKS:
        check(plan, bank, top)


def _unknown_item(id: str, bank: Bank) -> tuple[str, str]:
    return f"检查项库里没有“{id}”", did_you_mean(id, bank.items)


def _unique(plan: Plan, bank: Bank, top: Fields) -> None:
    for group in ("seasons", "reports", "clauses", "indicators"):
        seen: set[str] = set()
        for n, thing in enumerate(getattr(plan, group)):
            if thing.id in seen:
                top.wrong((group, n, "id"), f"编码“{thing.id}”重复了", "换一个编码")
            seen.add(thing.id)


def _clauses(plan: Plan, bank: Bank, top: Fields) -> None:
    counted = {indicator.clause for indicator in plan.indicators}
    for n, clause in enumerate(plan.clauses):
        for m, id in enumerate(clause.items):
            item = bank.items.get(id)
            if item is None:
                top.wrong(("clauses", n, "items", m), *_unknown_item(id, bank))
            elif clause.site_types and not set(item.site_types) & set(clause.site_types):
                top.wrong(("clauses", n, "items", m), f"“{id}”不用于本条的任何一类主体", f"它用于：{'、'.join(item.site_types)}")
        known = all(id in bank.items for id in clause.items)
        for m, site_type in enumerate(clause.site_types if clause.items and known else ()):
            if not any(site_type in bank.items[id].site_types for id in clause.items if id in bank.items):
                top.wrong(("clauses", n, "site_types", m), f"本条没有一个检查项用于“{site_type}”", "补上用于它的检查项，或删去这类主体")
        if clause.kind == "field" and not clause.items:
            top.wrong(("clauses", n, "kind"), f"现场条款“{clause.id}”没有检查项", "补上items；现场看不到的改成 kind: organizational")
        if (clause.kind == "field" or clause.items) and not clause.site_types:
            top.wrong(("clauses", n, "items" if clause.items else "kind"), f"条款“{clause.id}”没有写主体类型", "补上site_types")
        if clause.kind == "target" and clause.id not in counted:
            top.wrong(("clauses", n, "kind"), f"目标条款“{clause.id}”没有指标", "在indicators里补上它的指标")


def _indicators(plan: Plan, bank: Bank, top: Fields) -> None:
    clauses = {clause.id: clause for clause in plan.clauses}
    seasons = [season.id for season in plan.seasons]
    for n, indicator in enumerate(plan.indicators):
        where = ("indicators", n)
        clause = clauses.get(indicator.clause)
        if clause is None:
            top.wrong((*where, "clause"), f"没有条款“{indicator.clause}”", did_you_mean(indicator.clause, clauses))
        elif clause.kind != "target":
            top.wrong((*where, "clause"), f"条款“{clause.id}”不是目标条款（kind: {clause.kind}）", "把该条款改成 kind: target")
        window = indicator.window
        if window.season is not None and window.season not in seasons:
            remedy = did_you_mean(window.season, seasons) if seasons else "先在seasons里写上这个时段"
            top.wrong((*where, "window", "season"), f"没有时段“{window.season}”", remedy)
        if window.deadline is not None and window.deadline < plan.period[0]:
            top.wrong((*where, "window", "deadline"), f"期限{window.deadline}早于计划开始", "改正日期")
        _indicator_items(plan, bank, indicator, _noting(top, where))


def _noting(top: Fields, where: tuple[str | int, ...]) -> Callable[[str, str, str], None]:
    return lambda key, message, remedy: top.wrong((*where, key), message, remedy)


def _indicator_items(plan: Plan, bank: Bank, indicator: Indicator, note: Callable[[str, str, str], None]) -> None:
    key = "items" if indicator.items else "item"
    if indicator.measure == "closed" and indicator.item and indicator.items:
        note("item", "item和items只写一个", "都写进items")
    if indicator.measure == "summed" and bool(indicator.item) == bool(indicator.items):
        note(key, "summed要写item（一个计数题）或items（分子、分母），二者选一", "写成 item: 检查项 或 items: {numerator: …, denominator: …}")
        return
    for id in indicator.item_ids():
        item = bank.items.get(id)
        if item is None:
            note(key, *_unknown_item(id, bank))
            continue
        problem = _unfit(indicator, item)
        if problem:
            note(key, f"“{id}”{problem[0]}", problem[1])
        if indicator.measure != "closed":
            silent = [t for t in indicator.filter["site_types"] if not _asked(plan, bank, id, t)]
            if silent:
                note(key, f"没有条款在{'、'.join(silent)}检查“{id}”", "在对应条款的items和site_types里补上，或从filter里删去该类主体")


def _unfit(indicator: Indicator, item: Any) -> tuple[str, str] | None:
    if indicator.measure == "marked" and "pass" not in item.marks():
        return f"是{item.kind}题，判不出合格", "换成判断题，或给该题写上合格标准"
    if indicator.measure == "closed" and "fail" not in item.marks():
        return f"是{item.kind}题，不会产生问题", "换成会判不符合的检查项"
    if indicator.measure == "summed":
        if indicator.items and item.kind != "number":
            return f"是{item.kind}题，分子和分母要用数值题", "计数题（count_pair）只写 item: 检查项"
        if indicator.items and not item.options.get("whole"):
            return "能填小数，相加会有误差", "给该题写上 whole: true"
        if indicator.item and item.kind != "count_pair":
            return f"是{item.kind}题，一题相加要用计数题", "换成count_pair题，或用 items 写两个数值题"
    return None


def _asked(plan: Plan, bank: Bank, id: str, site_type: str) -> bool:
    return site_type in bank.items[id].site_types and any(
        id in clause.items and site_type in clause.site_types for clause in plan.clauses)


def _reports(plan: Plan, bank: Bank, top: Fields) -> None:
    for n, report in enumerate(plan.reports):
        if report.start and report.start > plan.period[1] or report.end and report.end < plan.period[0]:
            top.wrong(("reports", n, "from"), "报送时间不在计划期内", "改正from、to")
        if report.kind == "once" and report.due < plan.period[0].isoformat():
            top.wrong(("reports", n, "due"), f"期限{report.due}早于计划开始", "改正日期")


CHECKS: Sequence[Callable[[Plan, Bank, Fields], None]] = (_unique, _clauses, _indicators, _reports)


def check_names(plan: Plan, bank: Bank, top: Fields) -> None:
    """Only the references that a slip elsewhere in the file cannot have broken: doubled ids and unknown items."""
    _unique(plan, bank, top)
    for n, clause in enumerate(plan.clauses):
        for m, id in enumerate(clause.items):
            if id not in bank.items:
                top.wrong(("clauses", n, "items", m), *_unknown_item(id, bank))
    for n, indicator in enumerate(plan.indicators):
        for id in indicator.item_ids():
            if id not in bank.items:
                top.wrong(("indicators", n, "items" if indicator.items else "item"), *_unknown_item(id, bank))
