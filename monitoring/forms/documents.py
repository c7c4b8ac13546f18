from __future__ import annotations

from typing import Any

from django import forms

from budget_portal.forms import PortalForm


class DocumentForm(PortalForm):
    """A file with its name and the line it proves."""

    line = forms.ChoiceField(label="سند برای")
    title = forms.CharField(label="عنوان سند", max_length=200)
    file = forms.FileField(
        label="پرونده",
        help_text="PDF یا عکس (JPEG، PNG، HEIC)، هر پرونده تا ۱۰ مگابایت",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/heic"}),
    )

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = lines  # type: ignore[attr-defined]
