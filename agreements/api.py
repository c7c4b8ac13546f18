"""Fiscal years, cut-offs and windows, read-only."""

from __future__ import annotations

from rest_framework import serializers

from agreements.models import FiscalYear, PeriodWindow, ReportingPeriod
from budget_portal.api import ScopedReadOnlyViewSet, register


class FiscalYearSerializer(serializers.ModelSerializer[FiscalYear]):
    class Meta:
        model = FiscalYear
        fields = (
            "id",
            "organization",
            "year",
            "starts_on",
            "ends_on",
            "expense_deadline",
            "cash_return_deadline",
            "capital_deadline",
            "final_statement_deadline",
        )


@register("fiscal-years")
class FiscalYearViewSet(ScopedReadOnlyViewSet[FiscalYear]):
    """سال‌های مالی."""

    queryset = FiscalYear.objects.all()
    serializer_class = FiscalYearSerializer
    filterset_fields = ("year",)


class PeriodSerializer(serializers.ModelSerializer[ReportingPeriod]):
    code = serializers.CharField(read_only=True)
    year = serializers.IntegerField(source="fiscal_year.year", read_only=True)

    class Meta:
        model = ReportingPeriod
        fields = ("id", "code", "year", "cutoff", "cutoff_date")


@register("periods")
class PeriodViewSet(ScopedReadOnlyViewSet[ReportingPeriod]):
    """مقطع‌های ورود عملکرد."""

    queryset = ReportingPeriod.objects.select_related("fiscal_year")
    serializer_class = PeriodSerializer
    filterset_fields = ("fiscal_year", "cutoff")


class WindowSerializer(serializers.ModelSerializer[PeriodWindow]):
    period = serializers.CharField(source="period.code", read_only=True)

    class Meta:
        model = PeriodWindow
        fields = (
            "id",
            "period",
            "organization",
            "kind",
            "sector_group",
            "state",
            "opens_on",
            "entry_due",
            "extended_to",
            "extension_reason",
            "treasurer_due",
            "expert_due",
            "consolidation_due",
            "publication_on",
        )


@register("windows")
class WindowViewSet(ScopedReadOnlyViewSet[PeriodWindow]):
    """پنجره‌های ورود هر سازمان و مهلت گام‌ها."""

    queryset = PeriodWindow.objects.select_related("period__fiscal_year")
    serializer_class = WindowSerializer
    filterset_fields = ("organization", "kind", "state", "period")
