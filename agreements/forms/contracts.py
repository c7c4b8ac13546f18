"""Shape of what is typed about contracts, their changes and statements."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from agreements import contracts
from agreements.contracts import TERMS, ContractFacts
from agreements.models import Contract, ContractStatement
from budget_portal.digits import group
from budget_portal.forms import (
    AmountField,
    JalaliDateField,
    LegalIdField,
    NameField,
    PercentFormField,
    PortalForm,
    ReasonField,
)

MILLION = "میلیون ریال"


class CountField(AmountField):
    """A whole number that is no money: days, the number of a statement."""

    def __init__(self, *, least: int = 1, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found is not None and not self.least <= found <= self.most:
            raise forms.ValidationError(f"عددی از {group(self.least)} تا {group(self.most)} بنویسید.")
        return found


class ContractForm(PortalForm):
    """The terms of a contract; the company is known by its legal id."""

    number = NameField(label="شمارهٔ پیمان", max_length=60)
    signed_on = JalaliDateField(label="تاریخ امضا")
    subject = NameField(label="موضوع", max_length=300)
    part = forms.ChoiceField(label="طرف پیمان در این کار", choices=Contract.Part.choices)
    legal_id = LegalIdField(label="شناسهٔ ملی شرکت", help_text="۱۱ رقم")
    company_name = NameField(
        label="نام شرکت",
        max_length=200,
        help_text="اگر شرکت با این شناسه پیش‌تر ثبت شده باشد، نام ثبت‌شده می‌ماند",
    )
    amount = AmountField(label=f"مبلغ پیمان ({MILLION})")
    duration_days = CountField(label="مدت (روز)", most=36_500)
    starts_on = JalaliDateField(label="تاریخ شروع به کار")
    guarantee = AmountField(label=f"ضمانت انجام تعهدات ({MILLION})", required=False)
    retention = PercentFormField(label="حسن انجام کار (٪)", help_text="از هر صورت‌وضعیت کسر می‌شود")

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    company_fields = ("legal_id", "company_name")

    @classmethod
    def of(cls, contract: Contract, data: Any = None, *, signed_too: bool) -> ContractForm:
        """The terms as they stand; amount and company only while they may be corrected."""
        initial = {name: getattr(contract, name) for name in (*TERMS, "amount")}
        initial |= {"legal_id": contract.company.legal_id, "company_name": contract.company.name}
        form = cls(data, initial=initial | {"seen": contracts.stamp(contract)})
        if not signed_too:
            for name in ("amount", *cls.company_fields):
                del form.fields[name]
        return form

    @property
    def facts(self) -> dict[str, Any]:
        apart = {"seen", *self.company_fields}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}

    @property
    def company(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in self.company_fields}


class AmountChangeForm(PortalForm):
    """A new amount and why; the old one is shown beside it."""

    new_amount = AmountField(label=f"مبلغ تازه ({MILLION})")
    decided_on = JalaliDateField(label="تاریخ تغییر")
    reason = ReasonField(label="دلیل تغییر")


class StatementForm(PortalForm):
    """A statement of work, interim or final, or of adjustment."""

    sort = forms.ChoiceField(label="نوع", choices=ContractStatement.Sort.choices)
    number = CountField(label="شماره", most=9_999)
    worked_from = JalaliDateField(label="کارکرد از")
    worked_to = JalaliDateField(label="کارکرد تا")
    stated_on = JalaliDateField(label="تاریخ صورت‌وضعیت")
    gross = AmountField(label=f"مبلغ ناخالص این دوره ({MILLION})")
    paid = AmountField(label=f"پرداخت‌شده ({MILLION})", help_text="اگر هنوز پرداخت نشده است، صفر بنویسید")

    @classmethod
    def next_of(cls, facts: ContractFacts) -> StatementForm:
        """The next interim statement begins the day after the last one."""
        last = max(
            (row for row in facts.statements if row.sort == "interim"),
            key=lambda row: row.number,
            default=None,
        )
        start = last.worked_to + dt.timedelta(days=1) if last else facts.contract.starts_on
        return cls(
            initial={
                "sort": "interim",
                "number": last.number + 1 if last else 1,
                "worked_from": start,
                "paid": 0,
            }
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("worked_from") and data.get("worked_to") and data["worked_to"] < data["worked_from"]:
            self.add_error("worked_to", "پایان کارکرد پیش از آغاز آن است.")
        if data.get("gross") is not None and data.get("paid") is not None and data["paid"] > data["gross"]:
            self.add_error("paid", "پرداخت از مبلغ ناخالص بیشتر است.")
        return data


class PaidForm(PortalForm):
    paid = AmountField(label=f"پرداخت‌شده تا امروز ({MILLION})")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
