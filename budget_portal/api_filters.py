"""Filters of the lists: by key, by choice, by the code of a cut-off.

A key in a filter is a number and nothing else: it is not looked up, so a foreign one finds as little as one
that does not exist, and neither says so.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from django_filters.filterset import FILTER_FOR_DBFIELD_DEFAULTS
from drf_spectacular.utils import extend_schema_field

PERIOD = r"^[0-9]{4}-(Q[1-4]|CLOSING)$"


@extend_schema_field({"type": "integer", "format": "int64", "minimum": 0})
class KeyFilter(filters.CharFilter):  # type: ignore[misc]
    """A key: digits that fit into one."""

    field_class = forms.RegexField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"regex": r"^[0-9]{1,18}\Z", **kwargs})


@extend_schema_field({"type": "string", "pattern": PERIOD, "example": "1405-Q2"})
class PeriodFilter(filters.CharFilter):  # type: ignore[misc]
    """`1405-Q2`: the cut-off to which `field_name` leads."""

    field_class = forms.RegexField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, regex=PERIOD.replace("$", r"\Z"), **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        year, cutoff = value.split("-")
        path = f"{self.field_name}__" if self.field_name else ""
        return qs.filter(**{f"{path}fiscal_year__year": int(year), f"{path}cutoff": cutoff})


class FilterSet(filters.FilterSet):  # type: ignore[misc]
    FILTER_DEFAULTS = {
        **FILTER_FOR_DBFIELD_DEFAULTS,
        models.ForeignKey: {"filter_class": KeyFilter},
        models.OneToOneField: {"filter_class": KeyFilter},
        models.PositiveSmallIntegerField: {"filter_class": KeyFilter},
        models.PositiveIntegerField: {"filter_class": KeyFilter},
    }


class FilterBackend(filters.DjangoFilterBackend):  # type: ignore[misc]
    filterset_base = FilterSet
