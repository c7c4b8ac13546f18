"""Formulas, rules and clock stay free of Django, so that they can be read, tested and reused alone."""

import ast
import sys
from pathlib import Path

MONITORING = Path(__file__).resolve().parents[2] / "monitoring"
PURE = ("ratios", "progress", "indicators", "signals", "rules", "service_clock")
BENCH = tuple(f"reconciliation/{name}" for name in ("facts", "texts", "screening", "matching", "sums"))
CLOCKS = {f"budget_portal.clocks{part}" for part in ("", ".calendar", ".counting", ".hours")}
GROUND = {"budget_portal", "budget_portal.digits", "budget_portal.places", "budget_portal.text"} | CLOCKS
ENGINE = Path(__file__).resolve().parents[2] / "budget_portal" / "clocks"


def pure_files() -> list[Path]:
    own = [
        path
        for name in (*PURE, *BENCH)
        for path in (MONITORING / f"{name}.py", *(MONITORING / name).glob("*.py"))
    ]
    return [*own, *ENGINE.glob("*.py")]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names.add(node.module or "")
    return names


def test_formulas_rules_and_clock_need_no_django() -> None:
    own = {f"monitoring.{name}" for name in PURE} | {"monitoring"}
    for path in filter(Path.exists, pure_files()):
        for name in imported(path):
            is_standard = name.split(".")[0] in sys.stdlib_module_names
            is_own = name in own | GROUND or name.startswith(
                ("monitoring.rules.", "monitoring.reconciliation.")
            )
            assert is_standard or is_own, f"{path.name} imports {name}"
