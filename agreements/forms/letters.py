"""Shape of what consolidation types into letters and their lines."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.models import Agency
from agreements import letters
from agreements.kinds import Kind
from agreements.ledger import open_advances
from agreements.letters import ALLOCATION, Letter, Sort
from agreements.models import (
    AllocationLine,
    ExpenseChapter,
    FiscalYear,
    FundingSource,
    Plan,
    Programme,
    Project,
    ReportingPeriod,
)
from budget_portal import jalali
from budget_portal.digits import group, to_persian
from budget_portal.forms import AmountField, JalaliDateField, NameField, PortalForm, ProseField, ReasonField

if TYPE_CHECKING:
    from accounts.models import User

TYPES = "application/pdf,image/jpeg,image/png"


class _Titled(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice that says the code too."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{to_persian(obj.code)} – {obj}" if getattr(obj, "code", "") else str(obj)


class _Period(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_cutoff_display()} {to_persian(obj.fiscal_year.year)}"


class _Year(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return to_persian(obj.year)


class _Advance(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Advances of the agency that are still open, with what is left of each."""

    left: dict[int, int]

    def label_from_instance(self, obj: Any) -> str:
        number, left = to_persian(obj.notice.letter_number), group(self.left.get(obj.pk, 0))
        return f"{letters.title_of(obj)} · نامهٔ {number} · باز: {left}"


class HeadForm(PortalForm):
    """Agency, kind and year are chosen once, when the letter is begun."""

    agency = _Titled(Agency.objects.none(), label="دستگاه اجرایی")
    kind = forms.ChoiceField(label="نوع اعتبار", choices=Kind.choices)
    fiscal_year = _Year(FiscalYear.objects.none(), label="سال مالی")
    period = _Period(ReportingPeriod.objects.none(), label="مقطع تخصیص")
    letter_number = NameField(label="شمارهٔ نامه", max_length=60)
    letter_date = JalaliDateField(label="تاریخ نامه")
    valid_from = JalaliDateField(label="لازم‌الاجرا از", required=False, help_text="خالی: از تاریخ نامه")
    note = ProseField(label="توضیح", required=False, max_length=2000, rows=2)
    document = forms.FileField(
        label="نامهٔ پویش‌شده", required=False, widget=forms.FileInput(attrs={"accept": TYPES})
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, sort: Sort, user: User, letter: Letter | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        del fields["fiscal_year" if sort is ALLOCATION else "period"]
        years = FiscalYear.objects.for_user(user)
        if letter is not None:
            del fields["agency"], fields["kind"]
            fields.pop("fiscal_year", None)
            years = years.filter(pk=letters.year_of(letter))
        else:
            agencies = Agency.objects.for_user(user).filter(is_active=True)
            fields["agency"].queryset = agencies.order_by("code")
            if "fiscal_year" in fields:
                fields["fiscal_year"].queryset = years
        if "period" in fields:
            periods = ReportingPeriod.objects.for_user(user).filter(fiscal_year__in=years)
            newest = periods.select_related("fiscal_year").order_by("-fiscal_year__year", "cutoff_date")
            fields["period"].queryset = newest

    @classmethod
    def of(cls, sort: Sort, letter: Letter, user: User) -> HeadForm:
        names = ("letter_number", "letter_date", "valid_from", "note")
        initial = {name: getattr(letter, name) for name in names}
        initial |= {"period": getattr(letter, "period", None), "seen": letters.seen(letter, sort.head)}
        return cls(sort=sort, user=user, letter=letter, initial=initial)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("letter_date") and not data.get("valid_from"):
            data["valid_from"] = data["letter_date"]
        return data

    def values(self) -> dict[str, Any]:
        """What the verb takes, without the file, which is stored first."""
        data = dict(self.cleaned_data)
        for name in ("document", "seen"):
            data.pop(name, None)
        if "agency" not in data and "period" in data:
            data["period_id"] = data.pop("period").pk
        return data


class _LineForm(PortalForm):
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, letter: Letter, user: User, line: Any = None, year: FiscalYear, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        # A letter of a year may count from a day after it; classification is that of the year.
        day = min(max(letter.valid_from, year.starts_on), year.ends_on)
        named = {"funding_source": FundingSource, "programme": Programme, "expense_chapter": ExpenseChapter}
        for name, model in named.items():
            rows = model.objects.for_user(user)
            theirs = rows.filter(pk=getattr(line, f"{name}_id", None))
            fields[name].queryset = (rows.valid_on(day) | theirs).order_by("code")
        if letter.kind != "expense":
            del fields["programme"], fields["expense_chapter"]

    def initial_of(self, sort: Sort, line: Any) -> None:
        for name in sort.parts:
            short = name.removesuffix("_id")
            if short in self.fields:
                self.initial[short] = getattr(line, name)
        self.initial["seen"] = letters.seen(line, sort.parts)

    def values(self) -> dict[str, Any]:
        """By column; what a kind of letter does not ask is empty."""
        found = {}
        for name, value in self.cleaned_data.items():
            if name != "seen":
                is_row = isinstance(self.fields[name], forms.ModelChoiceField)
                found[f"{name}_id" if is_row else name] = getattr(value, "pk", None) if is_row else value
        return found


class NotificationLineForm(_LineForm):
    plan = _Titled(Plan.objects.none(), label="طرح")
    programme = _Titled(Programme.objects.none(), label="برنامه")
    expense_chapter = _Titled(ExpenseChapter.objects.none(), label="فصل هزینه")
    funding_source = _Titled(FundingSource.objects.none(), label="منبع")
    amount = AmountField(
        label="مبلغ (میلیون ریال)", allow_negative=True, help_text="منفی: کاهش اعتبار ابلاغ‌شده"
    )
    scope = forms.ChoiceField(label="بودجه", choices=[("provincial", "استانی"), ("national", "ملی")])
    budget_row = NameField(label="ردیف بودجه", max_length=30, required=False)

    def __init__(self, *args: Any, letter: Letter, user: User, **kwargs: Any) -> None:
        super().__init__(*args, letter=letter, user=user, **kwargs)
        fields: dict[str, Any] = self.fields
        if letter.kind == "expense":
            del fields["plan"]
            return
        # Plans of other agencies never take this agency's credit; a plan without projects may be anybody's.
        plans = Plan.objects.for_user(user).filter(organization=letter.agency.organization_id)
        others = Project.objects.for_user(user).exclude(agency=letter.agency_id).values("plan")
        own = Project.objects.for_user(user).filter(agency=letter.agency_id).values("plan")
        fields["plan"].queryset = (plans.exclude(pk__in=others) | plans.filter(pk__in=own)).order_by("code")

    def values(self) -> dict[str, Any]:
        found = super().values()
        if plan := self.cleaned_data.get("plan"):
            found["programme_id"] = plan.programme_id
        return found


class AllocationLineForm(_LineForm):
    project = _Titled(Project.objects.none(), label="پروژه", required=False)
    programme = _Titled(Programme.objects.none(), label="برنامه", required=False)
    expense_chapter = _Titled(ExpenseChapter.objects.none(), label="فصل هزینه", required=False)
    funding_source = _Titled(FundingSource.objects.none(), label="منبع", required=False)
    amount = AmountField(label="مبلغ (میلیون ریال)", allow_negative=True, help_text="منفی: برگشت تخصیص")
    instrument = forms.ChoiceField(label="نقد یا اوراق", choices=AllocationLine.Instrument.choices)
    symbol = NameField(label="نماد اوراق", max_length=30, required=False, help_text="تنها برای اسناد خزانه")
    due_date = JalaliDateField(label="سررسید اوراق", required=False, help_text="تنها برای اسناد خزانه")
    collected = AmountField(
        label="وصولی تجمعی (میلیون ریال)", required=False, help_text="تنها برای درآمد اختصاصی"
    )
    is_advance = forms.BooleanField(label="تنخواه است", required=False)
    converted_from = _Advance(
        AllocationLine.objects.none(),
        label="تبدیل یا برگشت تنخواه",
        required=False,
        help_text="ردیف از تنخواه گرفته می‌شود؛ مثبت: تبدیل به تخصیص، منفی: برگشت",
    )

    def __init__(self, *args: Any, letter: Letter, user: User, **kwargs: Any) -> None:
        super().__init__(*args, letter=letter, user=user, **kwargs)
        fields: dict[str, Any] = self.fields
        left = open_advances(letters.entries(ALLOCATION, letter))
        rows = AllocationLine.objects.for_user(user).filter(pk__in=left)
        fields["converted_from"].left = left
        fields["converted_from"].queryset = letters.with_names(ALLOCATION, rows).select_related("notice")
        if not left:
            del fields["converted_from"]
        for name in ("project", "programme", "expense_chapter", "funding_source"):
            if name in fields:
                fields[name].required = not left
                fields[name].help_text = "از تنخواه گرفته می‌شود، اگر آن را برگزینید" if left else ""
        if letter.kind == "expense":
            del fields["project"]
        else:
            own = Project.objects.for_user(user).filter(agency=letter.agency_id)
            fields["project"].queryset = own.order_by("code")

    def clean(self) -> dict[str, Any]:
        """A line that closes a part of an advance is the advance's line; any other names its own."""
        data = super().clean() or {}
        names = [name for name in ("project", "programme", "expense_chapter") if name in self.fields]
        for name in (*names, "funding_source"):
            if advance := data.get("converted_from"):
                data[name] = getattr(advance, name)
            elif name not in self.errors and not data.get(name):
                self.add_error(name, f"«{self.fields[name].label}» را انتخاب کنید.")
        if data.get("instrument") == "securities":
            for name in ("symbol", "due_date"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, f"اسناد خزانه «{self.fields[name].label}» می‌خواهد.")
        elif data.get("symbol") or data.get("due_date"):
            self.add_error("symbol", "نماد و سررسید تنها برای اسناد خزانه نوشته می‌شود.")
        if data.get("is_advance") and (data.get("instrument") != "cash" or (data.get("amount") or 0) < 0):
            self.add_error("is_advance", "تنخواه نقدی و بیش از صفر است.")
        if data.get("is_advance") and data.get("converted_from"):
            self.add_error("is_advance", "ردیف یا تنخواه است یا تبدیل آن.")
        return data


class CancelForm(PortalForm):
    reason = ReasonField(label="دلیل ابطال")


def line_form(
    sort: Sort, letter: Letter, user: User, data: Any = None, *, line: Any = None
) -> NotificationLineForm | AllocationLineForm:
    """Of a new line, or of one that stands and keeps what it names."""
    form = AllocationLineForm if sort is ALLOCATION else NotificationLineForm
    year = FiscalYear.objects.for_user(user).get(pk=letters.year_of(letter))
    return form(data, letter=letter, user=user, line=line, year=year)


def said(form: forms.BaseForm, column: str, value: Any) -> tuple[str, str]:
    """Label and printed value of a column, for the page that shows both sides of a conflict."""
    name = column.removesuffix("_id")
    field = form.fields.get(name)
    label = str(field.label) if field else name
    if isinstance(field, forms.ModelChoiceField):
        row = field.queryset.filter(pk=value).first() if field.queryset is not None else None
        return label, field.label_from_instance(row) if row else "—"
    if isinstance(field, forms.ChoiceField):
        return label, str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(value, bool):
        return label, "بله" if value else "خیر"
    if isinstance(value, dt.date):
        return label, jalali.format_date(value)
    if isinstance(value, int):
        return label, group(value)
    return label, str(value) if value else "—"
