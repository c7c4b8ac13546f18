"""Field visits with what was measured and found."""

from __future__ import annotations

from rest_framework import serializers

from agreements.api_periods import period_code
from budget_portal.api import RowsViewSet, register
from budget_portal.api_filters import FilterSet, KeyFilter, PeriodFilter
from monitoring.models import (
    FieldVisit,
    FollowUp,
    VisitActivityCheck,
    VisitDelayCause,
    VisitFinding,
    VisitMeasurement,
    VisitPhoto,
)


class VisitSerializer(serializers.ModelSerializer[FieldVisit]):
    period = serializers.CharField(read_only=True)

    class Meta:
        model = FieldVisit
        fields = (
            "id",
            "public_id",
            "agency",
            "project",
            "period",
            "agreement_project",
            "state",
            "version",
            "planned_for",
            "expert",
            "visited_on",
            "visitors",
            "person_days",
            "agency_representative",
            "contractor_representative",
            "weather",
            "latitude",
            "longitude",
            "accuracy_m",
            "located_at",
            "distance_m",
            "place_reason",
            "site_state",
            "workers",
            "machinery",
            "quality_materials",
            "quality_workmanship",
            "quality_safety",
            "quality_documents",
            "quality_overall",
            "physical_progress",
            "planned_progress",
            "agency_progress",
            "obstacles",
            "recommendations",
            "remarks",
            "dispute_comment",
            "agency_reply",
            "submitted_at",
            "submitted_by",
            "confirmed_at",
            "confirmed_by",
        )


class VisitFilter(FilterSet):
    period = PeriodFilter()

    class Meta:
        model = FieldVisit
        fields = ("agency", "project", "state", "expert")


@register("visits")
class VisitViewSet(RowsViewSet[FieldVisit]):
    """بازدیدهای میدانی؛ اندازه‌گیری کارشناس، جدا از گزارش دستگاه."""

    queryset = FieldVisit.objects.all()
    serializer_class = VisitSerializer
    computed = {"period": period_code("period__")}
    filterset_class = VisitFilter


class MeasurementSerializer(serializers.ModelSerializer[VisitMeasurement]):
    class Meta:
        model = VisitMeasurement
        fields = ("id", "visit", "operation", "quantity_done", "raw")


@register("visit-measurements")
class MeasurementViewSet(RowsViewSet[VisitMeasurement]):
    """مقدارهای اندازه‌گیری‌شده در بازدید."""

    queryset = VisitMeasurement.objects.all()
    serializer_class = MeasurementSerializer
    filterset_fields = ("visit", "operation")


class ActivityCheckSerializer(serializers.ModelSerializer[VisitActivityCheck]):
    class Meta:
        model = VisitActivityCheck
        fields = ("id", "visit", "activity", "volume_verified", "documents_seen", "remark")


@register("visit-activity-checks")
class ActivityCheckViewSet(RowsViewSet[VisitActivityCheck]):
    """حجم راستی‌آزمایی‌شدهٔ فعالیت‌ها در بازدید هزینه‌ای."""

    queryset = VisitActivityCheck.objects.all()
    serializer_class = ActivityCheckSerializer
    filterset_fields = ("visit", "activity")


class VisitCauseSerializer(serializers.ModelSerializer[VisitDelayCause]):
    class Meta:
        model = VisitDelayCause
        fields = ("id", "visit", "cause", "share", "text")


@register("visit-delay-causes")
class VisitCauseViewSet(RowsViewSet[VisitDelayCause]):
    """علت‌های تأخیر از دید کارشناس."""

    queryset = VisitDelayCause.objects.all()
    serializer_class = VisitCauseSerializer
    filterset_fields = ("visit", "cause")


class PhotoSerializer(serializers.ModelSerializer[VisitPhoto]):
    media_type = serializers.CharField(source="shown.media_type", read_only=True)
    size = serializers.IntegerField(source="shown.size", read_only=True)
    sha256 = serializers.CharField(source="shown.sha256", read_only=True)

    class Meta:
        model = VisitPhoto
        fields = (
            "id",
            "visit",
            "caption",
            "taken_at",
            "latitude",
            "longitude",
            "distance_m",
            "flags",
            "added_at",
            "media_type",
            "size",
            "sha256",
        )


@register("visit-photos")
class PhotoViewSet(RowsViewSet[VisitPhoto]):
    """مشخصات عکس‌های بازدید؛ خود عکس از صفحهٔ بازدید گرفته می‌شود."""

    queryset = VisitPhoto.objects.all()
    serializer_class = PhotoSerializer
    filterset_fields = ("visit",)


class FindingSerializer(serializers.ModelSerializer[VisitFinding]):
    class Meta:
        model = VisitFinding
        fields = ("id", "visit", "text", "severity", "responsible", "due_on", "state")


class FindingFilter(FilterSet):
    agency = KeyFilter(field_name="visit__agency")
    period = PeriodFilter(field_name="visit__period")

    class Meta:
        model = VisitFinding
        fields = ("visit", "severity", "state")


@register("findings")
class FindingViewSet(RowsViewSet[VisitFinding]):
    """یافته‌های بازدید."""

    queryset = VisitFinding.objects.all()
    serializer_class = FindingSerializer
    filterset_class = FindingFilter


class FollowUpSerializer(serializers.ModelSerializer[FollowUp]):
    class Meta:
        model = FollowUp
        fields = ("id", "finding", "text", "state", "at", "by")


@register("follow-ups")
class FollowUpViewSet(RowsViewSet[FollowUp]):
    """پیگیری یافته‌ها."""

    queryset = FollowUp.objects.all()
    serializer_class = FollowUpSerializer
    filterset_fields = ("finding", "state")
