"""Organizations, groups, agencies, counties and roles, read-only."""

from __future__ import annotations

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from accounts.models import Agency, County, Membership, Organization, SectorGroup
from budget_portal.api import RowsViewSet, register
from budget_portal.api_filters import FilterSet


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    province = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)  # type: ignore[var-annotated]

    class Meta:
        model = Organization
        fields = ("id", "code", "name", "level", "parent", "province", "is_active")


@register("organizations")
class OrganizationViewSet(RowsViewSet[Organization]):
    """سازمان‌هایی که نقش جاری می‌بیند."""

    queryset = Organization.objects.all()
    serializer_class = OrganizationSerializer
    filterset_fields = ("level",)


class SectorGroupSerializer(serializers.ModelSerializer[SectorGroup]):
    class Meta:
        model = SectorGroup
        fields = ("id", "organization", "code", "name")


@register("sector-groups")
class SectorGroupViewSet(RowsViewSet[SectorGroup]):
    """گروه‌های تخصصی."""

    queryset = SectorGroup.objects.all()
    serializer_class = SectorGroupSerializer
    filterset_fields = ("organization",)


class AgencySerializer(serializers.ModelSerializer[Agency]):
    county = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)  # type: ignore[var-annotated]

    class Meta:
        model = Agency
        fields = ("id", "organization", "sector_group", "code", "name", "legal_id", "county", "is_active")


@register("agencies")
class AgencyViewSet(RowsViewSet[Agency]):
    """دستگاه‌های اجرایی."""

    queryset = Agency.objects.all()
    serializer_class = AgencySerializer
    filterset_fields = ("organization", "sector_group", "is_active")


class CountySerializer(serializers.ModelSerializer[County]):
    province = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = County
        fields = ("id", "code", "name", "name_en", "province", "seat_name")


class CountyFilter(FilterSet):
    province = filters.CharFilter(field_name="province__code")

    class Meta:
        model = County
        fields = ("province",)


@register("counties")
class CountyViewSet(RowsViewSet[County]):
    """شهرستان‌های کشور؛ همهٔ واردشدگان می‌بینند."""

    queryset = County.objects.all()
    serializer_class = CountySerializer
    filterset_class = CountyFilter

    def get_queryset(self) -> QuerySet[County]:
        """Public facts: they belong to no organization, so there is nothing to scope."""
        return County.objects.all()


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    person = serializers.CharField(source="user.full_name", read_only=True)

    class Meta:
        model = Membership
        fields = (
            "id",
            "user",
            "person",
            "role",
            "organization",
            "agency",
            "sector_group",
            "county",
            "valid_from",
            "valid_to",
        )


@register("memberships")
class MembershipViewSet(RowsViewSet[Membership]):
    """نقش‌ها؛ مدیر سامانه و حسابرس می‌بینند."""

    queryset = Membership.objects.all()
    serializer_class = MembershipSerializer
    filterset_fields = ("role", "user", "agency")
