"""The floors hold: who imports whom, where commits happen, and that files stay small and say why they exist."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("inspect_api", "checklists", "sync", "media")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")
                 if "versions" not in path.parts)
LONGEST = 400  # lines of one file


def name(path: Path) -> str:
    """A path as a test's id."""
    return path.relative_to(ROOT).as_posix()


def undocumented(tree: ast.Module | ast.ClassDef, above: str = "") -> Iterator[str]:
    """Names of public functions and classes without a docstring; what a private class holds is private."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield f"{above}{node.name} (line {node.lineno})"
            if isinstance(node, ast.ClassDef):
                yield from undocumented(node, f"{node.name}.")


def test_imports_go_down_the_floors_only():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--config", ROOT / "pyproject.toml", "--no-cache"], cwd=ROOT, capture_output=True,
                          text=True, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout, done.stdout


def test_the_server_commits_in_one_place_only():
    committing = {name(path): path.read_text("utf-8").count(".commit(") for path in SOURCES
                  if "migrations" not in path.parts and ".commit(" in path.read_text("utf-8")}
    assert committing == {"inspect_api/db.py": 1}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_begins_by_saying_why_it_exists(path: Path):
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{name(path)} has no docstring"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_what_is_public_says_what_it_means(path: Path):
    assert not list(undocumented(ast.parse(path.read_text("utf-8"))))


def test_no_source_file_outgrows_its_room():
    files = [*SOURCES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    long = {name(path): lines for path in files if (lines := path.read_text("utf-8").count("\n")) > LONGEST}
    assert not long, f"more than {LONGEST} lines: {long}"
