"""The documents keep up with the code: what can be called, set, written or refused is told somewhere in docs/.

What crosses the wire of the sync protocol is in test_docs_sync.py.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from checklists.bank import load_bank
from checklists.kinds import KINDS
from checklists.marks import ERROR_CODES
from checklists.measures import (
    BASES,
    CLAUSE_KINDS,
    DOCUMENTS,
    HOLDINGS,
    LEVELS,
    MEASURES,
    METHODS,
    OPS,
    RECORD_KINDS,
    REPORT_KINDS,
    TASK_LEVELS,
    WINDOW_KINDS,
)
from checklists.plan import check_plan
from checklists.site_types import ATTRIBUTES, SITE_TYPES
from checklists.state import SITE_MEASURES
from checklists.verdict import RESULTS, VERDICTS
from inspect_api.auth import ACTIONS, EVERYONE, LOGGED_IN, ROLES
from inspect_api.config import SETTINGS
from inspect_api.problems import CATALOGUE
from inspect_api.services.pace import STATES
from sync.ledger import COLUMNS, LEDGER_ERRORS, ROW_CODES
from tests.support.databases import app_on
from tests.support.documents import ROOT, anchors, missing, read, rows, section

FOREIGN_COMMANDS = {"db", "openapi"}  # of the libraries, documented there; named in operating.md
METHODS_OF_ROUTES = ("GET", "POST", "PUT", "PATCH", "DELETE")
COMMITTED_DOCS = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("*.md")])


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app that nobody asks anything of the database."""
    return app_on("", str(tmp_path_factory.mktemp("docs")))


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """("GET /path/{name}", action) of every route."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield f"{method} {path}", getattr(app.view_functions[rule.endpoint], "action", "(none)")


def who(action: str) -> str:
    """The roles of an action, as api.md writes them."""
    roles = ACTIONS[action]
    if roles == EVERYONE:
        return "everybody"
    return "all" if roles == LOGGED_IN else ", ".join(role for role in ROLES if role in roles)


def test_every_route_is_documented_with_its_action_and_roles(bare: Flask):
    told = rows(read("docs/api.md"))
    wrong = [f"{route}: {action} {who(action)}" for route, action in routes(bare)
             if f"| `{action}` | {who(action)} |" not in told.get(route, "")]
    assert not wrong, wrong
    gone = {route for route in told if route.split(" ")[0] in METHODS_OF_ROUTES} - {r for r, _ in routes(bare)}
    assert not gone, f"documented and not there: {gone}"


def test_every_setting_is_documented_with_its_default():
    told = rows(section(read("docs/operating.md"), "## Settings"))
    assert set(told) == {setting.name for setting in SETTINGS}
    shown = {setting.name: "built in" if isinstance(setting.default, dict) else str(setting.default).lower() or "empty"
             for setting in SETTINGS}
    wrong = [name for name, default in shown.items() if told[name].lower().split(" | ")[1].strip("`") != default]
    assert not wrong, wrong


def test_every_problem_is_documented_with_its_status():
    told = rows(read("docs/problems.md"))
    wrong = [code for code, kind in CATALOGUE.items() if f"| {kind.status} |" not in told.get(code, "")]
    assert not wrong, wrong
    assert set(told) == set(CATALOGUE)


def leaves(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """(words, command) of every command that can be run."""
    if isinstance(command, click.Group) and not command.invoke_without_command:
        for word, below in command.commands.items():
            yield from leaves(below, f"{path} {word}")
    else:
        yield path, command
        for word, below in getattr(command, "commands", {}).items():
            yield from leaves(below, f"{path} {word}")


def test_every_command_is_documented_with_its_options(bare: Flask):
    told = rows(section(read("docs/operating.md"), "## Commands"))
    wrong = []
    for word, command in bare.cli.commands.items():
        if word in FOREIGN_COMMANDS:
            continue
        for path, leaf in leaves(command, f"flask {word}"):
            line = next((line for name, line in told.items() if name == path or name.startswith(path + " ")), "")
            options = [o for p in leaf.params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)]
            wrong += [f"{path} {option}".strip() for option in ("", *options) if not line or option not in line]
    assert not wrong, wrong


def test_every_item_kind_is_documented_with_its_keys_and_its_answer():
    kinds = rows(section(read("docs/items.md"), "## Kinds"))
    wrong = [f"{name}.{key}" for name, module in KINDS.items() for key in ("", *module.OPTIONS)
             if key not in kinds.get(name, "") or name not in kinds]
    assert not wrong, wrong
    assert set(rows(section(read("docs/sync-protocol.md"), "### Answers"))) == set(KINDS)


def test_every_word_of_the_item_bank_is_documented():
    document = read("docs/items.md")
    assert not missing([*SITE_TYPES, *ATTRIBUTES, *VERDICTS, *RESULTS, *ERROR_CODES], document)
    values = [value for attribute in ATTRIBUTES.values() for value in attribute.values]
    assert not missing(values, section(document, "## Attributes of a site"))
    assert set(rows(section(document, "## Verdict rules"))) == set(VERDICTS)
    assert not missing(ERROR_CODES, read("docs/sync-protocol.md"))


def test_every_key_of_the_item_bank_is_documented():
    keys = next(ast.literal_eval(node.value) for node in ast.parse(read("checklists/bank.py")).body
                if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_KEYS")
    assert set(rows(section(read("docs/items.md"), "## A file"))) == set(keys)


def test_every_measure_is_documented_with_the_keys_it_needs():
    told = rows(section(read("docs/plans.md"), "### Measures"))
    wrong = [f"{name}.{key}" for name, measure in MEASURES.items() for key in ("", *measure.needs, *measure.may)
             if name not in told or key and f"`{key}`" not in told[name]]
    assert not wrong, wrong


def test_every_word_of_a_plan_is_documented():
    document = read("docs/plans.md")
    words = [*OPS, *LEVELS, *HOLDINGS, *DOCUMENTS, *RECORD_KINDS, *METHODS, *TASK_LEVELS, *BASES, *WINDOW_KINDS,
             *REPORT_KINDS, *CLAUSE_KINDS]
    assert not [word for word in words if not re.search(rf"`\[?{re.escape(word)}\]?`", document)]


def test_how_each_site_measure_counts_is_documented():
    assert set(rows(section(read("docs/architecture.md"), "### State and fold"))) == set(SITE_MEASURES)


def test_every_key_of_a_plan_is_documented():
    """The keys are those that the reader allows: the texts in its calls of `known` and its lists of keys."""
    tree = ast.parse(read("checklists/plan_read.py"))
    keys = {constant.value for node in ast.walk(tree)
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "known"
            or isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("_PLAN_KEYS", "_COMMON", "_SPECIAL")
            for constant in ast.walk(node) if isinstance(constant, ast.Constant)}
    assert len(keys) > 40, keys
    assert not missing(sorted(keys), read("docs/plans.md"))


def test_every_ledger_column_and_code_is_documented():
    ledgers = section(read("docs/operating.md"), "## Ledgers")
    assert not [column.key for column in COLUMNS if f"| {column.title} | `{column.key}` |" not in ledgers]
    assert not missing([*ROW_CODES, *LEDGER_ERRORS], ledgers)


def test_every_state_of_an_indicator_is_documented():
    document = read("docs/api.md")
    assert not [state for state, title in STATES.items() if f"`{state}` {title}" not in document]


def test_the_commands_of_the_readmes_are_those_of_the_makefile():
    targets = set(re.findall(r"^([a-z][\w-]*):", read("Makefile"), re.M))
    for path in ("README.md", "README.zh-CN.md", "docs/operating.md"):
        used = set(re.findall(r"(?:^|`)make ([a-z][\w-]*)", read(path), re.M))
        assert used, path
        assert used <= targets, f"{path}: {used - targets}"
    assert {"run", "test", "setup"} <= targets
    assert {f"make {target}" for target in targets} == {name for name in rows(read("docs/operating.md")) if name.startswith("make ")}


def test_the_example_plan_of_the_readme_is_a_right_plan():
    example = re.search(r"```yaml\n(.*?)```", read("README.md"), re.S)[1]
    plan, mistakes = check_plan(example, load_bank(), "README.md")
    assert not mistakes
    assert plan.indicators


def test_the_example_item_is_an_item_of_the_bank():
    example = re.search(r"```yaml\n(.*?)```", read("docs/items.md"), re.S)[1]
    ids = re.findall(r"- id: (\S+)", example)
    assert ids
    assert set(ids) <= set(load_bank().items)


@pytest.mark.parametrize("path", COMMITTED_DOCS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path):
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text("utf-8"))
    broken = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert not broken, broken


@pytest.mark.parametrize("path", COMMITTED_DOCS, ids=lambda path: path.name)
def test_links_to_a_heading_lead_to_one(path: Path):
    links = re.findall(r"\]\(([^):]*)#([^)]+)\)", path.read_text("utf-8"))
    broken = [f"{file}#{anchor}" for file, anchor in links
              if anchor not in anchors((path.parent / file if file else path).read_text("utf-8"))]
    assert not broken, broken


def test_the_changelog_has_unreleased_lines():
    assert re.search(r"^- \S", section(read("CHANGELOG.md"), "## Unreleased"), re.M)
