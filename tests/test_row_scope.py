"""Each person sees exactly these rows of each model (tests/rows/*.py); no scoped model may be left out."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from accounts.context import OWN_APPS
from tests.cast import COLUMNS, PUBLIC, Cast
from tests.matrix import Scoped, collect

pytestmark = pytest.mark.django_db

TABLE: dict[str, Scoped] = {}
for _file, _rows in collect("rows", "ROWS"):
    assert not (_twice := TABLE.keys() & _rows.keys()), f"tests/rows/{_file}.py repeats {_twice}"
    TABLE |= _rows


def scoped_models() -> dict[str, type]:
    """Every model of ours whose queryset answers `for_user`."""
    return {
        model._meta.label: model
        for model in apps.get_models()
        if model._meta.app_label in OWN_APPS and hasattr(model._default_manager.all(), "for_user")
    }


# Apps whose rows are still to come; each leaves this list with its last row.
AWAITED = {"monitoring"}


def test_every_scoped_model_is_listed() -> None:
    known = set(scoped_models())
    missing = sorted(known - set(TABLE))
    assert not [label for label in missing if label.split(".")[0] not in AWAITED], (
        f"add to tests/rows: {missing}"
    )
    assert not (gone := sorted(set(TABLE) - known)), f"no longer scoped: {gone}"


@pytest.mark.parametrize("label", sorted(TABLE))
def test_everybody_sees_exactly_their_rows(troupe: Cast, label: str) -> None:
    model = scoped_models()[label]
    found = {}
    with troupe.undone():
        tags = {row.pk: tag for tag, row in TABLE[label].make(troupe).items()}
        for column in COLUMNS:
            user = AnonymousUser() if column == PUBLIC else troupe.person(column)
            rows = model._default_manager.for_user(user).values_list("pk", flat=True)  # type: ignore[attr-defined]
            found[column] = {tags[pk] for pk in rows if pk in tags}
    wanted = dict(TABLE[label].sees)
    wrong = {name: (found[name], wanted.get(name)) for name in COLUMNS if found[name] != wanted.get(name)}
    assert not wrong, f"(sees, should see): {wrong}"
