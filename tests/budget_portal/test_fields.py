"""Model fields whose type carries the unit."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from budget_portal.fields import (
    MillionRialField,
    PercentField,
    QuantityField,
    UnitCostField,
    million_rial_check,
)
from budget_portal.forms import AmountField, FigureInput, PercentFormField, QuantityFormField

MAX = MillionRialField.MAX


@pytest.mark.parametrize(
    ("field", "written"),
    [
        (
            MillionRialField("اعتبار", null=True),
            "budget_portal.fields.MillionRialField(null=True, verbose_name='اعتبار')",
        ),
        (PercentField(default=0), "budget_portal.fields.PercentField(default=0)"),
        (QuantityField(), "budget_portal.fields.QuantityField()"),
        (UnitCostField(blank=True), "budget_portal.fields.UnitCostField(blank=True)"),
    ],
)
def test_migrations_name_the_type_and_not_its_digits(field, written):
    assert MigrationWriter.serialize(field)[0] == written
    _, path, args, kwargs = field.deconstruct()
    clone = field.__class__(*args, **kwargs)
    assert clone.deconstruct()[1:] == (path, args, kwargs)


def test_the_digits_of_each_type():
    assert [(field.max_digits, field.decimal_places) for field in (PercentField(), QuantityField(), UnitCostField())] == [
        (7, 2), (18, 3), (18, 3),
    ]  # fmt: skip
    assert MAX == 999_999_999_999_999


@pytest.mark.parametrize(
    ("raw", "value"),
    [(None, None), ("", None), ("۲۷٬۶۵۰", 27650), ("-5", -5), (7, 7), (7.0, 7), (Decimal(7), 7)],
)
def test_values_that_an_amount_takes(raw, value):
    assert MillionRialField(null=True).to_python(raw) == value


@pytest.mark.parametrize("raw", ["1.5", "1_000", "abc", 1.5, Decimal("1.5")])
def test_values_that_it_refuses(raw):
    with pytest.raises(ValidationError):
        MillionRialField().to_python(raw)


def test_a_fraction_never_reaches_the_database():
    field = MillionRialField()
    assert field.get_prep_value(Decimal("7.0")) == 7
    assert field.get_prep_value(7) == 7
    assert field.get_prep_value(None) is None
    with pytest.raises(ValidationError):
        field.get_prep_value(1.9)


@pytest.mark.parametrize(
    ("field", "form_field"),
    [
        (MillionRialField("اعتبار"), AmountField),
        (PercentField(), PercentFormField),
        (QuantityField(), QuantityFormField),
        (UnitCostField(), QuantityFormField),
    ],
)
def test_forms_read_persian_digits(field, form_field):
    made = field.formfield()
    assert type(made) is form_field
    assert isinstance(made.widget, FigureInput)
    assert made.clean("۱۲") == 12


@pytest.mark.parametrize("widget", [forms.NumberInput, forms.NumberInput()])
def test_a_number_input_gives_way(widget):
    assert isinstance(MillionRialField().formfield(widget=widget).widget, FigureInput)


def test_another_widget_is_kept():
    assert isinstance(MillionRialField().formfield(widget=forms.HiddenInput).widget, forms.HiddenInput)


@pytest.mark.django_db
@isolate_apps("budget_portal")
def test_a_check_covers_all_named_amounts():
    class Line(models.Model):  # noqa: DJ008
        spent = MillionRialField(null=True)
        received = MillionRialField()

        class Meta:
            app_label = "budget_portal"

    both = million_rial_check("spent", "received", name="line_money")
    signed = million_rial_check("received", allow_negative=True, name="line_signed")
    both.validate(Line, Line(spent=None, received=0))
    both.validate(Line, Line(spent=MAX, received=MAX))
    signed.validate(Line, Line(received=-MAX))
    for wrong in (Line(spent=-1, received=0), Line(spent=0, received=MAX + 1)):
        with pytest.raises(ValidationError, match="از ۰ تا ۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹"):
            both.validate(Line, wrong)
    with pytest.raises(ValidationError):
        signed.validate(Line, Line(received=-MAX - 1))
    assert both.name == "line_money"
