"""Figures of submissions: money, progress, operations, activities, and what the rules found."""

from __future__ import annotations

from rest_framework import serializers

from budget_portal.api import RowsViewSet, register
from budget_portal.api_filters import FilterSet, KeyFilter, PeriodFilter
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    OperationProgress,
    ProjectDelayCause,
    ProjectProgress,
)

# Columns that several kinds of rows have: money that agreements and notices give, a line that may be held, typed cells.
COPIED = ("approved_credit", "credit_in_force", "allocated_cash", "allocated_securities", "collected")
HELD = ("reason", "held", "held_raw", "held_rules")
TYPED = ("raw", "not_applicable", "version", "updated_at", "updated_by")


class OfSubmission(FilterSet):
    period = PeriodFilter(field_name="submission__period")
    agency = KeyFilter(field_name="submission__agency")


class OfProgress(FilterSet):
    submission = KeyFilter(field_name="progress__submission")


class CapitalLineSerializer(serializers.ModelSerializer[CapitalFinanceLine]):
    class Meta:
        model = CapitalFinanceLine
        fields = (
            "id",
            "submission",
            "project",
            "funding_source",
            "agreement_project",
            "previous",
            *COPIED,
            "received_cash",
            "received_securities",
            "spent",
            "advances_open",
            "commitments_open",
            "returned",
            *HELD,
            *TYPED,
        )


class CapitalLineFilter(OfSubmission):
    class Meta:
        model = CapitalFinanceLine
        fields = ("submission", "project", "funding_source", "held")


@register("capital-lines")
class CapitalLineViewSet(RowsViewSet[CapitalFinanceLine]):
    """ردیف‌های مالی پروژه × منبع، تجمعی از آغاز سال؛ میلیون ریال."""

    queryset = CapitalFinanceLine.objects.all()
    serializer_class = CapitalLineSerializer
    filterset_class = CapitalLineFilter


class ExpenseLineSerializer(serializers.ModelSerializer[ExpenseFinanceLine]):
    class Meta:
        model = ExpenseFinanceLine
        fields = (
            "id",
            "submission",
            "programme",
            "expense_chapter",
            "funding_source",
            "agreement",
            "previous",
            *COPIED,
            "received",
            "spent",
            "commitments_open",
            *HELD,
            *TYPED,
        )


class ExpenseLineFilter(OfSubmission):
    class Meta:
        model = ExpenseFinanceLine
        fields = ("submission", "programme", "expense_chapter", "funding_source", "held")


@register("expense-lines")
class ExpenseLineViewSet(RowsViewSet[ExpenseFinanceLine]):
    """ردیف‌های مالی برنامه × فصل × منبع، تجمعی از آغاز سال؛ میلیون ریال."""

    queryset = ExpenseFinanceLine.objects.all()
    serializer_class = ExpenseLineSerializer
    filterset_class = ExpenseLineFilter


class ProgressSerializer(serializers.ModelSerializer[ProjectProgress]):
    class Meta:
        model = ProjectProgress
        fields = (
            "id",
            "submission",
            "project",
            "agreement_project",
            "previous",
            "physical_progress",
            "planned_progress",
            "status",
            "forecast_end",
            "obstacles",
            "remedy",
            "workers",
            "last_statement_number",
            "last_statement_on",
            "last_statement_amount",
            "contractor_debts",
            "next_activity",
            *HELD,
            *TYPED,
        )


class ProgressFilter(OfSubmission):
    class Meta:
        model = ProjectProgress
        fields = ("submission", "project", "status", "held")


@register("progress")
class ProgressViewSet(RowsViewSet[ProjectProgress]):
    """پیشرفت فیزیکی پروژه‌ها به گزارش دستگاه."""

    queryset = ProjectProgress.objects.all()
    serializer_class = ProgressSerializer
    filterset_class = ProgressFilter


class OperationSerializer(serializers.ModelSerializer[OperationProgress]):
    class Meta:
        model = OperationProgress
        fields = (
            "id",
            "progress",
            "operation",
            "quantity_done",
            *TYPED,
        )


class OperationFilter(OfProgress):
    class Meta:
        model = OperationProgress
        fields = ("progress", "operation")


@register("operation-progress")
class OperationViewSet(RowsViewSet[OperationProgress]):
    """مقدار انجام‌شدهٔ هر عملیات از آغاز پروژه."""

    queryset = OperationProgress.objects.all()
    serializer_class = OperationSerializer
    filterset_class = OperationFilter


class DelayCauseShareSerializer(serializers.ModelSerializer[ProjectDelayCause]):
    class Meta:
        model = ProjectDelayCause
        fields = ("id", "progress", "cause", "share", "text")


class DelayCauseShareFilter(OfProgress):
    class Meta:
        model = ProjectDelayCause
        fields = ("progress", "cause")


@register("project-delay-causes")
class DelayCauseShareViewSet(RowsViewSet[ProjectDelayCause]):
    """سهم علت‌های تأخیر هر پروژه."""

    queryset = ProjectDelayCause.objects.all()
    serializer_class = DelayCauseShareSerializer
    filterset_class = DelayCauseShareFilter


class ActivityPerformanceSerializer(serializers.ModelSerializer[ActivityPerformance]):
    class Meta:
        model = ActivityPerformance
        fields = (
            "id",
            "submission",
            "activity",
            "previous",
            "volume_done",
            "cost",
            "quality_note",
            "low_volume_reason",
            *TYPED,
        )


class ActivityPerformanceFilter(OfSubmission):
    class Meta:
        model = ActivityPerformance
        fields = ("submission", "activity")


@register("activity-performance")
class ActivityPerformanceViewSet(RowsViewSet[ActivityPerformance]):
    """عملکرد فعالیت‌های هزینه‌ای، تجمعی در سال."""

    queryset = ActivityPerformance.objects.all()
    serializer_class = ActivityPerformanceSerializer
    filterset_class = ActivityPerformanceFilter


class CheckSerializer(serializers.ModelSerializer[CheckResult]):
    class Meta:
        model = CheckResult
        fields = (
            "id",
            "submission",
            "rule",
            "rule_set",
            "severity",
            "project",
            "programme",
            "row",
            "cell",
            "sentence",
            "expected",
            "actual",
            "difference",
            "explanation",
            "explained_by",
        )


@register("checks")
class CheckViewSet(RowsViewSet[CheckResult]):
    """یافته‌های کنترل‌ها."""

    queryset = CheckResult.objects.all()
    serializer_class = CheckSerializer
    filterset_fields = ("submission", "rule", "severity", "project", "programme")
