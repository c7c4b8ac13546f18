"""What the moves of a submission take: shape only; whether it may be is the verb's to say."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from budget_portal.api import sentences
from budget_portal.errors import RuleBroken
from budget_portal.text import normalise
from monitoring.lines import LineKey
from monitoring.models import ReturnReason
from monitoring.workflow.submissions import Return

GREATEST_KEY = 2**63 - 1
MOST_LINES = 500
REASON = "برگ دوم صورت‌وضعیت شمارهٔ پنج اسکن نشده است."


class Body(serializers.Serializer[Any]):  # nothing is written here: verbs get what was read
    def of(self, data: Any) -> dict[str, Any]:
        """What the body says; a RuleBroken (422) with all its faults when it cannot be read."""
        self.initial_data = data
        if self.is_valid():
            return dict(self.validated_data)
        raise RuleBroken("داده‌های درخواست ایراد دارد.", sentences(self.errors))


class Text(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        return normalise(super().to_internal_value(data))


class Key(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_null=True, min_value=1, max_value=GREATEST_KEY, **kwargs)


@extend_schema_serializer(
    examples=[OpenApiExample("complete", summary="کامل", value={"accept_missing": False})]
)
class SubmitBody(Body):
    accept_missing = serializers.BooleanField(default=False, help_text="خانه‌های خالی دانسته فرستاده می‌شود")


class LineBody(Body):
    """یک ردیف: پروژه، یا ردیف هزینه؛ بدون نام‌بردن، همهٔ پرونده."""

    reason = Text(max_length=2000)
    reason_code = serializers.SlugRelatedField(
        slug_field="code", queryset=ReturnReason.objects.all(), required=False, allow_null=True
    )
    project = Key()
    programme = Key()
    expense_chapter = Key()
    due_on = serializers.DateField(
        required=False,
        allow_null=True,
        error_messages={"invalid": "تاریخ میلادی را مانند ۲۰۲۶-۱۱-۲۱ بفرستید."},
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "project",
            summary="یک پروژه",
            value={"lines": [{"reason": REASON, "project": 12, "due_on": "2026-11-21"}]},
        ),
        OpenApiExample("whole", summary="همهٔ پرونده", value={"lines": [{"reason": REASON}]}),
    ]
)
class ReturnBody(Body):
    lines = serializers.ListField(child=LineBody(), max_length=MOST_LINES)

    def lines_of(self, data: Any) -> list[Return]:
        return [
            Return(
                line["reason"],
                reason_code=line.get("reason_code"),
                project_id=line.get("project"),
                programme_id=line.get("programme"),
                expense_chapter_id=line.get("expense_chapter"),
                due_on=line.get("due_on"),
            )
            for line in self.of(data).get("lines", ())
        ]


@extend_schema_serializer(
    examples=[
        OpenApiExample("whole", summary="همه بازگشایی شود", value={}),
        OpenApiExample("project", summary="یک ردیف", value={"lines": [{"reason": REASON, "project": 12}]}),
    ]
)
class ReopenBody(ReturnBody):
    lines = serializers.ListField(child=LineBody(), required=False, max_length=MOST_LINES)


class PlaceBody(Body):
    """یک ردیف: پروژه، یا برنامه و فصل؛ با اثر انگشتی که خوانده شد، تنها همان محتوا پذیرفته می‌شود."""

    project = Key()
    programme = Key()
    expense_chapter = Key()
    seen = serializers.CharField(required=False, allow_blank=True, max_length=64)

    def key_of(self, data: Any) -> LineKey:
        try:
            return LineKey(
                project_id=data.get("project"),
                programme_id=data.get("programme"),
                expense_chapter_id=data.get("expense_chapter"),
            )
        except ValueError as unknown:
            raise RuleBroken("ردیف یا پروژه است، یا برنامه و فصل.") from unknown


@extend_schema_serializer(
    examples=[
        OpenApiExample("clean", summary="همهٔ ردیف‌های بدون هشدار", value={}),
        OpenApiExample("one", summary="یک ردیف", value={"lines": [{"project": 12}]}),
    ]
)
class AcceptBody(Body):
    lines = serializers.ListField(child=PlaceBody(), required=False, max_length=MOST_LINES)

    def keys_of(self, data: Any) -> dict[LineKey, str | None]:
        lines = self.of(data).get("lines", ())
        return {PlaceBody().key_of(line): line.get("seen") or None for line in lines}


@extend_schema_serializer(examples=[OpenApiExample("reason", summary="دلیل", value={"reason": REASON})])
class ReasonBody(Body):
    reason = Text(max_length=2000)


@extend_schema_serializer(examples=[OpenApiExample("empty", summary="بدون بدنه", value={})])
class EmptyBody(Body):
    pass
