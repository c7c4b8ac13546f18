"""Capital agreements with their parts (CA-1 … CA-6)."""

from __future__ import annotations

from rest_framework import serializers

from agreements.models import (
    AgreementProject,
    CapitalAgreement,
    CreditSchedule,
    PhysicalSchedule,
    ProjectCredit,
    WorkOperation,
)
from budget_portal.api import RowsViewSet, register


class CapitalAgreementSerializer(serializers.ModelSerializer[CapitalAgreement]):
    class Meta:
        model = CapitalAgreement
        fields = (
            "id",
            "plan",
            "plan_type",
            "goal",
            "scope",
            "place_type",
            "beneficiary_agency",
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


@register("capital-agreements")
class CapitalAgreementViewSet(RowsViewSet[CapitalAgreement]):
    """نسخه‌های موافقتنامه‌های تملک دارایی‌های سرمایه‌ای."""

    queryset = CapitalAgreement.objects.all()
    serializer_class = CapitalAgreementSerializer
    filterset_fields = ("agency", "fiscal_year", "plan", "state")


class AgreementProjectSerializer(serializers.ModelSerializer[AgreementProject]):
    class Meta:
        model = AgreementProject
        fields = (
            "id",
            "agreement",
            "project",
            "start_date",
            "end_date",
            "original_estimate",
            "latest_estimate",
            "estimate_reason",
            "spent_before",
            "progress_before",
            "project_type",
            "goal",
            "district",
            "rural_district",
            "village",
            "ownership",
            "land_area",
            "built_area",
            "permit_number",
            "quantity",
            "quantity_unit",
        )


@register("agreement-projects")
class AgreementProjectViewSet(RowsViewSet[AgreementProject]):
    """پروژه‌های هر نسخهٔ موافقتنامه؛ مبالغ به میلیون ریال."""

    queryset = AgreementProject.objects.all()
    serializer_class = AgreementProjectSerializer
    filterset_fields = ("agreement", "project")


class ProjectCreditSerializer(serializers.ModelSerializer[ProjectCredit]):
    class Meta:
        model = ProjectCredit
        fields = ("id", "agreement_project", "funding_source", "capital_sub_chapter", "amount")


@register("project-credits")
class ProjectCreditViewSet(RowsViewSet[ProjectCredit]):
    """اعتبار سال هر پروژه به تفکیک منبع؛ میلیون ریال."""

    queryset = ProjectCredit.objects.all()
    serializer_class = ProjectCreditSerializer
    filterset_fields = ("agreement_project", "funding_source")


class WorkOperationSerializer(serializers.ModelSerializer[WorkOperation]):
    class Meta:
        model = WorkOperation
        fields = (
            "id",
            "agreement_project",
            "key",
            "title",
            "unit",
            "target_quantity",
            "weight",
            "done_before",
        )


@register("work-operations")
class WorkOperationViewSet(RowsViewSet[WorkOperation]):
    """عملیات هر پروژه با مقدار هدف و وزن."""

    queryset = WorkOperation.objects.all()
    serializer_class = WorkOperationSerializer
    filterset_fields = ("agreement_project",)


class PhysicalScheduleSerializer(serializers.ModelSerializer[PhysicalSchedule]):
    class Meta:
        model = PhysicalSchedule
        fields = ("id", "agreement_project", "year", "quarter", "planned", "interpolated")


@register("physical-schedule")
class PhysicalScheduleViewSet(RowsViewSet[PhysicalSchedule]):
    """برنامهٔ زمان‌بندی فیزیکی، درصد تجمعی."""

    queryset = PhysicalSchedule.objects.all()
    serializer_class = PhysicalScheduleSerializer
    filterset_fields = ("agreement_project", "year")


class CreditScheduleSerializer(serializers.ModelSerializer[CreditSchedule]):
    class Meta:
        model = CreditSchedule
        fields = ("id", "agreement_project", "year", "amount")


@register("credit-schedule")
class CreditScheduleViewSet(RowsViewSet[CreditSchedule]):
    """پیش‌بینی اعتبار سال‌های بعد؛ میلیون ریال."""

    queryset = CreditSchedule.objects.all()
    serializer_class = CreditScheduleSerializer
    filterset_fields = ("agreement_project", "year")
