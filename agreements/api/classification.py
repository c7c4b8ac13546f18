"""Classification of credit, plans and projects."""

from __future__ import annotations

from django_filters import rest_framework as filters
from rest_framework import serializers

from agreements.models import (
    Affair,
    CapitalChapter,
    CapitalSubChapter,
    Chapter,
    ClassificationMapping,
    ExpenseChapter,
    FundingSource,
    Plan,
    Programme,
    Project,
)
from budget_portal.api import RowsViewSet, register
from budget_portal.api_filters import FilterSet


class AffairSerializer(serializers.ModelSerializer[Affair]):
    class Meta:
        model = Affair
        fields = ("id", "organization", "code", "title", "valid_from", "valid_to")


@register("affairs")
class AffairViewSet(RowsViewSet[Affair]):
    """امور."""

    queryset = Affair.objects.all()
    serializer_class = AffairSerializer
    filterset_fields = ("code",)


class ChapterSerializer(serializers.ModelSerializer[Chapter]):
    class Meta:
        model = Chapter
        fields = ("id", "organization", "code", "title", "valid_from", "valid_to", "affair")


@register("chapters")
class ChapterViewSet(RowsViewSet[Chapter]):
    """فصل‌های طبقه‌بندی."""

    queryset = Chapter.objects.all()
    serializer_class = ChapterSerializer
    filterset_fields = ("code", "affair")


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    class Meta:
        model = Programme
        fields = ("id", "organization", "code", "title", "valid_from", "valid_to", "chapter")


@register("programmes")
class ProgrammeViewSet(RowsViewSet[Programme]):
    """برنامه‌ها."""

    queryset = Programme.objects.all()
    serializer_class = ProgrammeSerializer
    filterset_fields = ("code", "chapter")


class ExpenseChapterSerializer(serializers.ModelSerializer[ExpenseChapter]):
    class Meta:
        model = ExpenseChapter
        fields = ("id", "organization", "code", "title", "valid_from", "valid_to")


@register("expense-chapters")
class ExpenseChapterViewSet(RowsViewSet[ExpenseChapter]):
    """فصل‌های هزینه."""

    queryset = ExpenseChapter.objects.all()
    serializer_class = ExpenseChapterSerializer
    filterset_fields = ("code",)


class CapitalChapterSerializer(serializers.ModelSerializer[CapitalChapter]):
    class Meta:
        model = CapitalChapter
        fields = ("id", "organization", "code", "title", "valid_from", "valid_to")


@register("capital-chapters")
class CapitalChapterViewSet(RowsViewSet[CapitalChapter]):
    """فصل‌های سرمایه‌گذاری."""

    queryset = CapitalChapter.objects.all()
    serializer_class = CapitalChapterSerializer
    filterset_fields = ("code",)


class CapitalSubChapterSerializer(serializers.ModelSerializer[CapitalSubChapter]):
    class Meta:
        model = CapitalSubChapter
        fields = ("id", "organization", "code", "title", "valid_from", "valid_to", "chapter")


@register("capital-sub-chapters")
class CapitalSubChapterViewSet(RowsViewSet[CapitalSubChapter]):
    """ریزفصل‌های سرمایه‌گذاری."""

    queryset = CapitalSubChapter.objects.all()
    serializer_class = CapitalSubChapterSerializer
    filterset_fields = ("code", "chapter")


class FundingSourceSerializer(serializers.ModelSerializer[FundingSource]):
    class Meta:
        model = FundingSource
        fields = ("id", "organization", "code", "title", "valid_from", "valid_to", "kind")


@register("funding-sources")
class FundingSourceViewSet(RowsViewSet[FundingSource]):
    """منابع اعتبار."""

    queryset = FundingSource.objects.all()
    serializer_class = FundingSourceSerializer
    filterset_fields = ("code", "kind")


class ClassificationMappingSerializer(serializers.ModelSerializer[ClassificationMapping]):
    class Meta:
        model = ClassificationMapping
        fields = ("id", "fiscal_year", "tree", "from_code", "to_code", "share")


@register("classification-mappings")
class ClassificationMappingViewSet(RowsViewSet[ClassificationMapping]):
    """نگاشت ردیف‌های سال پیش به ردیف‌های یک سال."""

    queryset = ClassificationMapping.objects.all()
    serializer_class = ClassificationMappingSerializer
    filterset_fields = ("fiscal_year", "tree", "from_code", "to_code")


class PlanSerializer(serializers.ModelSerializer[Plan]):
    county = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)  # type: ignore[var-annotated]

    class Meta:
        model = Plan
        fields = ("id", "organization", "programme", "code", "title", "county")


class PlanFilter(FilterSet):
    county = filters.CharFilter(field_name="county__code")

    class Meta:
        model = Plan
        fields = ("organization", "programme", "code")


@register("plans")
class PlanViewSet(RowsViewSet[Plan]):
    """طرح‌ها."""

    queryset = Plan.objects.all()
    serializer_class = PlanSerializer
    filterset_class = PlanFilter


class ProjectSerializer(serializers.ModelSerializer[Project]):
    county = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Project
        fields = (
            "id",
            "public_id",
            "agency",
            "plan",
            "code",
            "title",
            "county",
            "address",
            "latitude",
            "longitude",
            "execution_method",
            "beneficiary_agency",
            "status",
            "place_reason",
        )


class ProjectFilter(FilterSet):
    county = filters.CharFilter(field_name="county__code")

    class Meta:
        model = Project
        fields = ("agency", "plan", "code", "status", "execution_method")


@register("projects")
class ProjectViewSet(RowsViewSet[Project]):
    """پروژه‌ها."""

    queryset = Project.objects.all()
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
