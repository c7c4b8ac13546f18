"""The API as a whole: rows, filters, moves, the schema, and odd requests. Who sees what: test_api_scope.py."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.views import APIView

from budget_portal.api import RowsViewSet, columns, router
from monitoring.api import bodies
from monitoring.models import PerformanceSubmission
from tests.access.api import MODELS, SCOPES
from tests.builders import REASON
from tests.cast import COLUMNS, Cast
from tests.rows.figures import capital, expense
from tests.test_api_scope import everything

pytestmark = pytest.mark.django_db
VIEWSETS = {prefix: viewset for prefix, viewset, _ in router.registry}

# The others answer by a serializer of their own; tests/test_api_scope.py asks all of them who sees what.
PLAIN = sorted(
    prefix
    for prefix, viewset in VIEWSETS.items()
    if issubclass(viewset, RowsViewSet) and MODELS[prefix] in SCOPES
)


# --- lists ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", PLAIN)
def test_rows_have_the_columns_of_the_schema_and_lists_one_query(
    cast: Cast, prefix: str, django_assert_max_num_queries: Any
) -> None:
    label = MODELS[prefix]
    row = SCOPES[label].make(cast)["own"]
    seer = next(name for name in COLUMNS if "own" in SCOPES[label].sees[name])
    client = cast.client(seer)
    with django_assert_max_num_queries(10):  # session, person, roles, second factor; one for the rows
        (listed,) = [
            found for found in everything(client, reverse(f"{prefix}-list")) if found["id"] == row.pk
        ]
    single = client.get(reverse(f"{prefix}-detail", kwargs={"pk": row.pk})).json()
    schema = generated()["components"]["schemas"][
        VIEWSETS[prefix].serializer_class.__name__[: -len("Serializer")]
    ]
    assert set(listed) == set(schema["properties"])
    assert {name: single[name] for name in listed} == listed
    assert {name: _instant(cell) for name, cell in listed.items()} == {
        name: _instant(_as_json(cell)) for name, cell in _cells(VIEWSETS[prefix], row.pk).items()
    }


def _cells(viewset: type[RowsViewSet], pk: int) -> dict[str, Any]:
    """The same columns as Django reads them."""
    names, paths = columns(viewset.serializer_class, tuple(viewset.computed))
    computed = {f"api_{name}": expression for name, expression in viewset.computed.items()}
    rows = viewset.queryset.model._base_manager.annotate(**computed).values_list(*paths)
    return dict(zip(names, rows.get(pk=pk), strict=True))


def _as_json(cell: Any) -> Any:
    """Decimals are text in every depth of an answer's first level; JSON columns pass as they are."""
    return str(cell) if isinstance(cell, Decimal) else json.loads(orjson.dumps(cell, default=str))


def _instant(cell: Any) -> Any:
    """PostgreSQL leaves out the last zeros of a second."""
    if isinstance(cell, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", cell):
        return datetime.fromisoformat(cell)
    return cell


def test_few_lists_answer_by_a_serializer_of_their_own() -> None:
    assert len(VIEWSETS) - len(PLAIN) == 4


def test_a_serializer_names_columns_only() -> None:
    """The first is the id, by which lists are paged."""
    for prefix, viewset in VIEWSETS.items():
        if issubclass(viewset, RowsViewSet):
            names, _ = columns(viewset.serializer_class, tuple(viewset.computed))
            assert names[0] == "id", prefix


def test_filters_narrow_by_period_agency_kind_and_state(cast: Cast) -> None:
    first, second = capital(cast, filled=True).at("submitted"), expense(cast, "twin")
    client = cast.client("consolidation")

    def found(query: str) -> list[int]:
        return [row["id"] for row in everything(client, reverse("submissions-list") + query)]

    one, two = first.submission.pk, second.submission.pk
    assert found("") == [one, two]
    assert found("?period=1405-Q2") == [one, two]
    assert found("?period=1405-Q1") == []
    assert found(f"?agency={second.agency.pk}") == [two]
    assert found("?kind=capital") == [one]
    assert found("?state=draft&kind=expense") == [two]
    assert found("?state=approved") == []
    lines = reverse("capital-lines-list")
    assert [row["id"] for row in everything(client, f"{lines}?period=1405-Q2&submission={one}")] == [
        line.pk for line in first.lines
    ]


def test_a_filter_does_not_tell_foreign_from_missing(cast: Cast) -> None:
    client = cast.client("treasurer")
    foreign = client.get(reverse("submissions-list"), {"agency": cast.far_agency.pk})
    missing = client.get(reverse("submissions-list"), {"agency": 999_999_999})
    assert foreign.content == missing.content == b'{"results":[],"next":null}'


# --- moves ------------------------------------------------------------------------------------------------


def move(client: Client, pk: int, name: str, body: Any = None, **headers: str) -> Any:
    return client.post(
        f"/api/v1/submissions/{pk}/{name}/", body or {}, content_type="application/json", headers=headers
    )


def test_one_submission_through_all_its_moves(cast: Cast) -> None:
    case = capital(cast, filled=True)
    pk = case.submission.pk
    project = case.projects[0].pk
    steps = [
        ("agency_user", "submit", {"accept_missing": True}, "submitted"),
        ("treasurer", "return", {"lines": [{"reason": REASON, "project": project}]}, "returned"),
        ("agency_user", "submit", {"accept_missing": True}, "submitted"),
        ("treasurer", "accept-lines", {"lines": [{"project": project}]}, "submitted"),
        ("treasurer", "accept-lines", {}, "submitted"),
        ("treasurer", "confirm", {}, "treasurer_confirmed"),
        ("expert", "start-review", {}, "under_review"),
        ("expert", "mark-reviewed", {}, "expert_reviewed"),
        ("consolidation", "approve", {}, "approved"),
        ("consolidation", "ask-reopen", {"reason": REASON}, "approved"),
        ("deputy", "reopen", {"lines": [{"reason": REASON, "project": project}]}, "reopened"),
    ]
    for person, name, body, state in steps:
        if name == "mark-reviewed":
            case.excuse_visits()
        answer = move(cast.client(person), pk, name, body)
        assert (answer.status_code, answer.json().get("state")) == (200, state), (name, answer.content)
        assert answer.json()["state"] == case.submission.state
    assert case.submission.revision == 2


@pytest.mark.parametrize(
    ("person", "name", "body", "status", "code"),
    [
        ("agency_user", "confirm", {}, 403, "not_allowed"),
        ("agency_user", "submit", {}, 409, "wrong_state"),
        ("treasurer2", "confirm", {}, 404, "not_found"),
        ("treasurer", "return", {"lines": []}, 422, "rule_broken"),
        ("treasurer", "return", {"lines": [{"reason": "کوتاه"}]}, 422, "rule_broken"),
        ("treasurer", "return", {"lines": [{"reason": REASON, "project": 999_999}]}, 422, "rule_broken"),
        ("treasurer", "return", {"lines": [{"reason": REASON, "reason_code": "none"}]}, 422, "rule_broken"),
        ("treasurer", "return", {"lines": "x"}, 422, "rule_broken"),
        ("treasurer", "return", {}, 422, "rule_broken"),
        ("treasurer", "return", [], 422, "rule_broken"),
        ("consolidation", "ask-reopen", {"reason": REASON}, 409, "wrong_state"),
    ],
)
def test_moves_are_refused_as_by_the_pages(
    cast: Cast, person: str, name: str, body: Any, status: int, code: str
) -> None:
    case = capital(cast, filled=True).at("submitted")
    answer = cast.client(person).post(
        f"/api/v1/submissions/{case.submission.pk}/{name}/", json.dumps(body), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.content
    assert case.submission.state == "submitted"


def test_blocked_figures_are_named_one_by_one(cast: Cast) -> None:
    case = capital(cast, filled=True)
    case.type(case.lines[0], "spent", case.lines[0].allocated_cash + 1)
    answer = move(cast.client("agency_user"), case.submission.pk, "submit")
    assert answer.status_code == 422
    assert len(answer.json()["error"]["problems"]) == 1


def test_who_read_an_older_state_is_told(cast: Cast) -> None:
    case = capital(cast, filled=True).at("submitted")
    pk = case.submission.pk
    seen = cast.client("treasurer").get(f"/api/v1/submissions/{pk}/").headers["ETag"]
    case.send_back()
    case.submit().accept()
    stale = move(cast.client("treasurer"), pk, "confirm", **{"If-Match": seen})
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "moved_meanwhile")
    fresh = cast.client("treasurer").get(f"/api/v1/submissions/{pk}/").headers["ETag"]
    assert (
        move(cast.client("treasurer"), pk, "confirm", **{"If-Match": f'"0-draft", {fresh}'}).status_code
        == 200
    )


def test_signing_asks_the_second_factor_again(cast: Cast) -> None:
    case = capital(cast, filled=True).at("submitted")
    client = cast.sign_in(cast.treasurer, fresh=False)
    assert move(client, case.submission.pk, "confirm").json()["error"]["code"] == "not_allowed"
    assert case.submission.state == "submitted"


# --- schema -----------------------------------------------------------------------------------------------


def generated() -> dict[str, Any]:
    from budget_portal.views_api import written_schema

    return json.loads(written_schema())  # type: ignore[no-any-return]


def test_the_schema_is_made_without_a_warning_and_valid(capsys: pytest.CaptureFixture[str]) -> None:
    """What `manage.py spectacular --validate --fail-on-warn` does."""
    from drf_spectacular.drainage import GENERATOR_STATS

    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    GENERATOR_STATS.emit_summary()
    assert not GENERATOR_STATS, capsys.readouterr().err
    validate_schema(schema)


def test_every_operation_says_how_it_refuses() -> None:
    for path, operations in generated()["paths"].items():
        for method, operation in operations.items():
            wanted = {"401", "403", "404"} | ({"409", "412", "422"} if method == "post" else set())
            assert wanted <= set(operation["responses"]), (path, method)


def test_the_examples_of_bodies_can_be_read() -> None:
    known = {cls.__name__: cls for cls in vars(bodies).values() if isinstance(cls, type)}
    seen = 0
    for path, operations in generated()["paths"].items():
        content = operations.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        for example in (content or {}).get("examples", {}).values():
            body: type[serializers.Serializer[Any]] = known[content["schema"]["$ref"].rpartition("/")[2]]
            assert body(data=example["value"]).is_valid(), (path, example)
            seen += 1
    assert seen >= 6


# --- odd requests -----------------------------------------------------------------------------------------

LISTS = "/api/v1/submissions/"


def is_told_in_persian(answer: Any) -> bool:
    """Names of fields and of formats are all that is not Persian."""
    error = answer.json()["error"]
    told = [error["message"], *(re.sub(r"^\w+: ", "", problem) for problem in error["problems"])]
    english = [text for text in told if re.search("[A-Za-z]", re.sub(r"\b(JSON|API)\b", "", text))]
    return set(error) == {"code", "message", "problems"} and all(told) and not english


@pytest.mark.parametrize(
    ("who", "method", "path", "facts", "status"),
    [
        ("public", "get", "", {}, 401),
        ("public", "get", "", {"Authorization": "Api-Key nonsense"}, 401),
        ("treasurer", "get", "", {"Accept": "text/html"}, 406),
        ("treasurer", "delete", "", {}, 405),
        ("treasurer", "get", "0/", {}, 404),
    ],
)
def test_every_refusal_is_told_in_persian(
    cast: Cast, who: str, method: str, path: str, facts: dict[str, str], status: int
) -> None:
    answer = getattr(cast.client(who), method)(f"{LISTS}{path}", headers=facts)
    assert answer.status_code == status, answer.content
    assert is_told_in_persian(answer)


def test_who_asks_too_often_is_told_in_persian(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any, request: Any) -> None:
        raise Throttled(wait=60)

    monkeypatch.setattr(APIView, "check_throttles", refuse)
    answer = cast.client("treasurer").get(LISTS)
    assert (answer.status_code, is_told_in_persian(answer)) == (429, True)


ODD_READS = [
    f"{LISTS}?agency=%00",
    f"{LISTS}?agency=1e400",
    f"{LISTS}?agency=-1",
    f"{LISTS}?agency=99999999999999999999999",
    f"{LISTS}?agency=۱۲",
    f"{LISTS}?period=1405-Q9",
    f"{LISTS}?period=1405-Q1%0A",
    f"{LISTS}?state=nothing",
    f"{LISTS}?after=99999999999999999999",
    f"{LISTS}?limit=%F0%9F%98%80",
    f"{LISTS}?after=9223372036854775807",
    "/api/v1/counties/?province=%00",
    "/api/v1/projects/?code=%00",
    "/api/v1/projects/?plan=999999999999999999",
    "/api/v1/physical-schedule/?year=999999999999999999",
    f"{LISTS}0/",
    f"{LISTS}99999999999999999999/",
    f"{LISTS}-1/",
    f"{LISTS}%00/",
    f"{LISTS}../../admin/",
    f"{LISTS}?format=html",
]


@pytest.mark.parametrize("url", ODD_READS)
def test_odd_reads_are_answered_with_a_sentence(cast: Cast, url: str) -> None:
    answer = cast.client("consolidation").get(url)
    assert answer.status_code in (200, 400, 404), answer.content
    if answer.status_code != 200:
        assert is_told_in_persian(answer)


ODD_BODIES = [
    (b"{", 400),
    (b"", 422),
    (b"\xff\xfe", 400),
    (b"NaN", 400),
    (b'{"lines": NaN}', 400),
    (b"[" * 100_000, 400),
    (b"null", 422),
    (b'"text"', 422),
    (b"{" + b'"a":{' * 5000, 400),
    (b'{"lines": [{"reason": "\\ud800"}]}', 400),
    (b'{"lines": [{"reason": "' + REASON.encode() + b'\\u0000"}]}', 422),
    (b'{"lines": [{"reason": ["x"]}]}', 422),
    (b'{"lines": [{"reason": "' + REASON.encode() + b'", "project": 1e300}]}', 422),
    (b'{"lines": [{"reason": "' + REASON.encode() + b'", "project": true}]}', 422),
    (b'{"lines": [{"reason": "' + REASON.encode() + b'", "project": 99999999999999999999}]}', 422),
    (b'{"lines": [{"reason": "' + REASON.encode() + b'", "due_on": "0000-00-00"}]}', 422),
    (b'{"lines": [{"reason": "' + REASON.encode() + b'", "due_on": "0001-01-01"}]}', 422),
    (b'{"lines": [{"reason": "' + REASON.encode() + b'", "due_on": "9999-12-31"}]}', 422),
    (b'{"lines": 3}', 422),
    (b'{"lines": [3]}', 422),
    (b'{"lines": [{"reason": "' + REASON.encode() + b'", "due_on": "2026-01-01T00:00:00"}]}', 422),
    (b'{"lines": [{"reason": "' + REASON.encode() + b'", "reason_code": "nothing"}]}', 422),
    (b'{"lines": [{"reason": "' + b"\\u200b" * 30 + b'"}]}', 422),
    (b'{"lines": [' + b"{}," * 600 + b"{}]}", 422),
    (b'{"pad": "' + b"x" * (2 * 1024 * 1024) + b'"}', 413),
]


@pytest.mark.parametrize(("body", "status"), ODD_BODIES, ids=range(len(ODD_BODIES)))
def test_odd_bodies_are_refused_with_a_sentence(cast: Cast, body: bytes, status: int) -> None:
    case = capital(cast, filled=True).at("submitted")
    answer = cast.client("treasurer").post(
        f"/api/v1/submissions/{case.submission.pk}/return/", body, content_type="application/json"
    )
    assert answer.status_code == status, answer.content
    assert is_told_in_persian(answer)
    assert case.submission.state == "submitted"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "post"])
def test_nothing_is_written_but_by_moves(cast: Cast, method: str) -> None:
    case = capital(cast)
    for url in (LISTS, f"{LISTS}{case.submission.pk}/", "/api/v1/projects/"):
        answer = getattr(cast.client("agency_user"), method)(
            url, {"state": "approved"}, content_type="application/json"
        )
        assert answer.status_code == 405, url
    assert PerformanceSubmission.objects.get().state == "draft"


def test_only_json_is_read(cast: Cast) -> None:
    case = capital(cast, filled=True).at("submitted")
    answer = cast.client("treasurer").post(f"{LISTS}{case.submission.pk}/confirm/", {"a": "b"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "unsupported_media_type")
