"""Mistakes of plan and item files, told so that a clerk can mend them without help."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing that is wrong in a file.

    `line` counts from 1; `key` is the path inside the file (`clauses[3].items`); `message` says in Chinese what is
    wrong, `remedy` what to write instead.
    """

    file: str
    line: int
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: {self.key}" if self.key else f"{self.file}:{self.line}"
        return f"{where}: {self.message}（{self.remedy}）"

    def to_dict(self) -> dict[str, Any]:
        """The mistake as JSON for the wire: file, line, key, message, remedy."""
        return asdict(self)


class PlanError(ValueError):
    """A plan or an item bank that cannot be used; `mistakes` has every reason at once, in file order."""

    def __init__(self, mistakes: Iterable[Mistake]):
        self.mistakes: tuple[Mistake, ...] = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))
