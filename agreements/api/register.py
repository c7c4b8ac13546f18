"""What the register keeps of projects over time: statuses and codes of other systems."""

from __future__ import annotations

from rest_framework import serializers

from agreements.models import ProjectIdentifier, ProjectStatusChange
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
