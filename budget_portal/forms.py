"""Forms at the edge: Persian digits and Jalali dates in, exact values out; one field template for all.

Inputs are text, never `number` or `date`: browsers give an empty value for Persian digits typed into those.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import django.contrib.admin
import django.forms
from django import forms
from django.core.exceptions import ValidationError
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

from budget_portal import identifiers, jalali, numbers, text
from budget_portal.digits import to_persian

PACKAGES = (django.forms, django.contrib.admin)  # the widgets of the technicians' pages are drawn here too
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


# --- rendering ----------------------------------------------------------------------------------------------


class PortalBoundField(BoundField):
    """Django's bound field with the input's class, and the words of the one field template."""

    @property
    def optional(self) -> bool:
        return not self.field.required and not self.is_hidden

    @property
    def is_check(self) -> bool:
        """A single box to tick: its label stands after the input."""
        return getattr(self.field.widget, "input_type", "") == "checkbox" and not self.use_fieldset

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return built
        classes = [built.pop("class", "") or widget.attrs.get("class", "")]
        if not self.use_fieldset:
            classes.append("field__check" if self.is_check else "field__input")
            if self.field.required and not isinstance(widget, forms.FileInput):
                built["aria-required"] = "true"
        if joined := " ".join(filter(None, classes)):
            built["class"] = joined
        return built


class PortalFormRenderer(DjangoTemplates):
    """Forms find our templates first, then Django's widgets; they need no entry in INSTALLED_APPS."""

    form_template_name = "components/field_list.html"
    field_template_name = "components/field.html"
    bound_field_class = PortalBoundField

    @cached_property
    def engine(self) -> Any:
        return self.backend(
            {
                "APP_DIRS": False,
                "DIRS": [
                    TEMPLATES,
                    *(Path(str(package.__file__)).parent / "templates" for package in PACKAGES),
                ],
                "NAME": "portalforms",
                "OPTIONS": {"builtins": ["budget_portal.templatetags.portal"]},
            }
        )


@dataclass(frozen=True)  # a NamedTuple beside forms makes mypy with django-stubs run in circles
class FieldProblem:
    """One line of the error summary: where it links to (empty for the form itself) and what it says."""

    field_id: str
    message: str

    @property
    def url(self) -> str:
        return f"#{self.field_id}" if self.field_id else ""


class PortalFormMixin:
    """Error summary, Persian «required» sentences, no browser bubbles before the server has answered."""

    use_required_attribute = False
    label_suffix = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            if type(field) is forms.CharField:
                field.validators = [*field.validators, visible_only]
            if getattr(field, "empty_label", None) == BLANK_CHOICE_DASH[0][1]:
                field.empty_label = "—"
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                label = field.label or name
                field.error_messages = {
                    **field.error_messages,
                    "required": required_sentence(field, str(label)),
                }

    def error_summary(self) -> list[FieldProblem]:
        """Every problem with the id of its field, in the order of the page; the form's own come first."""
        problems = [FieldProblem("", str(message)) for message in self.non_field_errors()]  # type: ignore[attr-defined]
        for bound in self:  # type: ignore[attr-defined]
            problems += [FieldProblem(_first_id(bound), str(message)) for message in bound.errors]
        return problems


def _first_id(bound: BoundField) -> str:
    """The id that the link of a problem jumps to: the input, or the first of a group."""
    if bound.use_fieldset and bound.subwidgets:
        return bound.subwidgets[0].id_for_label or bound.auto_id
    return bound.id_for_label or bound.auto_id


def visible_only(written: str) -> None:
    """A line of nothing but invisible characters is empty to its reader."""
    if text.is_blank(written):
        raise ValidationError(
            "در این خانه چیزی دیده نمی‌شود؛ آن را پاک کنید و دوباره بنویسید.", code="invisible"
        )


def required_sentence(field: forms.Field, label: str) -> str:
    if isinstance(field, forms.FileField):
        return f"«{label}» را پیوست کنید."
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return f"«{label}» را انتخاب کنید."
    if isinstance(field, forms.BooleanField):
        return f"«{label}» را تأیید کنید."
    return f"«{label}» را وارد کنید."


class PortalForm(PortalFormMixin, forms.Form):
    pass


class PortalModelForm(PortalFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    pass


# --- figures ------------------------------------------------------------------------------------------------


class FigureInput(forms.TextInput):
    """A text input whose keyboard is numeric and whose digits run left to right."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, mode: str = "decimal") -> None:
        fixed = {"inputmode": mode, "dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
        super().__init__({**fixed, **(attrs or {})})


class _FigureField(forms.Field):
    """What the figure fields share: blank is None, a problem is the reader's own sentence."""

    mode = "decimal"
    read: Callable[[Any], numbers.ReadNumber[Any]]

    def __init__(self, *, allow_negative: bool = False, **kwargs: Any) -> None:
        self.allow_negative = allow_negative
        kwargs.setdefault("widget", FigureInput(mode=self.mode))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        found = self.read(value)
        if found.problem:
            raise ValidationError(found.problem, code="invalid")
        return found.value

    def prepare_value(self, value: Any) -> Any:
        """ASCII in the input; what could not be read stays as it was typed."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) and value.is_finite() else value


class AmountField(_FigureField):
    """Whole million rials."""

    mode = "numeric"

    def read(self, value: Any) -> numbers.ReadNumber[int]:
        return numbers.read_amount(value, allow_negative=self.allow_negative)


class QuantityFormField(_FigureField):
    """A quantity or the cost of a unit, three decimals."""

    def read(self, value: Any) -> numbers.ReadNumber[Decimal]:
        return numbers.read_quantity(value, allow_negative=self.allow_negative)


class PercentFormField(_FigureField):
    """A percent of two decimals; up to 100 unless `most` says otherwise."""

    def __init__(self, *, most: Decimal = Decimal(100), **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def read(self, value: Any) -> numbers.ReadNumber[Decimal]:
        return numbers.read_percent(value, allow_negative=self.allow_negative, most=self.most)


class DegreesField(QuantityFormField):
    """Latitude or longitude in degrees; kept with five places, about a metre."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = Decimal(most)
        super().__init__(allow_negative=True, **kwargs)

    def read(self, value: Any) -> numbers.ReadNumber[Decimal]:
        return numbers.read_quantity(value, 15, allow_negative=True, most=self.most)

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return None if found is None else found.quantize(Decimal("0.00001"))


# --- dates --------------------------------------------------------------------------------------------------


class JalaliDateField(forms.Field):
    """One text field, year first; the value is a Gregorian date. A picker attaches to `data-jalali`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FigureInput({"data-jalali": "", "maxlength": "20"}, mode="numeric"))
        kwargs.setdefault("help_text", _("مانند ۱۴۰۵/۰۸/۲۹"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, dt.datetime):
            return jalali.local(value).date()
        if value is None or isinstance(value, dt.date):
            return value
        if text.is_blank(value):
            return None
        try:
            return jalali.parse(value)
        except jalali.DateProblem as problem:
            raise ValidationError(str(problem), code="invalid") from problem

    def prepare_value(self, value: Any) -> Any:
        return jalali.format_iso(value) if isinstance(value, dt.date) else value


# --- identifiers --------------------------------------------------------------------------------------------


class _CodeField(forms.CharField):
    """A code of digits: stored in ASCII without separators, refused with the reader's sentence."""

    problem: Callable[[str], str | None]
    autocomplete = "off"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FigureInput({"autocomplete": self.autocomplete}, mode="numeric"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        written = super().to_python(value) or ""
        if text.is_blank(written):
            return self.empty_value
        if problem := self.problem(written):
            raise ValidationError(problem, code="invalid")
        return self.stored(written)

    def stored(self, written: str) -> str:
        return identifiers.clean(written)


class NationalCodeField(_CodeField):
    problem = staticmethod(identifiers.national_code_problem)


class LegalIdField(_CodeField):
    problem = staticmethod(identifiers.legal_id_problem)


class MobileField(_CodeField):
    problem = staticmethod(identifiers.mobile_problem)
    autocomplete = "tel-national"

    def stored(self, written: str) -> str:
        return identifiers.normalise_mobile(written)


# --- text ---------------------------------------------------------------------------------------------------


class NameField(forms.CharField):
    """The name of something: one line, normalised, nothing invisible in it."""

    def to_python(self, value: Any) -> Any:
        written = text.normalise(super().to_python(value) or "")
        if not written:
            return self.empty_value
        if problem := text.name_problem(written):
            raise ValidationError(problem, code="invalid")
        return written


class ProseField(forms.CharField):
    """Text of several lines; pasted invisible characters are dropped, lengths count what can be seen."""

    widget = forms.Textarea

    def __init__(self, *, min_length: int = 0, rows: int = 4, **kwargs: Any) -> None:
        self.least = min_length
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        written = text.normalise(text.strip_invisible(super().to_python(value) or ""), multiline=True)
        if not written:
            return self.empty_value
        length = text.visible_length(written)
        if length < self.least:
            raise ValidationError(
                f"«{self.label or _('متن')}» باید دست‌کم {to_persian(self.least)} نویسه باشد؛"
                f" اکنون {to_persian(length)} نویسه است.",
                code="min_length",
            )
        return written


class ReasonField(ProseField):
    """Why something was returned, reopened, refused: it must say something (domain guide: 20 characters)."""

    def __init__(self, *, min_length: int = 20, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("دلیل"))
        kwargs.setdefault("help_text", f"دست‌کم {to_persian(min_length)} نویسه")
        super().__init__(min_length=min_length, **kwargs)
