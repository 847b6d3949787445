"""Plans, the door: reads and checks a plan file. Every mistake names file, line and key, and how to mend it."""

from functools import lru_cache
from pathlib import Path

from checklists.bank import Bank, load_bank
from checklists.coverage import coverage
from checklists.errors import Mistake, PlanError
from checklists.fields import Fields
from checklists.plan_cross import check_names, check_references
from checklists.plan_model import Clause, Indicator, Plan, Report, Season, Target, Window
from checklists.plan_read import read_plan
from checklists.yamlfile import parse

__all__ = ["Clause", "Indicator", "Plan", "Report", "Season", "Target", "Window", "check_plan", "coverage", "load_plan",
           "load_plans", "plan_files"]

FOLDER = Path(__file__).parent / "plans"


def check_plan(source: Path | str, bank: Bank, name: str | None = None) -> tuple[Plan | None, list[Mistake]]:
    """Read and check a plan: a Path is a file, a str is YAML text. The plan is None when there is any mistake.

    What a slip of form may have broken elsewhere is checked only when the form is right, so that one slip is not told
    ten times; doubled ids and unknown items are told at once.
    """
    mistakes: list[Mistake] = []
    if isinstance(source, Path):
        name = name or source.name
        try:
            text = source.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            return None, [Mistake(name, 1, "", "文件不是UTF-8编码", "用编辑器另存为UTF-8")]
    else:
        name, text = name or "plan.yaml", source
    doc, mistakes = parse(text, name)
    if doc is None:
        return None, mistakes
    top = Fields(doc, (), mistakes)
    if not top.data:
        return None, mistakes
    plan = read_plan(top)
    (check_names if mistakes else check_references)(plan, bank, top)
    return (None if mistakes else plan), sorted(mistakes)


def load_plan(path: Path, bank: Bank) -> Plan:
    """The plan of a file. Raises PlanError with every mistake."""
    plan, mistakes = check_plan(Path(path), bank)
    if plan is None:
        raise PlanError(mistakes)
    return plan


def plan_files(folder: Path | None = None) -> list[Path]:
    """The plan files of a folder (default: the project's), by name."""
    return sorted((folder or FOLDER).glob("*.yaml"))


@lru_cache(maxsize=8)
def load_plans(folder: Path | None = None) -> dict[str, Plan]:
    """Every plan of a folder by id, checked against the project's item bank, read once. Raises PlanError."""
    plans: dict[str, Plan] = {}
    for path in plan_files(folder):
        plan = load_plan(path, load_bank())
        if plan.id in plans:
            raise PlanError([Mistake(path.name, 1, "id", f"计划编码“{plan.id}”重复了", "换一个编码")])
        plans[plan.id] = plan
    return plans
