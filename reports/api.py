"""Editions of supervision reports: all of their facts in lists, the frozen package in one edition."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from agreements.api_periods import period_code
from budget_portal.api import RowsViewSet, register
from budget_portal.api_filters import FilterSet, PeriodFilter
from reports.models import SupervisionReport

FIELDS = (
    "id",
    "public_id",
    "organization",
    "code",
    "period",
    "level",
    "agency",
    "sector_group",
    "county",
    "number",
    "edition",
    "supersedes",
    "state",
    "digest",
    "known_at",
    "drafted_at",
    "drafted_by",
    "reviewed_at",
    "reviewed_by",
    "confirmed_at",
    "confirmed_by",
    "approved_at",
    "approved_by",
    "return_reason",
)


class ReportSerializer(serializers.ModelSerializer[SupervisionReport]):
    period = serializers.CharField(read_only=True, allow_null=True)
    county = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = SupervisionReport
        fields: tuple[str, ...] = FIELDS


class ReportWithPackageSerializer(ReportSerializer):
    class Meta(ReportSerializer.Meta):
        fields = (*FIELDS, "package")


class ReportFilter(FilterSet):
    period = PeriodFilter()
    county = filters.CharFilter(field_name="county__code")

    class Meta:
        model = SupervisionReport
        fields = ("organization", "state", "level", "agency", "sector_group", "code")


@register("reports")
class ReportViewSet(RowsViewSet[SupervisionReport]):
    """گزارش‌های نظارتی؛ هر ردیف یک ویرایش است و بستهٔ ارقام آن در نشانی خود ویرایش می‌آید."""

    queryset = SupervisionReport.objects.all()
    serializer_class = ReportSerializer
    computed = {"period": period_code("period__")}
    filterset_class = ReportFilter

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        return ReportWithPackageSerializer if self.action == "retrieve" else ReportSerializer
