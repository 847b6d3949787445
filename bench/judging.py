"""Answers per second of one core: 25 answers judged by the validator of a real checklist, compiled once.

    python -m bench.judging
"""

import random
import time
from datetime import date

from rich.console import Console
from rich.table import Table

from bench import county
from checklists.answers import Validator
from checklists.bank import load_bank
from checklists.compile import compile_checklists
from checklists.plan import load_plans

ROUNDS = 4000


def main() -> None:
    """Measure each site type's checklist and print the table."""
    table = Table(title="Judging a visit of 25 answers", title_justify="left")
    for name in ("checklist", "items", "µs a visit"):
        table.add_column(name, justify="left" if name == "checklist" else "right")
    compiled = compile_checklists([load_plans()["yuncheng-2020"]], load_bank())
    for kind in county.TYPES:
        validator = Validator(compiled[kind])
        answers = county.answers(compiled[kind].to_dict(), random.Random(1), 25)
        begun = time.perf_counter()
        for _ in range(ROUNDS):
            validator.judge(answers, date(2020, 5, 1))
        took = (time.perf_counter() - begun) / ROUNDS
        table.add_row(kind, str(len(compiled[kind].items)), f"{took * 1e6:.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
