"""Cases of the desk, read-only: content and dates, never who sent them nor their codes."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import serializers

from budget_portal.api import ScopedReadOnlyViewSet, register
from complaints.models import Complaint, ComplaintEvent


class EventSerializer(serializers.ModelSerializer[ComplaintEvent]):
    class Meta:
        model = ComplaintEvent
        fields = ("code", "internal", "by", "at")


class ComplaintSerializer(serializers.ModelSerializer[Complaint]):
    events = EventSerializer(many=True, read_only=True)

    class Meta:
        model = Complaint
        fields = (
            "id",
            "organization",
            "public_number",
            "kind",
            "service_step",
            "subject",
            "agency",
            "project",
            "state",
            "version",
            "registered_at",
            "due_on",
            "extended_to",
            "assignee",
            "answered_at",
            "outcome",
            "objected_at",
            "objection_due",
            "forwarded_to",
            "closed_at",
            "events",
        )


@register("complaints")
class ComplaintViewSet(ScopedReadOnlyViewSet[Complaint]):
    """درخواست‌های میز شکایات، در دامنهٔ نقش جاری."""

    queryset = Complaint.objects.prefetch_related("events")
    serializer_class = ComplaintSerializer
    filterset_fields: ClassVar[tuple[str, ...]] = ("state", "kind", "agency", "project", "assignee")
