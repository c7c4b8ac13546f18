"""Generated requests (reliability guide, P13): no answer of ours is a failure, and what is answered is as described."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from accounts import api_keys
from budget_portal.views_api import written_schema
from tests.cast import Cast
from tests.rows.figures import capital, expense

pytestmark = pytest.mark.django_db
ROLES = ("agency_user", "treasurer", "expert", "consolidation", "deputy", "auditor", "national", "admin")
CHECKS = (not_a_server_error, response_schema_conformance)


@pytest.fixture
def keys(cast: Cast) -> Iterator[Iterator[str]]:
    """API keys of one person per role, in turn; there is something for them to see.

    The requests run in the test's transaction, as those of Django's own client do: nothing closes it between them.
    """
    capital(cast, filled=True).at("submitted")
    expense(cast, filled=True)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield itertools.cycle([api_keys.create("fuzz", 1, by=cast.person(role))[1] for role in ROLES])
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask_everything(keys: Iterator[str], examples: int, *, derandomize: bool) -> int:
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/schema/", get_wsgi_application(), headers={"X-Api-Key": next(keys)}
    )
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=examples,
            derandomize=derandomize,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def probe(case: Any) -> None:
            nonlocal asked
            asked += 1
            if "id" in (case.path_parameters or {}) and asked % 2:
                case.path_parameters["id"] = str(asked // 2 % 40 + 1)
            response = case.call(headers={"X-Api-Key": next(keys)})
            case.validate_response(response, checks=CHECKS)

        probe()
    return asked


def test_generated_requests_are_answered(keys: Iterator[str], figure: Any) -> None:
    written_schema.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asked = ask_everything(keys, 3, derandomize=True)
    figure(f"P13: {asked} generated requests: 0 answers 5xx")
    assert asked >= 300


@pytest.mark.drill
def test_very_many_generated_requests_are_answered(keys: Iterator[str], figure: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asked = ask_everything(keys, 200, derandomize=False)
    figure(f"P13: {asked} generated requests: 0 answers 5xx")
    assert asked >= 20_000
