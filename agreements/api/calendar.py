"""Fiscal years, cut-offs, windows and requests to extend them."""

from __future__ import annotations

from rest_framework import serializers

from agreements.api_periods import period_code
from agreements.models import ExtensionRequest, FiscalYear, PeriodWindow, ReportingPeriod
from budget_portal.api import RowsViewSet, register
from budget_portal.api_filters import FilterSet, PeriodFilter


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
class FiscalYearViewSet(RowsViewSet[FiscalYear]):
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
class PeriodViewSet(RowsViewSet[ReportingPeriod]):
    """مقطع‌های ورود عملکرد."""

    queryset = ReportingPeriod.objects.all()
    computed = {"code": period_code()}
    serializer_class = PeriodSerializer
    filterset_fields = ("fiscal_year", "cutoff")


class WindowSerializer(serializers.ModelSerializer[PeriodWindow]):
    period = serializers.CharField(read_only=True)

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


class WindowFilter(FilterSet):
    period = PeriodFilter()

    class Meta:
        model = PeriodWindow
        fields = ("organization", "kind", "state", "sector_group")


@register("windows")
class WindowViewSet(RowsViewSet[PeriodWindow]):
    """پنجره‌های ورود هر سازمان و مهلت گام‌ها."""

    queryset = PeriodWindow.objects.all()
    computed = {"period": period_code("period__")}
    serializer_class = WindowSerializer
    filterset_class = WindowFilter


class ExtensionRequestSerializer(serializers.ModelSerializer[ExtensionRequest]):
    class Meta:
        model = ExtensionRequest
        fields = (
            "id",
            "window",
            "agency",
            "until",
            "reason",
            "state",
            "requested_by",
            "requested_at",
            "decided_by",
            "decided_at",
            "decision_note",
        )


@register("extension-requests")
class ExtensionRequestViewSet(RowsViewSet[ExtensionRequest]):
    """درخواست‌های تمدید دستگاه‌ها."""

    queryset = ExtensionRequest.objects.all()
    serializer_class = ExtensionRequestSerializer
    filterset_fields = ("window", "agency", "state")
