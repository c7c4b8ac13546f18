"""What a reader may rely on anywhere in the code; each rule is read from the syntax trees."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.test_row_scope import scoped_models

ROOT = Path(__file__).resolve().parent.parent
APPS = ("budget_portal", "accounts", "agreements", "monitoring", "complaints", "reports")
# Data that is made up, with its history: states are written there as the past left them.
INVENTED = "reports/demo/"
# Where a state machine is not one of people: rows of work that a worker claims.
MACHINERY = {"budget_portal/jobs.py"}


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8")))
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    )


def places(kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield name, node


def test_imports_flow_one_way() -> None:
    command = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_states_are_assigned_in_workflow_only() -> None:
    wrong = []
    for name, node in places(ast.Assign):
        for target in node.targets:  # type: ignore[attr-defined]
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            for part in parts:
                if isinstance(part, ast.Attribute) and part.attr in {"state", "status"}:
                    wrong.append(f"{name}:{part.lineno}")
    assert not [place for place in wrong if not _may_move(place)]


def test_states_are_updated_in_workflow_only() -> None:
    """`.update(state=…)` is an assignment too."""
    wrong = []
    for name, node in places(ast.Call):
        function = node.func  # type: ignore[attr-defined]
        if isinstance(function, ast.Attribute) and function.attr in {"update", "bulk_update"}:
            words = {word.arg for word in node.keywords}  # type: ignore[attr-defined]
            if words & {"state", "status"}:
                wrong.append(f"{name}:{function.lineno}")
    assert not [place for place in wrong if not _may_move(place)]


def _may_move(place: str) -> bool:
    name = place.partition(":")[0]
    return "/workflow/" in name or name.startswith(INVENTED) or name in MACHINERY


ENTRANCES = ("view", "urls", "context", "nav", "forms")


def test_scoped_rows_are_never_read_unscoped_where_requests_come_in() -> None:
    """In views, forms and API every query on a scoped model starts with for_user."""
    names = {model.__name__ for model in scoped_models().values()}
    wrong = []
    for name, tree in trees():
        if name.startswith("budget_portal/") or not _is_entrance(name):
            continue
        viewset_queries = set(_viewset_querysets(tree))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Attribute)
                and node.func.value.attr in {"objects", "_default_manager"}
                and isinstance(node.func.value.value, ast.Name)
                and node.func.value.value.id in names
                and node.func.attr not in SCOPED_STARTS
                and node not in viewset_queries
            ):
                wrong.append(f"{name}:{node.lineno} {node.func.value.value.id}.objects.{node.func.attr}")
    assert not [place for place in wrong if place.rpartition(" ")[0].partition(":")[0] not in PUBLIC_SIDE], (
        wrong
    )


def _is_entrance(name: str) -> bool:
    return Path(name).name == "api.py" or any(part.startswith(ENTRANCES) for part in Path(name).parts[1:])


# Ways to begin a query that say themselves whose rows they give.
SCOPED_STARTS = {"for_user", "published", "none", "create"}
# Pages of the public have no person: they find by secret or show what is published.
PUBLIC_SIDE: set[str] = set()


def _viewset_querysets(tree: ast.Module) -> Iterator[ast.AST]:
    """`queryset = X.objects.all()` of a viewset is only the table's name: get_queryset scopes it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "queryset":
                    yield from ast.walk(line.value)


def test_the_queue_is_reached_through_the_outbox() -> None:
    wrong = [
        f"{name}:{node.lineno}"  # type: ignore[attr-defined]
        for name, node in places(ast.Attribute)
        if node.attr in {"delay", "apply_async"}  # type: ignore[attr-defined]
        and name not in {"budget_portal/outbox.py", "budget_portal/jobs.py", "budget_portal/celery.py"}
    ]
    assert not wrong, "effects go through outbox.add, long work through jobs.enqueue"


def test_no_drawer_for_everything() -> None:
    drawers = {"utils.py", "helpers.py", "misc.py"}
    assert not [name for name, _ in trees() if Path(name).name in drawers]


def test_no_rule_hides_in_a_signal() -> None:
    wrong = [
        f"{name}:{node.lineno}"  # type: ignore[attr-defined]
        for name, node in places(ast.ImportFrom)
        if (node.module or "").startswith("django.db.models.signals")  # type: ignore[attr-defined]
        or (node.module == "django.dispatch")  # type: ignore[attr-defined]
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("package", "homes"),
    [
        ("weasyprint", {"reports/pdf.py"}),
        ("celery", {"budget_portal/celery.py", "budget_portal/tasks.py", "reports/tasks.py"}),
    ],
)
def test_heavy_packages_have_one_door(package: str, homes: set[str]) -> None:
    found = set()
    for name, tree in trees():
        for node in ast.walk(tree):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module or ""]
            if any(module.split(".")[0] == package for module in modules):
                found.add(name)
    extra = {
        name for name in found - homes if not (package == "celery" and name == "budget_portal/__init__.py")
    }
    assert not [
        name
        for name in extra
        if not name.startswith(("budget_portal/supervisor", "budget_portal/heartbeat", "reports/pdf"))
    ]


def test_the_web_process_loads_no_pdf_maker_and_speaks_psycopg2() -> None:
    """WeasyPrint costs 40 MB and half a second; only the worker of reports may pay it."""
    code = (
        "import django, os, sys; os.environ['DJANGO_SETTINGS_MODULE']='tests.settings'; django.setup(); "
        "from django.urls import get_resolver; get_resolver().url_patterns; "
        "assert 'weasyprint' not in sys.modules, 'weasyprint'; "
        "assert 'psycopg2' in sys.modules and 'psycopg' not in sys.modules, 'driver'"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_money_is_never_a_float() -> None:
    """float() and float literals have no place where figures are judged."""
    pure = ("indicators.py", "ratios.py", "progress.py", "rules", "numbers.py", "figures.py")
    wrong = [
        f"{name}:{node.lineno}"  # type: ignore[attr-defined]
        for name, node in places(ast.Constant)
        if isinstance(node.value, float)  # type: ignore[attr-defined]
        and any(part in pure for part in Path(name).parts)
        and name not in {"monitoring/rules/places.py"}  # metres between two points
    ]
    assert not wrong


def test_files_stay_readable() -> None:
    long = [name for name, _ in trees() if len((ROOT / name).read_text(encoding="utf-8").splitlines()) > 600]
    assert not long
