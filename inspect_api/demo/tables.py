"""Indicator tables for a terminal 100 columns wide: target, before, after on both bases, and what that comes to."""

from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from inspect_api.services.pace import STATES

WIDTH = 100
OPS = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "==": "="}
COLOURS = {"met": "green", "on_pace": "green", "behind": "yellow", "missed": "red", "none": "dim", "unreported": "dim",
           "not_started": "dim"}
WITHIN = {"national": "国抽", "provincial": "省抽"}  # they count, and are shown


def target(indicator: dict[str, Any]) -> Text:
    """`≥ 100% 推定 否决项`: the number, and what the document says of it."""
    wanted = indicator["target"]
    words = Text(f"{OPS[wanted['op']]} {wanted['value']:g}{'' if wanted['unit'] == '%' else ' '}{wanted['unit']}")
    for said, word in ((wanted["inferred"], "推定"), (indicator["effort"], "力争"), (indicator["level"], indicator["level"])):
        if said:
            words.append(f" {word}", "bold red" if word == "否决项" else "magenta" if word == "关键项" else "dim")
    return words


def _amount(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".") if number % 1 else f"{number:.0f}"


def value(indicator: dict[str, Any], window: dict[str, Any]) -> Text:
    """The value, and under it numerator and denominator; what is not known is a dash."""
    if window["value"] is None:
        return Text("—" if window["den"] in (None, 0) else f"— {_amount(window['num'])}/{_amount(window['den'])}", "dim")
    number = window["value"]
    shown = Text(f"{_amount(number) if number >= 10 or number == int(number) else f'{number:.2f}'}"
                 f"{'%' if indicator['target']['unit'].startswith('%') else ''}", "bold")
    if window["den"] is not None:
        shown.append(f"\n{_amount(window['num'])}/{_amount(window['den'])}", "not bold dim")
    return shown


def _rows(before: dict[str, Any], received: dict[str, Any], approved: dict[str, Any], everything: bool) -> Iterator[tuple]:
    for old, new, signed in zip(before["indicators"], received["indicators"], approved["indicators"], strict=True):
        for was, now, sign in zip(old["windows"], new["windows"], signed["windows"], strict=True):
            if everything or now["key"] == new["current"]:
                yield new, was, now, sign


def _title(indicator: dict[str, Any], window: dict[str, Any]) -> Text:
    title = Text(indicator["title"])
    if len(indicator["windows"]) > 1:
        title.append(f"\n{window['title']}", "cyan")
    apart = window.get("apart") or {}
    if within := "、".join(f"{word} {apart[name]}" for name, word in WITHIN.items() if apart.get(name)):
        title.append(f"\n其中{within}", "dim")
    if apart.get("rapid"):
        title.append(f"\n快检 {apart['rapid']} 另列，不计入", "dim")
    return title


def plan_table(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]], everything: bool = False) -> RenderableType:
    """One plan: a row per indicator, in its window of now (`everything`: in every window)."""
    received, approved = after["received"], after["approved"]
    table = Table(box=SIMPLE_HEAD, width=WIDTH, pad_edge=False, collapse_padding=True, header_style="bold")
    for name, width, justify in (("指标", None, "left"), ("目标", 14, "left"), ("走访前", 10, "right"), ("走访后", 10, "right"),
                                 ("审核通过", 10, "right"), ("状态", 8, "left")):
        table.add_column(name, width=width, justify=justify, overflow="fold")
    moved = total = 0
    for indicator, was, now, sign in _rows(before["received"], received, approved, everything):
        changed = (was["num"], was["den"], was["value"]) != (now["num"], now["den"], now["value"])
        moved, total = moved + changed, total + 1
        table.add_row(_title(indicator, now), target(indicator), value(indicator, was), value(indicator, now),
                      value(indicator, sign), Text(STATES[now["state"]], COLOURS[now["state"]]))
    head = Text.assemble((received["title"], "bold"), f"\n{received['name']}（{received['region']}）  截至 {received['as_of']}  "
                         f"{total} 行中 {moved} 行有变化")
    return Group(head, table)
