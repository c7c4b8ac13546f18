"""Letters that give credit and release it, with their lines."""

from __future__ import annotations

from rest_framework import serializers

from agreements.api_periods import period_code
from agreements.models import AllocationLine, AllocationNotice, BudgetNotification, NotificationLine
from budget_portal.api import RowsViewSet, register
from budget_portal.api_filters import FilterSet, PeriodFilter


class NotificationSerializer(serializers.ModelSerializer[BudgetNotification]):
    class Meta:
        model = BudgetNotification
        fields = (
            "id",
            "agency",
            "kind",
            "fiscal_year",
            "letter_number",
            "letter_date",
            "valid_from",
            "recorded_at",
            "state",
            "issued_by",
            "issued_at",
            "cancelled_at",
            "cancel_reason",
        )


@register("budget-notices")
class NotificationViewSet(RowsViewSet[BudgetNotification]):
    """ابلاغیه‌های بودجه."""

    queryset = BudgetNotification.objects.all()
    serializer_class = NotificationSerializer
    filterset_fields = ("agency", "kind", "state", "fiscal_year")


class NotificationLineSerializer(serializers.ModelSerializer[NotificationLine]):
    class Meta:
        model = NotificationLine
        fields = (
            "id",
            "notification",
            "scope",
            "budget_row",
            "programme",
            "plan",
            "expense_chapter",
            "funding_source",
            "amount",
        )


@register("budget-notice-lines")
class NotificationLineViewSet(RowsViewSet[NotificationLine]):
    """ردیف‌های ابلاغیهٔ بودجه؛ میلیون ریال، منفی یعنی کسر."""

    queryset = NotificationLine.objects.all()
    serializer_class = NotificationLineSerializer
    filterset_fields = ("notification", "programme", "plan")


class AllocationSerializer(serializers.ModelSerializer[AllocationNotice]):
    period = serializers.CharField(read_only=True)

    class Meta:
        model = AllocationNotice
        fields = (
            "id",
            "agency",
            "kind",
            "period",
            "letter_number",
            "letter_date",
            "valid_from",
            "recorded_at",
            "state",
            "issued_by",
            "issued_at",
            "cancelled_at",
            "cancel_reason",
        )


class AllocationFilter(FilterSet):
    period = PeriodFilter()

    class Meta:
        model = AllocationNotice
        fields = ("agency", "kind", "state")


@register("allocations")
class AllocationViewSet(RowsViewSet[AllocationNotice]):
    """ابلاغیه‌های تخصیص."""

    queryset = AllocationNotice.objects.all()
    serializer_class = AllocationSerializer
    computed = {"period": period_code("period__")}
    filterset_class = AllocationFilter


class AllocationLineSerializer(serializers.ModelSerializer[AllocationLine]):
    class Meta:
        model = AllocationLine
        fields = (
            "id",
            "notice",
            "project",
            "programme",
            "expense_chapter",
            "funding_source",
            "instrument",
            "amount",
            "collected",
            "symbol",
            "due_date",
            "is_advance",
            "converted_from",
        )


@register("allocation-lines")
class AllocationLineViewSet(RowsViewSet[AllocationLine]):
    """ردیف‌های تخصیص؛ میلیون ریال، منفی یعنی برگشت تخصیص."""

    queryset = AllocationLine.objects.all()
    serializer_class = AllocationLineSerializer
    filterset_fields = ("notice", "project", "programme", "instrument")
