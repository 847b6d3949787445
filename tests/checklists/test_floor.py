"""The floor is pure: it imports the standard library, yaml and itself, and nothing else."""

import ast
import sys
from pathlib import Path

import pytest

import checklists

FILES = sorted(Path(checklists.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_a_file_says_why_it_exists_and_imports_only_what_a_pure_floor_may(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module or "." for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= {"checklists", "yaml", *sys.stdlib_module_names}
