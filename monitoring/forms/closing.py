"""Closing and publishing by typed words, and the reason of an absence."""

from __future__ import annotations

from typing import Any

from django import forms

from budget_portal.digits import to_latin
from budget_portal.forms import PortalForm, ReasonField
from budget_portal.text import fold

WRONG = "عبارت را همان‌گونه که نوشته شده است بنویسید."


class TypedForm(PortalForm):
    window = forms.IntegerField(widget=forms.HiddenInput)
    typed = forms.CharField(label="برای تأیید، عبارت بالا را بنویسید", max_length=120)

    def __init__(self, *args: Any, phrase: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phrase = phrase

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if _plain(typed) != _plain(self.phrase):
            raise forms.ValidationError(WRONG)
        return typed


def _plain(text: str) -> str:
    return "".join(fold(to_latin(text)).split())


class AbsenceForm(PortalForm):
    reason = ReasonField(label="دلیل غیبت", max_length=2000)
