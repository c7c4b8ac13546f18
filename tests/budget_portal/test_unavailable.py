"""A database that is away answers 503 with a sentence, also before any view runs."""

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.models import Agency
from accounts.querysets import MembershipQuerySet
from tests.factories import World


@pytest.fixture
def person(cast, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(cast.person("agency_user"))

    def away(*args, **kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(MembershipQuerySet, "valid", away)
    return client


@pytest.mark.django_db
def test_a_page_says_so_and_when_to_come_back(person):
    answer = person.get("/periods/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "15"
    assert "در دسترس نیست" in answer.content.decode()


@pytest.mark.django_db
def test_the_api_says_so_too(person):
    answer = person.get("/api/v1/agencies/")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "unavailable"


@pytest.mark.django_db
def test_agencies_stand_in_the_order_of_the_persian_alphabet():
    world = World()
    agency = world.agency
    for number, name in enumerate(("گاز", "کار", "پست", "بهداشت", "ژئوفیزیک", "زمین", "چای", "جنگل")):
        Agency.objects.create(
            organization=agency.organization, sector_group=agency.sector_group, county=agency.county,
            code=f"z{number}", name=name,
        )  # fmt: skip
    found = Agency.objects.filter(code__startswith="z").values_list("name", flat=True)
    assert list(found) == ["بهداشت", "پست", "جنگل", "چای", "زمین", "ژئوفیزیک", "کار", "گاز"]
