"""What the register keeps of projects over time: statuses, codes of other systems, contracts."""

from __future__ import annotations

from rest_framework import serializers

from agreements.models import (
    Company,
    Contract,
    ContractChange,
    ContractStatement,
    ProjectIdentifier,
    ProjectStatusChange,
)
from budget_portal.api import RowsViewSet, register


class ProjectStatusChangeSerializer(serializers.ModelSerializer[ProjectStatusChange]):
    class Meta:
        model = ProjectStatusChange
        fields = ("id", "project", "before", "status", "since", "cause", "note", "recorded_at")


@register("project-status-changes")
class ProjectStatusChangeViewSet(RowsViewSet[ProjectStatusChange]):
    """تغییر وضعیت پروژه‌ها، با علت و تاریخ."""

    queryset = ProjectStatusChange.objects.all()
    serializer_class = ProjectStatusChangeSerializer
    filterset_fields = ("project", "status", "cause")


class ProjectIdentifierSerializer(serializers.ModelSerializer[ProjectIdentifier]):
    class Meta:
        model = ProjectIdentifier
        fields = ("id", "project", "system", "code", "valid_from", "valid_to", "note", "recorded_at")


@register("project-identifiers")
class ProjectIdentifierViewSet(RowsViewSet[ProjectIdentifier]):
    """شناسهٔ پروژه‌ها در سامانه‌های دیگر، همراه شناسه‌های پیشین."""

    queryset = ProjectIdentifier.objects.all()
    serializer_class = ProjectIdentifierSerializer
    filterset_fields = ("project", "system", "code")


class CompanySerializer(serializers.ModelSerializer[Company]):
    class Meta:
        model = Company
        fields = ("id", "organization", "legal_id", "name")


@register("companies")
class CompanyViewSet(RowsViewSet[Company]):
    """شرکت‌های طرف پیمان."""

    queryset = Company.objects.all()
    serializer_class = CompanySerializer
    filterset_fields = ("legal_id",)


class ContractSerializer(serializers.ModelSerializer[Contract]):
    class Meta:
        model = Contract
        fields = (
            "id",
            "project",
            "company",
            "part",
            "number",
            "signed_on",
            "subject",
            "amount",
            "duration_days",
            "starts_on",
            "guarantee",
            "retention",
        )


@register("contracts")
class ContractViewSet(RowsViewSet[Contract]):
    """پیمان‌های پروژه‌ها؛ مبلغ‌ها به میلیون ریال و چنان‌که امضا شده است."""

    queryset = Contract.objects.all()
    serializer_class = ContractSerializer
    filterset_fields = ("project", "company", "part", "number")


class ContractChangeSerializer(serializers.ModelSerializer[ContractChange]):
    class Meta:
        model = ContractChange
        fields = ("id", "contract", "decided_on", "old_amount", "new_amount", "reason", "recorded_at")


@register("contract-changes")
class ContractChangeViewSet(RowsViewSet[ContractChange]):
    """تغییر مبلغ پیمان‌ها؛ میلیون ریال."""

    queryset = ContractChange.objects.all()
    serializer_class = ContractChangeSerializer
    filterset_fields = ("contract",)


class ContractStatementSerializer(serializers.ModelSerializer[ContractStatement]):
    class Meta:
        model = ContractStatement
        fields = (
            "id",
            "contract",
            "sort",
            "number",
            "worked_from",
            "worked_to",
            "stated_on",
            "gross",
            "paid",
        )


@register("contract-statements")
class ContractStatementViewSet(RowsViewSet[ContractStatement]):
    """صورت‌وضعیت‌های کارکرد و تعدیل؛ میلیون ریال."""

    queryset = ContractStatement.objects.all()
    serializer_class = ContractStatementSerializer
    filterset_fields = ("contract", "sort")
