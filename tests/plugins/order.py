"""Files that take minutes start first, so that no process waits for the other at the end."""

from collections.abc import Callable

import pytest

# Seconds of a whole file, roughly; the order is all that matters, and a file that is not named is short.
LONG = {
    "test_access_matrix.py": 200,
    "test_foreign_is_missing.py": 80,
    "test_start.py": 120,
    "test_step4_publish.py": 60,
    "test_state_matrix.py": 60,
    "test_step1_entry.py": 60,
    "test_step5_complaint.py": 60,
    "test_demo.py": 60,
}
BROWSER = 40


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, their tests by what they stand on; all else stays in the order of chance."""
    files, grounds = _first(items, lambda item: item.path), _first(items, _ground)
    items.sort(key=lambda item: (-_seconds(item), files[item.path], grounds[_ground(item)]))


def _first(items: list[pytest.Item], of: Callable[[pytest.Item], object]) -> dict[object, int]:
    return {value: number for number, value in enumerate(dict.fromkeys(of(item) for item in items))}


def _seconds(item: pytest.Item) -> int:
    return LONG.get(item.path.name, BROWSER if item.path.parent.name == "e2e" else 0)


def _ground(item: pytest.Item) -> object:
    call = getattr(item, "callspec", None)
    return call and call.params.get("ground")
