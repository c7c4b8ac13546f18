"""Model fields whose type carries the unit: million rials, percent, quantity, cost of a unit.

They add no constraint of their own; a model says with `million_rial_check` which of its amounts may be what.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from budget_portal import forms as portal_forms
from budget_portal.digits import group
from budget_portal.numbers import MAX_MILLION_RIALS, read_amount


class MillionRialField(models.BigIntegerField):  # type: ignore[type-arg]
    """Whole million rials, at most 15 digits (decision 8)."""

    description = "Amount in million rials"
    MAX = MAX_MILLION_RIALS

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            read = read_amount(value, allow_negative=True)
            if read.problem:
                raise ValidationError(read.problem, code="invalid")
            return read.value
        return self._whole(value)

    def get_prep_value(self, value: Any) -> Any:
        """As Django's, but a fraction is refused where `int()` would cut it off."""
        return super().get_prep_value(self._whole(value) if isinstance(value, float | Decimal) else value)

    @staticmethod
    def _whole(value: Any) -> int | None:
        if value is None:
            return None
        if value != int(value):
            raise ValidationError("مبلغ باید عدد صحیح میلیون ریال باشد.", code="invalid")
        return int(value)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return _formfield(self, portal_forms.AmountField, kwargs)


class _FixedDecimalField(models.DecimalField):  # type: ignore[type-arg]
    """A decimal whose digits belong to the type, so migrations name only the type."""

    digits: int
    places: int
    form_class: type[forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=self.digits, decimal_places=self.places)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return _formfield(self, self.form_class, kwargs)


class PercentField(_FixedDecimalField):
    """Percent with two decimals; up to 99999.99, since shares of an exceeded base pass 100."""

    description = "Percent"
    digits, places = 7, 2
    form_class = portal_forms.PercentFormField


class QuantityField(_FixedDecimalField):
    """Quantity of work or service, in the unit that stands beside it."""

    description = "Quantity"
    digits, places = 18, 3
    form_class = portal_forms.QuantityFormField


class UnitCostField(_FixedDecimalField):
    """Million rials per unit of work or service."""

    description = "Million rials per unit"
    digits, places = 18, 3
    form_class = portal_forms.QuantityFormField


def _formfield(field: Any, form_class: type[forms.Field], kwargs: dict[str, Any]) -> forms.Field | None:
    """Django's form field of any model field; the admin's number input gives way, it loses Persian digits."""
    widget = kwargs.get("widget")
    if widget is not None and issubclass(
        widget if isinstance(widget, type) else type(widget), forms.NumberInput
    ):
        del kwargs["widget"]
    return models.Field.formfield(field, **{"form_class": form_class, **kwargs})


def million_rial_check(*names: str, allow_negative: bool = False, name: str) -> models.CheckConstraint:
    """The range of the named amounts, as one constraint; a missing amount passes."""
    least = -MAX_MILLION_RIALS if allow_negative else 0
    condition = Q()
    for field in names:
        condition &= Q(**{f"{field}__gte": least, f"{field}__lte": MAX_MILLION_RIALS})
    return models.CheckConstraint(
        condition=condition,
        name=name,
        violation_error_message=(
            f"مبلغ باید عدد صحیح میلیون ریال باشد، از {group(least)} تا {group(MAX_MILLION_RIALS)}."
        ),
    )
