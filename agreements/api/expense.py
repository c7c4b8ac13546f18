"""Expense agreements with their parts (forms 2 to 7)."""

from __future__ import annotations

from rest_framework import serializers

from agreements.models import (
    Activity,
    ActivityCentre,
    ChapterNarrative,
    CostAttribution,
    CountyShare,
    ExpenseAgreement,
    Manpower,
    ProgrammeCredit,
    RevenueForecast,
)
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


class ActivityCentreSerializer(serializers.ModelSerializer[ActivityCentre]):
    class Meta:
        model = ActivityCentre
        fields = ("id", "agreement", "key", "title", "programme", "amount")


@register("activity-centres")
class ActivityCentreViewSet(RowsViewSet[ActivityCentre]):
    """مراکز اصلی فعالیت هر برنامه (فرم ۲-ب)؛ میلیون ریال."""

    queryset = ActivityCentre.objects.all()
    serializer_class = ActivityCentreSerializer
    filterset_fields = ("agreement", "programme")


class ChapterNarrativeSerializer(serializers.ModelSerializer[ChapterNarrative]):
    class Meta:
        model = ChapterNarrative
        fields = ("id", "agreement", "expense_chapter", "text")


@register("chapter-narratives")
class ChapterNarrativeViewSet(RowsViewSet[ChapterNarrative]):
    """شرح هزینهٔ هر فصل (فرم ۴)."""

    queryset = ChapterNarrative.objects.order_by("pk")
    serializer_class = ChapterNarrativeSerializer
    filterset_fields = ("agreement", "expense_chapter")


class CostAttributionSerializer(serializers.ModelSerializer[CostAttribution]):
    class Meta:
        model = CostAttribution
        fields = ("id", "agreement", "sort", "key", "expense_chapter", "title", "amount")


@register("cost-attributions")
class CostAttributionViewSet(RowsViewSet[CostAttribution]):
    """هزینه‌های پرسنلی و غیرپرسنلی هر فصل (فرم‌های ۴-الف و ۴-ب)؛ میلیون ریال."""

    queryset = CostAttribution.objects.all()
    serializer_class = CostAttributionSerializer
    filterset_fields = ("agreement", "sort", "expense_chapter")


class RevenueForecastSerializer(serializers.ModelSerializer[RevenueForecast]):
    class Meta:
        model = RevenueForecast
        fields = ("id", "agreement", "key", "title", "sort", "amount")


@register("revenue-forecasts")
class RevenueForecastViewSet(RowsViewSet[RevenueForecast]):
    """درآمد و واگذاری که دستگاه باید وصول کند (فرم ۵)؛ میلیون ریال."""

    queryset = RevenueForecast.objects.all()
    serializer_class = RevenueForecastSerializer
    filterset_fields = ("agreement", "sort")


class ManpowerSerializer(serializers.ModelSerializer[Manpower]):
    class Meta:
        model = Manpower
        fields = ("id", "agreement", "key", "centre", "permanent", "contract", "other")


@register("manpower")
class ManpowerViewSet(RowsViewSet[Manpower]):
    """نیروی انسانی هر مرکز (فرم ۶)؛ نفر."""

    queryset = Manpower.objects.all()
    serializer_class = ManpowerSerializer
    filterset_fields = ("agreement",)


class CountyShareSerializer(serializers.ModelSerializer[CountyShare]):
    class Meta:
        model = CountyShare
        fields = ("id", "agreement", "county", "amount")


@register("county-shares")
class CountyShareViewSet(RowsViewSet[CountyShare]):
    """توزیع اعتبار به شهرستان (فرم ۷)؛ میلیون ریال."""

    queryset = CountyShare.objects.all()
    serializer_class = CountyShareSerializer
    filterset_fields = ("agreement", "county")
