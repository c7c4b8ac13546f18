"""The ground of the API: pages by id, one shape of errors, JSON that keeps what it is given."""

import json
from decimal import Decimal

import orjson
import pytest
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

import budget_portal.urls  # noqa: F401 - fills the router
from accounts.models import SectorGroup
from budget_portal.api import exception_handler, router
from budget_portal.api_output import KeysetPagination, OrjsonRenderer
from budget_portal.errors import NotAllowed, RuleBroken, StaleVersion, WrongState

from . import ground_people

RENDER = OrjsonRenderer().render


def asked(query=""):
    return Request(APIRequestFactory().get(f"/api/v1/things/{query}"))


# --- pages --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_row_comes_once_though_rows_are_added_between_pages():
    organization = ground_people.organization()

    def add(name):
        return SectorGroup.objects.create(organization=organization, code=name, name=name)

    expected = [add(f"g{number}").pk for number in range(7)]
    seen, query = [], "?limit=3"
    while query:
        pages = KeysetPagination()
        seen += [row.pk for row in pages.paginate_queryset(SectorGroup.objects.all(), asked(query))]
        answer = pages.get_paginated_response([]).data
        assert set(answer) == {"results", "next"}
        query = answer["next"] and "?" + answer["next"].partition("?")[2]
        if len(seen) == 3:
            expected.append(add("late").pk)
    assert seen == expected


@pytest.mark.django_db
def test_plain_values_are_paged_too_and_the_filters_stay_in_the_link():
    for number in range(3):
        SectorGroup.objects.create(organization=ground_people.organization(), code=f"g{number}", name="x")
    pages = KeysetPagination()
    rows = pages.paginate_queryset(SectorGroup.objects.values_list("id"), asked("?limit=2&name=x"))
    assert len(rows) == 2
    assert f"?after={rows[-1][0]}&" in pages.next_link and "name=x" in pages.next_link


@pytest.mark.parametrize(
    "query", ["?after=x", "?after=-1", "?limit=1.5", "?limit=%DB%B1", "?after=" + "9" * 40]
)
def test_odd_pages_are_refused_with_a_sentence(query):
    with pytest.raises(exceptions.ValidationError):
        KeysetPagination().paginate_queryset(SectorGroup.objects.none(), asked(query))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "limit"), [("", 100), ("?limit=0", 1), ("?limit=99999", 1000), ("?limit=7", 7)]
)
def test_the_size_of_a_page_has_bounds(query, limit):
    pages = KeysetPagination()
    pages.paginate_queryset(SectorGroup.objects.none(), asked(query))
    assert pages.limit == limit


# --- errors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "code", "problems"),
    [
        (NotAllowed("نقش شما نیست."), 403, "not_allowed", []),
        (WrongState("وضعیت «پیش‌نویس» است."), 409, "wrong_state", []),
        (StaleVersion("کسی آن را تغییر داد."), 409, "stale_version", []),
        (RuleBroken("دو ایراد", ["یک", "دو"]), 422, "rule_broken", ["یک", "دو"]),
        (Http404(), 404, "not_found", []),
        (exceptions.NotFound(), 404, "not_found", []),
        (PermissionDenied(), 403, "permission_denied", []),
        (exceptions.NotAuthenticated(), 401, "not_authenticated", []),
        (exceptions.AuthenticationFailed(), 401, "authentication_failed", []),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed", []),
        (exceptions.ParseError(), 400, "parse_error", []),
        (exceptions.Throttled(5), 429, "throttled", []),
        (
            exceptions.ValidationError({"spent": ["عدد نیست."], "parts": [{"cost": ["منفی است."]}]}),
            400,
            "invalid",
            ["spent: عدد نیست.", "cost: منفی است."],
        ),
        (exceptions.ValidationError(["کلی"]), 400, "invalid", ["کلی"]),
        (exceptions.ValidationError({"non_field_errors": ["کلی"]}), 400, "invalid", ["کلی"]),
    ],
)
def test_every_refusal_has_one_shape(error, status, code, problems):
    answer = exception_handler(error, {})
    assert answer.status_code == status
    body = answer.data["error"]
    assert (body["code"], body["problems"]) == (code, problems)
    assert set(body) == {"code", "message", "problems"} and body["message"]
    assert any("\u0600" <= char <= "\u06ff" for char in body["message"]), "a Persian sentence"


def test_a_throttled_client_is_told_when_to_come_back():
    assert exception_handler(exceptions.Throttled(5), {})["Retry-After"] == "5"


def test_what_is_no_refusal_stays_an_error_of_ours():
    assert exception_handler(ZeroDivisionError(), {}) is None


def test_unknown_addresses_answer_in_the_same_shape(client):
    answer = client.get("/api/v1/nothing-here/")
    assert answer.status_code == 404 and answer.json()["error"]["code"] == "not_found"


def test_a_failure_of_ours_answers_in_the_same_shape(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(
        "django.urls.resolvers.URLPattern.resolve", lambda self, path: (_ for _ in ()).throw(OSError)
    )
    answer = client.get("/api/v1/things/")
    assert answer.status_code == 500 and answer.json()["error"]["code"] == "error"
    page = client.get("/anything/")
    assert page.status_code == 500 and "خطایی در سامانه رخ داد" in page.content.decode()


# --- JSON ---------------------------------------------------------------------------------------------------


@given(st.integers(-(10**15), 10**15), st.text())
def test_amounts_and_texts_survive(amount, text):
    assert json.loads(RENDER({"a": amount, "t": text.encode("utf-8", "ignore").decode()})) == {
        "a": amount,
        "t": text.encode("utf-8", "ignore").decode(),
    }


def test_decimals_are_text_and_lazy_words_are_words():
    rendered = RENDER({"d": Decimal("12.50"), "l": gettext_lazy("متن"), "s": {1}, 5: None})
    assert orjson.loads(rendered) == {"d": "12.50", "l": "متن", "s": [1], "5": None}
    assert RENDER(None) == b""
    with pytest.raises(TypeError):
        RENDER({"x": object()})


# --- what is offered ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", [prefix for prefix, _, _ in router.registry])
def test_every_viewset_is_scoped_read_only_or_acts_by_verbs_and_lists_its_fields(prefix):
    viewset = next(viewset for name, viewset, _ in router.registry if name == prefix)
    for method in ("create", "update", "partial_update", "destroy"):
        assert not hasattr(viewset, method), f"{prefix} writes without a verb"
    meta = getattr(viewset.serializer_class, "Meta", None)
    if meta is not None:
        assert isinstance(meta.fields, tuple | list), f"{prefix}: fields are listed one by one"
    assert isinstance(viewset.queryset, models.QuerySet)
