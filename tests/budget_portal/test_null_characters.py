"""A null character, which no column of the database can hold, is a bad request and never a crash."""

import pytest

from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/projects/?q=%00", "/projects/%00/", "/desk/?kind=%00"])
def test_in_an_address(cast: Cast, path: str) -> None:
    assert cast.client("complaints").get(path).status_code == 400


def test_in_a_form(cast: Cast) -> None:
    typed = {"kind": "capital", "pk": "1", "cell": "spent", "version": "0", "text": "12\0"}
    assert cast.client("agency_user").post("/entry/cell/", typed).status_code == 400
