"""The forms of a visit: nothing is required while it is written; what cannot be read is said and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from agreements.models import Activity
from budget_portal import numbers
from budget_portal.digits import group, to_persian
from budget_portal.forms import (
    AmountField,
    DegreesField,
    JalaliDateField,
    NameField,
    PercentFormField,
    PortalBoundField,
    PortalForm,
    ProseField,
    QuantityFormField,
    ReasonField,
)
from monitoring.models import DelayCause, FieldVisit, VisitFinding
from monitoring.models.visits import QUALITY
from monitoring.visits import FACTS

MOST_CAUSES = 5
HUNDRED = Decimal(100)


class DaysField(QuantityFormField):
    def read(self, value: Any) -> numbers.ReadNumber[Decimal]:
        return numbers.read_quantity(value, 1, most=Decimal(9999))


class CountField(AmountField):
    """A whole number of people or metres."""

    def __init__(self, *, most: int = 1_000_000, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        if found is not None and found > self.most:
            raise ValidationError(f"عدد بزرگ‌تر از بیشینهٔ {to_persian(self.most)} است.", code="most")
        return found


class DayOfVisitField(JalaliDateField):
    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        if day is not None and day > timezone.localdate():
            raise ValidationError("تاریخ بازدید در آینده است.", code="future")
        return day


def _line(label: str, length: int) -> NameField:
    return NameField(label=label, max_length=length, required=False)


def _prose(label: str, rows: int = 3) -> ProseField:
    return ProseField(label=label, rows=rows, required=False, max_length=4000)


def _choice(label: str, choices: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices), widget=forms.RadioSelect, required=False)


QUALITIES = {
    "quality_materials": "مصالح",
    "quality_workmanship": "اجرا",
    "quality_safety": "ایمنی",
    "quality_documents": "مستندات",
    "quality_overall": "کیفیت کلی",
}


_ASKED = frozenset({"visited_on", "visitors", "place_reason", "dispute_comment"})


class _Asked(PortalBoundField):
    """Nothing is required of a draft, yet these are asked before it is handed in: they are not «optional»."""

    @property
    def optional(self) -> bool:
        if self.name == "remarks":
            return bool(cast("VisitForm", self.form).visit.project_id)
        return self.name not in _ASKED and not self.name.startswith(("cause_", "share_"))


class VisitForm(PortalForm):
    """All of a visit in one form: its facts, and one field per operation, cause of delay or activity."""

    bound_field_class = _Asked

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    visited_on = DayOfVisitField(label="تاریخ بازدید", required=False)
    visitors = _line("بازدیدکنندگان", 300)
    person_days = DaysField(label="نفرروز", required=False)
    agency_representative = _line("نمایندهٔ دستگاه", 120)
    contractor_representative = _line("نمایندهٔ پیمانکار", 120)
    weather = _line("وضع هوا", 60)
    latitude = DegreesField(label="عرض جغرافیایی", most=90, required=False, help_text="درجه، مانند ۳۱٫۳۲۰۳۱")
    longitude = DegreesField(
        label="طول جغرافیایی", most=180, required=False, help_text="درجه، مانند ۴۸٫۶۶۹۲۰"
    )
    accuracy_m = CountField(label="دقت (متر)", required=False)
    place_reason = _prose("علت فاصله با محل پروژه", 2)
    site_state = _choice("وضع کارگاه", FieldVisit.SiteState.choices)
    workers = CountField(label="نیروی کار حاضر (نفر)", required=False)
    machinery = _line("ماشین‌آلات", 200)
    quality_materials = _choice(QUALITIES["quality_materials"], QUALITY)
    quality_workmanship = _choice(QUALITIES["quality_workmanship"], QUALITY)
    quality_safety = _choice(QUALITIES["quality_safety"], QUALITY)
    quality_documents = _choice(QUALITIES["quality_documents"], QUALITY)
    quality_overall = _choice(QUALITIES["quality_overall"], QUALITY)
    obstacles = _prose("موانع")
    recommendations = _prose("پیشنهادها")
    remarks = _prose("توضیح و نتیجهٔ کلی")
    dispute_comment = _prose("نظر کارشناس دربارهٔ اختلاف با اعلام دستگاه")

    def __init__(
        self, visit: FieldVisit, activities: Iterable[Activity], data: Any = None, files: Any = None
    ) -> None:
        self.visit = visit
        self.measurements = list(visit.measurements.select_related("operation"))
        self.activities = list(activities)
        self.causes = list(DelayCause.objects.all()) if visit.project_id else []
        initial = {name: getattr(visit, name) for name in FACTS} | {"version": visit.version}
        super().__init__(data, files, initial=initial)
        if visit.state == "done":
            self.fields["visited_on"].required = True
            self.fields["visited_on"].error_messages["required"] = "تاریخ بازدید را وارد کنید."
        self._add_quantities()
        self._add_causes()
        self._add_activities()

    # --- fields that depend on the visit --------------------------------------------------------------------

    def _add_quantities(self) -> None:
        for row in self.measurements:
            name = f"quantity_{row.pk}"
            self.fields[name] = QuantityFormField(label=row.operation.title, required=False)
            self.initial[name] = row.raw or row.quantity_done

    def _add_causes(self) -> None:
        if not self.causes:
            return
        said = list(self.visit.delay_causes.all())
        choices = [("", "—"), *((str(cause.pk), cause.title) for cause in self.causes)]
        for index in range(MOST_CAUSES):
            label = f"علت {to_persian(index + 1)}"
            self.fields[f"cause_{index}"] = forms.ChoiceField(label=label, choices=choices, required=False)
            self.fields[f"share_{index}"] = PercentFormField(label=f"سهم {label} (٪)", required=False)
            self.fields[f"about_{index}"] = _line(f"توضیح {label}", 300)
            if index < len(said):
                row = said[index]
                values = {"cause": str(row.cause_id), "share": row.share, "about": row.text}
                self.initial.update({f"{key}_{index}": value for key, value in values.items()})

    def _add_activities(self) -> None:
        checks = {check.activity_id: check for check in self.visit.activity_checks.all()}
        for row in self.activities:
            key, check = row.pk, checks.get(row.pk)
            self.fields[f"volume_{key}"] = QuantityFormField(
                label=f"حجم تأییدشدهٔ {row.title}", required=False
            )
            self.fields[f"seen_{key}"] = _line(f"مستندات دیده‌شدهٔ {row.title}", 300)
            self.fields[f"remark_{key}"] = _prose(f"توضیح {row.title}", 2)
            if check is not None:
                self.initial[f"volume_{key}"] = check.volume_verified
                self.initial[f"seen_{key}"] = check.documents_seen
                self.initial[f"remark_{key}"] = check.remark

    # --- reading --------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._point_is_whole(cleaned)
        self._causes_are_whole(cleaned)
        return cleaned

    def _point_is_whole(self, cleaned: dict[str, Any]) -> None:
        for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if name in cleaned and cleaned[name] is None and cleaned.get(other) is not None:
                self.add_error(name, "عرض و طول جغرافیایی را با هم وارد کنید.")
                cleaned.pop(other)

    def _causes_are_whole(self, cleaned: dict[str, Any]) -> None:
        """Causes are told apart, each with its share, and the shares make 100."""
        total, seen = Decimal(0), set()
        for index in range(MOST_CAUSES if self.causes else 0):
            cause, share = cleaned.get(f"cause_{index}"), cleaned.get(f"share_{index}")
            if not cause and share is None:
                continue
            total += share or 0
            if not cause:
                self.add_error(f"cause_{index}", "علت این سهم را انتخاب کنید.")
            elif not share:
                self.add_error(f"share_{index}", "سهم این علت را وارد کنید.")
            elif cause in seen:
                self.add_error(f"cause_{index}", "این علت یک بار پیش‌تر انتخاب شده است.")
            elif self._needs_text(cause) and not cleaned.get(f"about_{index}"):
                self.add_error(f"about_{index}", "برای این علت توضیح بنویسید.")
            seen.add(cause)
        if seen and total != HUNDRED and not self._bad_causes():
            self.add_error("share_0", f"جمع سهم علت‌ها باید ۱۰۰ باشد؛ اکنون {group(total.normalize())} است.")

    def _needs_text(self, cause: str) -> bool:
        return any(str(row.pk) == cause and row.needs_text for row in self.causes)

    def _bad_causes(self) -> bool:
        return any(name.startswith(("cause_", "share_", "about_")) for name in self.errors)

    # --- what is saved: everything that could be read -------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS if name in self.cleaned_data}

    def quantities(self) -> dict[int, tuple[Decimal | None, str]]:
        """Measurement -> quantity, or the text that could not be read."""
        found: dict[int, tuple[Decimal | None, str]] = {}
        for row in self.measurements:
            name = f"quantity_{row.pk}"
            if name in self.cleaned_data:
                found[row.pk] = (self.cleaned_data[name], "")
            elif name in self.data:
                found[row.pk] = (None, str(self.data[name]).strip())
        return found

    def delay_causes(self) -> dict[DelayCause, tuple[Decimal, str]] | None:
        """None while they are not whole: what was saved before stays."""
        if not self.causes or self._bad_causes():
            return None
        by_key = {str(row.pk): row for row in self.causes}
        said = ((f"cause_{i}", f"share_{i}", f"about_{i}") for i in range(MOST_CAUSES))
        return {
            by_key[self.cleaned_data[cause]]: (self.cleaned_data[share], self.cleaned_data[about])
            for cause, share, about in said
            if self.cleaned_data.get(cause)
        }

    def checks(self) -> dict[int, tuple[Decimal | None, str, str]]:
        """Activity -> verified volume, documents, remark; rows where nothing was or is written are left out."""
        found = {}
        for row in self.activities:
            names = [f"{part}_{row.pk}" for part in ("volume", "seen", "remark")]
            if all(name in self.cleaned_data for name in names) and self.has_any(names):
                volume, seen, remark = (self.cleaned_data[name] for name in names)
                found[row.pk] = (volume, seen, remark)
        return found

    def has_any(self, names: Iterable[str]) -> bool:
        empty = (None, "")
        return any(
            self.cleaned_data[name] not in empty or self.initial.get(name) not in empty for name in names
        )


class FindingForm(PortalForm):
    """A new finding; all empty means none."""

    prefix = "finding"

    text = ProseField(label="شرح یافته", rows=2, required=False, max_length=4000)
    severity = forms.ChoiceField(
        label="شدت",
        choices=list(VisitFinding.Severity.choices),
        widget=forms.RadioSelect,
        required=False,
    )
    responsible = _line("مسئول رفع", 120)
    due_on = JalaliDateField(label="مهلت رفع", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        said = [name for name in ("text", "severity", "responsible", "due_on") if cleaned.get(name)]
        if said and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", "شرح یافته را بنویسید.")
        if said and not cleaned.get("severity") and "severity" not in self.errors:
            self.add_error("severity", "شدت یافته را انتخاب کنید.")
        return cleaned

    @property
    def is_written(self) -> bool:
        return self.is_valid() and bool(self.cleaned_data.get("text"))


class PlanForm(PortalForm):
    """A new visit: for which cut-off, and when."""

    period = forms.ChoiceField(label="مقطع")
    planned_for = JalaliDateField(label="روز برنامه‌ریزی‌شده", required=False)
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, periods: Iterable[tuple[int, str]], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["period"].choices = [(str(pk), label) for pk, label in periods]  # type: ignore[attr-defined]


class ReturnVisitForm(PortalForm):
    reason = ReasonField(label="دلیل برگشت بازدید")


class ReplyForm(PortalForm):
    text = ProseField(label="پاسخ دستگاه", min_length=10, max_length=4000)


class FollowForm(PortalForm):
    text = ProseField(label="شرح اقدام", min_length=10, max_length=4000, rows=3)
