"""Submissions, read by scope; their moves call the verbs that the pages call.

A submission answers with an ETag of its revision and state. A move that sends it back as If-Match is refused
with 412 when somebody moved the submission in between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.second_factor import require_fresh
from agreements.api_periods import period_code
from budget_portal.api import RowsViewSet, register
from budget_portal.api_filters import FilterSet, KeyFilter, PeriodFilter
from monitoring.api.bodies import AcceptBody, Body, EmptyBody, ReasonBody, ReopenBody, ReturnBody, SubmitBody
from monitoring.lines import LineKey
from monitoring.models import PerformanceSubmission
from monitoring.review import decisions
from monitoring.workflow import submissions as workflow

Verb = Callable[..., PerformanceSubmission | None]


class SubmissionSerializer(serializers.ModelSerializer[PerformanceSubmission]):
    period = serializers.CharField(read_only=True)

    class Meta:
        model = PerformanceSubmission
        fields = (
            "id",
            "agency",
            "period",
            "kind",
            "state",
            "revision",
            "receipt",
            "rule_set",
            "created_at",
            "submitted_at",
            "submitted_by",
            "confirmed_at",
            "confirmed_by",
            "reviewed_at",
            "reviewed_by",
            "approved_at",
            "approved_by",
            "reopen_asked_at",
            "reopen_asked_by",
            "reopen_reason",
        )


class SubmissionFilter(FilterSet):
    period = PeriodFilter()
    organization = KeyFilter(field_name="agency__organization")

    class Meta:
        model = PerformanceSubmission
        fields = ("agency", "kind", "state")


class Moved(APIException):
    status_code = 412
    default_code = "moved_meanwhile"
    default_detail = "این پرونده پس از خواندن شما تغییر کرده است؛ آن را دوباره بخوانید."


def move(path: str, body: type[Body], *, signs: bool = False) -> Callable[[Any], Any]:
    """One move as a POST action; `signs` asks the second factor again where the role demands it."""

    def decorate(method: Any) -> Any:
        method.signs = signs
        described = extend_schema(
            request=body,
            responses={200: SubmissionSerializer},
            parameters=[
                OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="ETag پرونده")
            ],
        )
        return described(action(detail=True, methods=["post"], url_path=path, url_name=path)(method))

    return decorate


@register("submissions")
class SubmissionViewSet(RowsViewSet[PerformanceSubmission]):
    """پرونده‌های عملکرد دستگاه‌ها در هر مقطع، با گام‌های آن‌ها."""

    queryset = PerformanceSubmission.objects.all()
    serializer_class = SubmissionSerializer
    computed = {"period": period_code("period__")}
    filterset_class = SubmissionFilter

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer(int(kwargs["pk"]))

    @move("submit", SubmitBody)
    def submit(self, request: Request, pk: str) -> Response:
        """ارسال به ذیحساب."""
        read = SubmitBody().of(request.data)
        return self._run(workflow.submit, accept_missing=read["accept_missing"])

    @move("accept-lines", AcceptBody)
    def accept_lines(self, request: Request, pk: str) -> Response:
        """پذیرش ردیف‌ها پیش از امضا: آنچه نام برده شود، و بدون نام همهٔ ردیف‌های بدون هشدار."""
        return self._run(_accept, lines=AcceptBody().keys_of(request.data))

    @move("confirm", EmptyBody, signs=True)
    def confirm(self, request: Request, pk: str) -> Response:
        """تأیید ذیحساب."""
        return self._run(workflow.confirm)

    @move("return", ReturnBody)
    def send_back(self, request: Request, pk: str) -> Response:
        """برگشت ردیف‌ها به دستگاه با دلیل."""
        return self._run(workflow.return_to_agency, lines=ReturnBody().lines_of(request.data))

    @move("start-review", EmptyBody)
    def start_review(self, request: Request, pk: str) -> Response:
        """آغاز بررسی کارشناس."""
        return self._run(workflow.start_review)

    @move("mark-reviewed", EmptyBody)
    def mark_reviewed(self, request: Request, pk: str) -> Response:
        """پایان بررسی کارشناس."""
        return self._run(workflow.mark_reviewed)

    @move("approve", EmptyBody, signs=True)
    def approve(self, request: Request, pk: str) -> Response:
        """تأیید نهایی گروه تلفیق."""
        return self._run(workflow.approve)

    @move("ask-reopen", ReasonBody)
    def ask_reopen(self, request: Request, pk: str) -> Response:
        """درخواست بازگشایی از معاون بودجه."""
        return self._run(workflow.ask_reopen, reason=ReasonBody().of(request.data)["reason"])

    @move("reopen", ReopenBody, signs=True)
    def reopen(self, request: Request, pk: str) -> Response:
        """بازگشایی به درخواست گروه تلفیق."""
        return self._run(workflow.reopen, lines=ReopenBody().lines_of(request.data))

    @move("decline-reopening", ReasonBody)
    def decline_reopening(self, request: Request, pk: str) -> Response:
        """نپذیرفتن درخواست بازگشایی با دلیل."""
        return self._run(workflow.decline_reopening, reason=ReasonBody().of(request.data)["reason"])

    def _run(self, verb: Verb, **facts: Any) -> Response:
        pk = int(self.kwargs["pk"])
        EmptyBody().of(
            self.request.data
        )  # a body that is no JSON object is refused even where none is needed
        if getattr(getattr(self, self.action), "signs", False):
            require_fresh(self.request)
        with transaction.atomic():
            self._refuse_moved(pk)
            verb(pk, by=cast(User, self.request.user), **facts)
        return self._answer(pk)

    def _refuse_moved(self, pk: int) -> None:
        """Out of scope is 404 before anything else is said; then the version, on the locked row."""
        try:
            row = self.get_queryset().locked(pk)  # type: ignore[attr-defined]
        except ObjectDoesNotExist as nothing:
            raise Http404 from nothing
        wanted = self.request.headers.get("If-Match", "*").strip()
        if wanted != "*" and etag(row.revision, row.state) not in [tag.strip() for tag in wanted.split(",")]:
            raise Moved

    def _answer(self, pk: int) -> Response:
        row = self.row(pk)
        return Response(row, headers={"ETag": etag(row["revision"], row["state"])})


def _accept(pk: int, *, by: User, lines: dict[LineKey, str | None]) -> None:
    """Named lines one by one; none named: the clean ones that wait, together."""
    for key, seen in lines.items():
        decisions.accept(pk, key, by=by, seen=seen)
    if not lines:
        submission = PerformanceSubmission.objects.for_user(by).get(pk=pk)
        rows = decisions.left(submission, decisions.stage_of(by))
        decisions.accept_many(pk, {row.key: row.digest for row in rows if row.is_clean}, by=by)


def etag(revision: int, state: str) -> str:
    return f'"{revision}-{state}"'
