"""What the treasurer says at the bench: the file, its columns, where a row belongs and why."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import User
from agreements.imports.batches import Proposal
from agreements.models import ReportingPeriod
from budget_portal.forms import AmountField, PercentFormField, PortalForm, ReasonField
from budget_portal.tables.grammar import UNIT_NAMES
from monitoring.models import Reconciliation
from monitoring.presenters.reconciliation import OFF
from monitoring.reconciliation import ledger

NO_FILE = "پرونده‌ای برگزیده نشده است."
TWICE = "«{field}» برای دو ستون برگزیده شده است."
NO_DOCUMENT = "ستون شمارهٔ سند را برگزینید؛ سطرهای جمع و تکراری با آن شناخته می‌شوند."
NO_MONEY = {
    "spent": "ستون بدهکار (و بستانکار) یا ستون مبلغ را برگزینید.",
    "received": "ستون بستانکار (و بدهکار) یا ستون مبلغ را برگزینید؛ دریافتی از خزانه بستانکار است.",
}
MAIN = {"spent": "debit", "received": "credit"}
BOTH = "یا ستون‌های بدهکار و بستانکار را برگزینید یا ستون مبلغ را؛ هر سه با هم معنایی ندارد."
NO_SUBJECT = "دست‌کم یکی از ستون‌های کد، عنوان و شرح را برگزینید."


class LedgerForm(PortalForm):
    measure = forms.ChoiceField(label="رقم", choices=Reconciliation.Measure.choices)
    file = forms.FileField(
        label="دفتر",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv"}),
        error_messages={"required": NO_FILE, "empty": "پرونده خالی است.", "missing": NO_FILE},
    )


class LedgerColumnsForm(PortalForm):
    """One choice per column of the file, and the unit of its figures."""

    def __init__(self, data: Any, *, proposal: Proposal, bench: Reconciliation) -> None:
        super().__init__(data)
        self.proposal, self.measure = proposal, bench.measure
        told = bench.mapping if bench.mapping and bench.headers == proposal.headers else {}
        by_place = {int(place): name for name, place in told.get("columns", {}).items()}
        choices = [("", "خوانده نمی‌شود"), *((field.name, field.title) for field in ledger.LEDGER.fields)]
        for column in proposal.columns:
            self.fields[f"column_{column.place}"] = forms.ChoiceField(
                label=f"ستون {column.letter}",
                choices=choices,
                required=False,
                initial=by_place.get(column.place, "") if told else column.field,
            )
        self.fields["unit"] = forms.ChoiceField(
            label="واحد مبالغ دفتر",
            choices=[(name, UNIT_NAMES[name]) for name in ledger.UNITS_OF_LEDGERS],
            initial=told.get("unit") or ledger.unit_of(proposal),
            help_text="جمع هر ردیف به میلیون ریال گرد و تفاوت گرد کردن گزارش می‌شود.",
        )
        self.fields["decimals"] = forms.BooleanField(
            label="مبالغ این دفتر ممیز اعشار دارد", required=False, initial=bool(told.get("decimals"))
        )

    def columns(self) -> list[tuple[Any, Any]]:
        return [(column, self[f"column_{column.place}"]) for column in self.proposal.columns]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = self._chosen(cleaned)
        names = list(chosen.values())
        for place, name in chosen.items():
            if names.count(name) > 1:
                title = ledger.LEDGER.title_of(name)
                self.add_error(f"column_{place}", TWICE.format(field=title))
        if "document" not in names:
            self.add_error(None, NO_DOCUMENT)
        if not {MAIN[self.measure], "amount"} & set(names):
            self.add_error(None, NO_MONEY[self.measure])
        if "amount" in names and {"debit", "credit"} & set(names):
            self.add_error(None, BOTH)
        if not {"code", "title", "text"} & set(names):
            self.add_error(None, NO_SUBJECT)
        return cleaned

    def _chosen(self, cleaned: dict[str, Any]) -> dict[int, str]:
        places = {column.place: cleaned.get(f"column_{column.place}", "") for column in self.proposal.columns}
        return {place: name for place, name in places.items() if name}

    def mapping(self) -> dict[str, Any]:
        data = self.cleaned_data
        columns = {name: place for place, name in self._chosen(data).items()}
        return {"columns": columns, "unit": data["unit"], "decimals": data["decimals"]}


class MoveForm(PortalForm):
    """To which line a row goes, and why."""

    line = forms.ChoiceField(label="ردیف پرونده")
    reason = ReasonField(
        label="دلیل جابه‌جایی", help_text="در صورت تطبیق چاپ می‌شود؛ دست‌کم ۲۰ نویسه", max_length=1000
    )

    def __init__(self, data: Any, *, lines: dict[str, str], suggested: list[str], now: str) -> None:
        super().__init__(data)
        likely = [(key, lines[key]) for key in suggested if key in lines]
        rest = [(key, title) for key, title in lines.items() if key not in suggested]
        groups: list[Any] = [("", "— برگزینید —")]
        if likely:
            groups.append(("پیشنهاد", likely))
        groups += [("ردیف‌های پرونده", rest), (OFF, "به هیچ ردیفی از این پرونده مربوط نیست")]
        field: Any = self.fields["line"]
        field.choices = groups
        field.initial = likely[0][0] if likely and not now else now


class ExplainForm(PortalForm):
    text = ReasonField(
        label="توضیح سطرهای برگزیده",
        help_text="در صورت تطبیق چاپ می‌شود؛ دست‌کم ۲۰ نویسه",
        max_length=1000,
    )


class BenchToleranceForm(PortalForm):
    """How far a line may be from the ledger before it must be explained."""

    amount = AmountField(label="تا این اندازه، میلیون ریال")
    percent = PercentFormField(
        label="یا تا این درصد از رقم ردیف",
        help_text="هر کدام بیشتر باشد ملاک است؛ دست‌بالا ۵ درصد",
        most=Decimal(5),
    )
    valid_from = forms.ModelChoiceField(
        label="از مقطع", queryset=ReportingPeriod.objects.none(), empty_label=None
    )
    reason = ReasonField(label="دلیل", max_length=1000)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ReportingPeriod.objects.for_user(user).select_related("fiscal_year")
        field: Any = self.fields["valid_from"]
        field.queryset = rows.order_by("-cutoff_date")
