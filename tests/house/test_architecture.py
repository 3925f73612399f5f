"""The house stays readable: small modules, one direction, documents that tell the truth."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import config
from tests.tools.engines import sqlite_only

ROOT = config.ROOT
ROOMS = ("app", "views", "printing", "services", "models", "domain", "seeds")
MOST_LINES, MOST_IN_A_FUNCTION = 400, 60
#: A module that is longer, and why that is right.
LONGER = {
    "config.py": "every setting once, each with its reason",
    "domain/errors.py": "every sentence of a refusal once, so that none is said in two ways",
    "migrations/versions/0001_first_tables.py": "every table once, written by the generator",
    "models/procedure.py": "one aggregate: a version with all its parts, each a register of its own",
    "seeds/demo_dossiers.py": "data of a demonstration, no rule",
    "tests/house/test_catalogue.py": "one reader of pages, for both languages, and what it walks",
}


@cache
def tracked() -> tuple[Path, ...]:
    """Files under version control that are there, with those about to be added."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    names = done.stdout.splitlines()
    if done.returncode:  # a copy without its history: everything that is text and ours
        skipped = {".venv", "node_modules", "var", "vendor", ".cache", "build"}
        names = [
            p.relative_to(ROOT).as_posix()
            for p in ROOT.rglob("*")
            if p.is_file() and not skipped & set(p.relative_to(ROOT).parts)
        ]
    return tuple(p for p in (ROOT / name for name in names) if p.is_file())


def python() -> Iterator[tuple[str, str]]:
    for path in tracked():
        if path.suffix == ".py":
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_modules_are_short():
    long = {name: text.count("\n") for name, text in python() if text.count("\n") > MOST_LINES}
    assert long.keys() - LONGER.keys() == set(), f"split, or say why in LONGER: {long}"
    assert LONGER.keys() - {name for name, _ in python()} == set()


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def own_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, its docstring left out."""
    body = node.body
    if ast.get_docstring(node) is not None:
        body = body[1:]
    return (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0


def test_functions_are_short():
    long = [
        (name, node.name, own_lines(node))
        for name, text in python()
        if name.startswith(ROOMS)
        for node in functions(ast.parse(text))
        if own_lines(node) > MOST_IN_A_FUNCTION
    ]
    assert long == []


def test_everything_public_below_the_screens_says_what_it_does():
    silent = []
    for name, text in python():
        if not name.startswith(("domain/", "services/")):
            continue
        for node in ast.parse(text).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
            if public and not ast.get_docstring(node):
                silent.append((name, node.name))
    assert silent == []


def imports(text: str) -> set[str]:
    """Modules that a text imports, at its head or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return found


#: Accounts and their passwords are kept in the framework's tables, in the framework's way.
KEPT_BY_THE_FRAMEWORK = {"flask_appbuilder.security.sqla.models", "werkzeug.security"}


def test_rules_and_verbs_know_no_web_and_rules_no_database():
    web = {"flask", "flask_appbuilder", "flask_login", "flask_wtf", "werkzeug", "wtforms", "jinja2"}
    for name, text in python():
        packages = {m.split(".")[0] for m in imports(text) - KEPT_BY_THE_FRAMEWORK}
        if name.startswith("domain/"):
            assert not packages & {*web, "flask_babel", "sqlalchemy", "models"}, name
        if name.startswith("services/"):
            assert not packages & web, name


def test_only_the_clock_reads_the_clock():
    """Time is an argument: a rule or a verb that looks at the clock cannot be tested or repeated."""
    reader = re.compile(r"\b(?:datetime|dt\.datetime|date|dt\.date)\.(?:now|today|utcnow)\(")
    clock = re.compile(r"\btime\.time\(")
    sweeper = "services/filestore.py"  # the age of a file left behind is asked of the disk's clock
    found = [
        name
        for name, text in python()
        if name.startswith(("domain/", "services/", "printing/", "views/", "models/"))
        and (reader.search(text) or clock.search(text))
    ]
    assert found == [sweeper]


def test_only_verbs_commit():
    """A screen or a rule that commits would split what belongs together."""
    found = [
        name
        for name, text in python()
        if name.startswith(("domain/", "models/", "views/", "printing/"))
        and re.search(r"\.commit\(\)", text)
    ]
    assert found == []


def test_nothing_is_left_half_done():
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|Not" + r"ImplementedError")
    off = re.compile(r"pytest\.(?:mark\.)?(?:ski" + r"p|xfa" + r"il|importor" + r"skip)\b")
    found = [name for name, text in python() if marks.search(text) or off.search(text)]
    assert found == []


def text_files() -> Iterator[tuple[str, str]]:
    for path in tracked():
        if path.suffix in {".ttf", ".png", ".ico", ".heic", ".tiff", ".jpg", ".pdf", ".xlsx"}:
            continue
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_files_name_no_package_host_and_no_place_on_a_machine():
    host = re.compile(
        r"https?://[\w.-]*(?:registry|pypi|pythonhosted|npmjs|jsdelivr|unpkg)[\w.-]*\."
    )
    place = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/\w+/")
    found = [
        (name, match[0])
        for name, text in text_files()
        for match in (host.search(text), place.search(text))
        if match
    ]
    assert found == []


@pytest.mark.parametrize(
    "name", ["README.md", "docs/design.md", "docs/low-code.md", "docs/papers.md"]
)
def test_documents_lead_somewhere(name):
    page = ROOT / name
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@sqlite_only
def test_documents_name_commands_that_exist(built_app):
    """`make …` and `flask --app run …` in the documents are there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9]+):", makefile, re.MULTILINE))
    commands = set(built_app.cli.commands)
    for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(r"`make ([a-z0-9]+)", text))
        assert named <= targets, page.name
        for command in re.findall(r"flask --app run ([a-z][a-z-]*)", text):
            assert command in commands, (page.name, command)
    for page in ("README.md", "CHANGELOG.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert "make run" in text and "make test" in text, page
