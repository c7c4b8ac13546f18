"""The agency's pages: grid, cell, whole form, check and receipt."""

from __future__ import annotations

import pytest

from tests.builders import make_capital_case, make_expense_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["capital", "expense"])
def test_grid_shows_credit_allocation_and_last_figures_beside_the_cells(cast: Cast, kind: str) -> None:
    make = make_capital_case if kind == "capital" else make_expense_case
    case = make(cast, previous=True)
    page = cast.client("agency_user").get(f"/entry/1405-Q2/{kind}/").content.decode()
    line = case.lines[0]
    assert f'name="{kind}:{line.pk}:spent"' in page
    assert "۴۰٬۰۰۰" in page if kind == "capital" else "۲۰٬۰۰۰" in page
