"""What is asked about a file: which table, which column is what, what holds for the whole file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from agreements.imports.batches import Proposal
from agreements.imports.choices import ImportTable, of_person
from agreements.models import FiscalYear, ReportingPeriod
from agreements.workflow.versions import NO_REASON, REASON_LENGTH, SYSTEMS
from budget_portal import jalali
from budget_portal.digits import to_latin, to_persian
from budget_portal.forms import JalaliDateField, PortalForm, ReasonField
from budget_portal.tables.grammar import UNIT_NAMES
from budget_portal.text import normalise, visible_length

if TYPE_CHECKING:
    from accounts.models import User
    from budget_portal.models import ImportBatch

SKIP = ("skip_column", "skip_equals")
NO_FILE = "پرونده‌ای برگزیده نشده است."
TWICE = "«{field}» برای دو ستون برگزیده شده است."
NO_DAY = "اصلاحیه از روزی لازم‌الاجراست؛ تاریخ اثر را بنویسید."
NO_COLUMN = "برای «{field}» ستونی برگزینید یا مقدار ثابتی بنویسید."


class UploadForm(PortalForm):
    table = forms.ChoiceField(label="این پرونده چیست؟", widget=forms.RadioSelect)
    file = forms.FileField(
        label="پرونده",
        help_text="xlsx، ods یا CSV تا ۲۵ مگابایت",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv"}),
        error_messages={"required": NO_FILE, "empty": "پرونده خالی است.", "missing": NO_FILE},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables = of_person(user)
        field: Any = self.fields["table"]
        field.choices = [(table.key, table.title) for table in self.tables]
        if len(self.tables) == 1:
            field.initial = self.tables[0].key


class ColumnsForm(PortalForm):
    """One choice per column of the file, values of the whole file, and what stands for missing columns."""

    def __init__(
        self, data: Any, *, proposal: Proposal, table: ImportTable, user: User, batch: ImportBatch
    ) -> None:
        super().__init__(data)
        self.proposal, self.table, self.user = proposal, table, user
        told = batch.mapping if batch.mapping and batch.headers == proposal.headers else {}
        self.fields.update(self._values(told.get("values", {})))
        by_place = {int(place): name for name, place in told.get("columns", {}).items()}
        for column in proposal.columns:
            chosen = by_place.get(column.place, "") if told else column.field
            self.fields[f"column_{column.place}"] = forms.ChoiceField(
                label=f"ستون {column.letter}", choices=self._choices(), required=False, initial=chosen
            )
        constants = told.get("constants", proposal.constants)
        for field in table.fields:
            if field.constant:
                self.fields[f"constant_{field.name}"] = forms.CharField(
                    label=f"{field.title} (کد یا نام)",
                    required=False,
                    max_length=200,
                    initial=constants.get(field.name, ""),
                )
        self.fields["unit"] = forms.ChoiceField(
            label="واحد مبالغ پرونده",
            choices=list(UNIT_NAMES.items()),
            initial=told.get("unit", proposal.unit),
            help_text="مبالغ به میلیون ریال گرد و تفاوت گرد کردن گزارش می‌شود.",
        )
        self.fields["decimals"] = forms.BooleanField(
            label="مبالغ این پرونده ممیز اعشار دارد", required=False, initial=bool(told.get("decimals"))
        )
        self.fields["comma"] = forms.BooleanField(
            label="ممیز اعشار این پرونده ویرگول است، مانند 1.234,5",
            required=False,
            initial=bool(told.get("comma")),
        )
        self.fields["add_up"] = forms.BooleanField(
            label="سطرهای تکراری با هم جمع شود",
            required=False,
            initial=told.get("repeated") == "sum",
        )
        skip = told.get("skip") or {}
        self.fields["skip_column"] = forms.ChoiceField(
            label="سطرهایی خوانده نشود که ستون",
            required=False,
            choices=[("", "—"), *((str(c.place), f"{c.letter}: {c.header}") for c in proposal.columns)],
            initial=str(skip.get("column", "")),
        )
        self.fields["skip_equals"] = forms.CharField(
            label="برابر این باشد", required=False, max_length=100, initial=skip.get("equals", "")
        )
        self.fields["save_as"] = forms.CharField(
            label="نام این نگاشت، برای پروندهٔ بعدی همین فرستنده",
            required=False,
            max_length=80,
            initial=batch.mapping_name or proposal.mapping_name,
        )

    def _choices(self) -> list[tuple[str, str]]:
        return [("", "خوانده نمی‌شود"), *((field.name, field.title) for field in self.table.fields)]

    def _values(self, told: dict[str, str]) -> dict[str, forms.Field]:
        made = {name: VALUES[name](self.user) for name in self.table.values}
        for name, field in made.items():
            if name in told:
                field.initial = told[name]
            elif isinstance(field, forms.ChoiceField) and not field.initial:
                choices: Any = field.choices
                field.initial = next((value for value, _ in choices), "")
        return made

    # --- groups of the page -----------------------------------------------------------------------------

    def columns(self) -> list[tuple[Any, Any]]:
        return [(column, self[f"column_{column.place}"]) for column in self.proposal.columns]

    def whole_file(self) -> list[Any]:
        return [self[name] for name in (*self.table.values, "unit", "decimals", "comma", "add_up", *SKIP)]

    def constants(self) -> list[Any]:
        """Those that the file needs: no column was found for them, or somebody wrote one."""
        found = {column.field for column in self.proposal.columns}
        return [field for field in self._constants() if self._needed(field, found)]

    def other_constants(self) -> list[Any]:
        found = {column.field for column in self.proposal.columns}
        return [field for field in self._constants() if not self._needed(field, found)]

    def _constants(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("constant_")]

    def _needed(self, field: Any, found: set[str]) -> bool:
        name = field.name.removeprefix("constant_")
        return name not in found or bool(field.value()) or bool(field.errors)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = self._chosen(cleaned)
        twice = {name for name in chosen.values() if list(chosen.values()).count(name) > 1}
        for place, name in chosen.items():
            if name in twice:
                self.add_error(f"column_{place}", TWICE.format(field=self.table.title_of(name)))
        for field in self.table.fields:
            has_constant = field.constant and bool(cleaned.get(f"constant_{field.name}"))
            if field.required and field.name not in chosen.values() and not has_constant:
                where = f"constant_{field.name}" if field.constant else None
                self.add_error(where, NO_COLUMN.format(field=field.title))
        for name in ("letter_number", "letter_date"):
            said = name in chosen.values() or bool(cleaned.get(name))
            if name in self.fields and not said and name not in self.errors:
                self.add_error(name, NO_COLUMN.format(field=self.fields[name].label))
        if "amendment" in (cleaned.get("version"), dict(self.table.fixed).get("version")):
            self._clean_amendment(cleaned)
        return cleaned

    def _clean_amendment(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("valid_from") and "valid_from" not in self.errors:
            self.add_error("valid_from", NO_DAY)
        if visible_length(cleaned.get("reason", "")) < REASON_LENGTH:
            self.add_error("reason", NO_REASON)

    def _chosen(self, cleaned: dict[str, Any]) -> dict[int, str]:
        places = {column.place: cleaned.get(f"column_{column.place}", "") for column in self.proposal.columns}
        return {place: name for place, name in places.items() if name}

    def mapping(self) -> dict[str, Any]:
        """What the batch keeps of the answers."""
        data = self.cleaned_data
        read = self._chosen(data)
        columns = {name: place for place, name in read.items()}
        values = {name: _text(data[name]) for name in self.table.values if data.get(name)}
        constants = {
            name.removeprefix("constant_"): normalise(to_latin(text))
            for name, text in data.items()
            if name.startswith("constant_") and text and name.removeprefix("constant_") not in columns
        }
        skip = (
            {"column": int(data["skip_column"]), "equals": data["skip_equals"]} if data["skip_column"] else {}
        )
        return {
            "skip": skip,
            "columns": columns,
            "constants": constants,
            "unit": data["unit"],
            "decimals": data["decimals"],
            "comma": data["comma"],
            "repeated": "sum" if data["add_up"] else "refuse",
            "values": values,
        }


def _text(value: Any) -> str:
    return jalali.format_iso(value) if hasattr(value, "year") else str(value)


def _years(user: User) -> forms.Field:
    years = FiscalYear.objects.for_user(user)
    return forms.ChoiceField(
        label="سال مالی", choices=[(str(row.year), to_persian(row.year)) for row in years]
    )


def _periods(user: User) -> forms.Field:
    rows = ReportingPeriod.objects.for_user(user).select_related("fiscal_year").order_by("-cutoff_date")
    choices = [(row.code, f"{row.get_cutoff_display()} {to_persian(row.fiscal_year.year)}") for row in rows]
    return forms.ChoiceField(label="مقطع", choices=choices)


def _number(user: User) -> forms.Field:
    return forms.CharField(
        label="شمارهٔ نامه", required=False, max_length=60, help_text="اگر در پرونده ستونی برای آن نیست"
    )


def _date(user: User) -> forms.Field:
    return JalaliDateField(label="تاریخ نامه", required=False)


def _choice(label: str, *choices: tuple[str, str], initial: str = "") -> Any:
    def made(user: User) -> forms.Field:
        return forms.ChoiceField(label=label, choices=choices, initial=initial or choices[0][0])

    return made


VALUES: dict[str, Any] = {
    "year": _years,
    "period": _periods,
    "letter_number": _number,
    "letter_date": _date,
    "figures": _choice(
        "ارقام پرونده",
        ("released", "تخصیص همین نامه"),
        ("cumulative", "تخصیص تجمعی از آغاز سال؛ نامه تفاوت را می‌نویسد"),
    ),
    "version": _choice("نسخه", ("first", "نسخهٔ نخست سال"), ("amendment", "اصلاحیه")),
    "others": _choice(
        "ردیف‌هایی که در پرونده نیست",
        ("stay", "بی‌تغییر می‌ماند"),
        ("gone", "حذف می‌شود؛ پرونده کامل است"),
    ),
    "valid_from": lambda user: JalaliDateField(
        label="تاریخ اثر", required=False, help_text="نسخهٔ نخست: اگر ننویسید، آغاز سال"
    ),
    "starts": lambda user: JalaliDateField(
        label="تاریخ اثر", help_text="کدها و عنوان‌های تازه از این روز معتبر است."
    ),
    "system": _choice("سامانهٔ مبادله", *reversed(SYSTEMS.items())),
    "number": lambda user: forms.CharField(label="شمارهٔ مبادله", max_length=60),
    "agreed_on": lambda user: JalaliDateField(
        label="تاریخ مبادله", required=False, help_text="اگر ننویسید، تاریخ اثر"
    ),
    "reason": lambda user: forms.CharField(
        label="دلیل اصلاح", required=False, max_length=2000, help_text="برای اصلاحیه، دست‌کم ۲۰ نویسه"
    ),
}


class UndoForm(PortalForm):
    reason = ReasonField(label="دلیل برگرداندن")
