"""Expense agreements with their parts (forms 2 and 3)."""

from __future__ import annotations

from rest_framework import serializers

from agreements.models import Activity, ExpenseAgreement, ProgrammeCredit
from budget_portal.api import RowsViewSet, register


class ExpenseAgreementSerializer(serializers.ModelSerializer[ExpenseAgreement]):
    class Meta:
        model = ExpenseAgreement
        fields = (
            "id",
            "agency",
            "fiscal_year",
            "version",
            "amends",
            "state",
            "number",
            "agreed_on",
            "reason",
            "external_system",
            "external_number",
            "valid_from",
            "valid_to",
            "recorded_at",
        )


@register("expense-agreements")
class ExpenseAgreementViewSet(RowsViewSet[ExpenseAgreement]):
    """نسخه‌های موافقتنامه‌های هزینه‌ای."""

    queryset = ExpenseAgreement.objects.all()
    serializer_class = ExpenseAgreementSerializer
    filterset_fields = ("agency", "fiscal_year", "state")


class ProgrammeCreditSerializer(serializers.ModelSerializer[ProgrammeCredit]):
    class Meta:
        model = ProgrammeCredit
        fields = ("id", "agreement", "programme", "expense_chapter", "funding_source", "amount")


@register("programme-credits")
class ProgrammeCreditViewSet(RowsViewSet[ProgrammeCredit]):
    """اعتبار برنامه × فصل × منبع؛ میلیون ریال."""

    queryset = ProgrammeCredit.objects.all()
    serializer_class = ProgrammeCreditSerializer
    filterset_fields = ("agreement", "programme")


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    class Meta:
        model = Activity
        fields = (
            "id",
            "agreement",
            "programme",
            "key",
            "title",
            "unit",
            "target_volume",
            "unit_cost",
            "credit",
        )


@register("activities")
class ActivityViewSet(RowsViewSet[Activity]):
    """فعالیت‌های موافقتنامهٔ هزینه‌ای."""

    queryset = Activity.objects.all()
    serializer_class = ActivitySerializer
    filterset_fields = ("agreement", "programme")
