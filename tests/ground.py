"""What several tests stand on is made once for them: the fixture `ground` (tests/plugins/people.py) makes it.

    @pytest.mark.parametrize(("ground", "name"), [(alike(make), name), …], indirect=["ground"], scope="module", ids=…)
    def test_x(ground, name): …     # ground is what make(cast) gave; each test takes back what it did itself

Tests of one ground run one after another (tests/plugins/order.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

Make = Callable[[Any], Any]
_FIRST: dict[object, Make] = {}


def alike(make: Make | None) -> Make | None:
    """The first function that makes the same as this one: the fixture is kept while its parameter is the same."""
    return make and _FIRST.setdefault(likeness(make), make)


def likeness(thing: Any) -> object:
    """Equal for functions of the same code that hold the same."""
    if isinstance(thing, partial):
        return (likeness(thing.func), *map(likeness, thing.args), likeness(thing.keywords))
    if isinstance(thing, dict):
        return tuple((name, likeness(value)) for name, value in thing.items())
    code = getattr(thing, "__code__", None)
    if code is None:
        return repr(thing)
    held = [cell.cell_contents for cell in thing.__closure__ or ()]
    return (code, *map(likeness, [*held, thing.__defaults__, thing.__kwdefaults__]))
