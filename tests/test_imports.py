"""Imports go one way, and nothing hides one: the rules of the house, read from the source."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEVELS = {"accounts": 1, "questions": 2, "exams": 3, "scoring": 4}
ROOF = {"config/urls.py", "config/celery.py"}
PURE = ("exams/clock.py", "exams/letters.py", "exams/blueprint.py", "exams/limits.py",
        "exams/parallel.py", "questions/formats/", "scoring/scaling.py", "scoring/precision.py",
        "scoring/keys.py", "scoring/forecast.py", "scoring/readiness.py", "scoring/calibration.py",
        "scoring/repetition.py", "questions/bank_checks.py", "questions/wording.py",
        "questions/service_names.py", "exams/needs.py")  # fmt: skip
DJANGO = ("django", "allauth", "csp")
VAGUE = {"utils", "helpers", "services", "common", "core"}

FILES = sorted(file for room in ("config", *LEVELS) for file in (ROOT / room).rglob("*.py"))
PATHS = [file.relative_to(ROOT).as_posix() for file in FILES]
TREES = {path: ast.parse(file.read_text()) for path, file in zip(PATHS, FILES, strict=True)}


def imported(path):
    """The modules a file imports, at the top or anywhere else."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def reached(path, seen):
    """What a file imports, and what the files of the house that it imports do."""
    seen.add(path)
    for module in imported(path):
        yield module
        inner = {f"{one.replace('.', '/')}.py" for one in (module, module.rpartition(".")[0])}
        for other in inner & TREES.keys() - seen:
            yield from reached(other, seen)


def level(module):
    """How high a room stands; config and what is installed lie below them all."""
    return LEVELS.get(module.partition(".")[0], 0)


def functions(tree, owner=""):
    """Every function of a tree, with the names it stands under."""
    for node in ast.iter_child_nodes(tree):
        name = f"{owner}.{getattr(node, 'name', '')}".strip(".")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name, node
        yield from functions(node, name)


def test_the_rooms_are_found():
    assert {path.partition("/")[0] for path in PATHS} == {"config", *LEVELS}


@pytest.mark.parametrize("path", sorted(set(PATHS) - ROOF))
def test_imports_go_one_way(path):
    above = {module for module in imported(path) if level(module) > level(path.replace("/", "."))}
    assert above == set()


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith(PURE)])
def test_what_is_pure_reaches_no_django(path):
    assert {module for module in reached(path, set()) if module.startswith(DJANGO)} == set()


@pytest.mark.parametrize("path", PATHS)
def test_no_function_imports(path):
    hidden = {
        name
        for name, function in functions(TREES[path])
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    allowed = {"ready"} if path.endswith("/apps.py") else set()
    assert {name for name in hidden if name.rpartition(".")[2] not in allowed} == set()


def test_modules_are_named_for_what_they_know():
    assert {path for path in PATHS if VAGUE & set(Path(path).with_suffix("").parts)} == set()
