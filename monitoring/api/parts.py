"""What belongs to a whole submission: marks, snapshots, documents, reasons; and the look-ups of causes."""

from __future__ import annotations

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from budget_portal.api import RowsViewSet, register
from budget_portal.api_filters import FilterSet
from monitoring.models import (
    DelayCause,
    NoVisitReason,
    ReturnMark,
    ReturnReason,
    SubmissionDocument,
    SubmissionSnapshot,
)


class ReturnMarkSerializer(serializers.ModelSerializer[ReturnMark]):
    reason_code = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)  # type: ignore[var-annotated]

    class Meta:
        model = ReturnMark
        fields = (
            "id",
            "submission",
            "revision",
            "project",
            "programme",
            "expense_chapter",
            "stage",
            "reason_code",
            "reason",
            "due_on",
            "opened_at",
            "opened_by",
            "closed_at",
        )


class ReturnMarkFilter(FilterSet):
    open = filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")

    class Meta:
        model = ReturnMark
        fields = ("submission", "stage", "project")


@register("return-marks")
class ReturnMarkViewSet(RowsViewSet[ReturnMark]):
    """ردیف‌های برگشتی با دلیل."""

    queryset = ReturnMark.objects.all()
    serializer_class = ReturnMarkSerializer
    filterset_class = ReturnMarkFilter


class SnapshotSerializer(serializers.ModelSerializer[SubmissionSnapshot]):
    class Meta:
        model = SubmissionSnapshot
        fields = ("id", "submission", "revision", "event", "digest", "taken_at", "taken_by")


@register("submission-snapshots")
class SnapshotViewSet(RowsViewSet[SubmissionSnapshot]):
    """نسخه‌های ارسال، تأیید و تصویب‌شده با چکیدهٔ رمزی هر یک."""

    queryset = SubmissionSnapshot.objects.all()
    serializer_class = SnapshotSerializer
    filterset_fields = ("submission", "event")


class DocumentSerializer(serializers.ModelSerializer[SubmissionDocument]):
    name = serializers.CharField(source="file.name", read_only=True)
    media_type = serializers.CharField(source="file.media_type", read_only=True)
    size = serializers.IntegerField(source="file.size", read_only=True)
    sha256 = serializers.CharField(source="file.sha256", read_only=True)

    class Meta:
        model = SubmissionDocument
        fields = (
            "id",
            "submission",
            "project",
            "programme",
            "title",
            "name",
            "media_type",
            "size",
            "sha256",
            "added_by",
            "added_at",
            "removed_at",
        )


@register("documents")
class DocumentViewSet(RowsViewSet[SubmissionDocument]):
    """مشخصات اسناد پیوست؛ خود سند از صفحهٔ پرونده گرفته می‌شود."""

    queryset = SubmissionDocument.objects.all()
    serializer_class = DocumentSerializer
    filterset_fields = ("submission", "project", "programme")


class NoVisitReasonSerializer(serializers.ModelSerializer[NoVisitReason]):
    class Meta:
        model = NoVisitReason
        fields = ("id", "submission", "project", "reason", "written_by", "written_at")


@register("no-visit-reasons")
class NoVisitReasonViewSet(RowsViewSet[NoVisitReason]):
    """دلیل نرفتن به بازدید."""

    queryset = NoVisitReason.objects.all()
    serializer_class = NoVisitReasonSerializer
    filterset_fields = ("submission", "project")


class DelayCauseSerializer(serializers.ModelSerializer[DelayCause]):
    class Meta:
        model = DelayCause
        fields = ("id", "code", "title", "needs_text", "position")


@register("delay-causes")
class DelayCauseViewSet(RowsViewSet[DelayCause]):
    """فهرست علت‌های تأخیر."""

    queryset = DelayCause.objects.all()
    serializer_class = DelayCauseSerializer
    filterset_fields = ("code",)

    def get_queryset(self) -> QuerySet[DelayCause]:
        """Look-ups of the portal: they belong to no organization, so there is nothing to scope."""
        return DelayCause.objects.all()


class ReturnReasonSerializer(serializers.ModelSerializer[ReturnReason]):
    class Meta:
        model = ReturnReason
        fields = ("id", "code", "title", "position")


@register("return-reasons")
class ReturnReasonViewSet(RowsViewSet[ReturnReason]):
    """فهرست دلیل‌های برگشت."""

    queryset = ReturnReason.objects.all()
    serializer_class = ReturnReasonSerializer
    filterset_fields = ("code",)

    def get_queryset(self) -> QuerySet[ReturnReason]:
        """Look-ups of the portal: they belong to no organization, so there is nothing to scope."""
        return ReturnReason.objects.all()
