"""The forms of the citizen and of the desk. Each field's sentence says what is wrong and what to do."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from budget_portal import text
from budget_portal.digits import to_persian
from budget_portal.forms import (
    FigureInput,
    LegalIdField,
    MobileField,
    NameField,
    NationalCodeField,
    PortalForm,
    ProseField,
    ReasonField,
)
from complaints import organizations
from complaints.models import Complaint, ComplaintSender
from complaints.organizations import Concerned
from complaints.workflow.complaints import MOST_FILES, REASON_LENGTH, TEXT_LENGTH

KIND_HINTS = {
    "complaint": _("از نحوهٔ اجرای طرح، هزینه‌کرد یا خدمت‌رسانی. با نام ثبت می‌شود و پاسخ مکتوب می‌گیرید."),
    "suggestion": _("برای بهبود کار"),
    "opinion": _("دیدگاه شما دربارهٔ یک طرح یا خدمت"),
    "criticism": _("آنچه به نظر شما درست انجام نشده است"),
    "appreciation": _("از کاری که خوب انجام شده است"),
    "question": _("آنچه می‌خواهید بدانید"),
    "report": _("بدون ثبت مشخصات؛ پاسخ شخصی داده نمی‌شود."),
}
KIND_ORDER = ("complaint", "suggestion", "opinion", "criticism", "appreciation", "question", "report")
ANONYMOUS = "none"


def offer(form: forms.BaseForm, name: str, choices: list[tuple[str, Any]]) -> None:
    """Choices that depend on the request."""
    cast("forms.ChoiceField", form.fields[name]).choices = choices


class HoneypotMixin(forms.Form):
    """A field that people do not see; what fills it is no person."""

    website = forms.CharField(required=False, label=_("این خانه را خالی بگذارید"))

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("website"))


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    """Any number of uploads as a list; type and size are judged where they are stored."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = [item for item in data if item] if isinstance(data, list | tuple) else [data] if data else []
        return [super(ManyFilesField, self).clean(item, initial) for item in given]


class SubjectForm(HoneypotMixin, PortalForm):
    """Step 1: what about. `concerned` is found by name or code; several hits are offered as a choice."""

    kind = forms.ChoiceField(label=_("نوع پیام"), widget=forms.RadioSelect)
    organization = forms.ChoiceField(label=_("استان یا سازمان"))
    about = forms.CharField(
        label=_("دستگاه یا پروژه"),
        required=False,
        max_length=200,
        help_text=_("چند حرف از نام دستگاه، یا کد پروژه (روی تابلوی کارگاه) را بنویسید."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    choice = forms.ChoiceField(label=_("منظورتان کدام است؟"), widget=forms.RadioSelect, required=False)
    service_step = forms.ChoiceField(
        label=_("به کدام گام خدمت مربوط است؟"),
        required=False,
        choices=[("", "نمی‌دانم"), *Complaint.Step.choices],
    )
    subject = NameField(label=_("موضوع در یک جمله"), max_length=200)
    text = ProseField(
        label=_("شرح"),
        min_length=REASON_LENGTH,
        rows=7,
        help_text=_("چه اتفاقی افتاده، کجا و چه زمانی؟ کد ملی یا رمز ننویسید. ۲۰ تا ۴٬۰۰۰ نویسه."),
    )
    uploads = ManyFilesField(
        label=_("عکس یا سند"),
        required=False,
        help_text=_("حداکثر ۵ پرونده، هر کدام تا ۱۰ مگابایت (JPEG، PNG، HEIC یا PDF)"),
    )

    field_order = ("kind", "organization", "about", "choice", "service_step", "subject", "text", "uploads")

    def __init__(self, *args: Any, offered: list[Organization], kept_files: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.kept_files = offered, kept_files
        self.found: Concerned | None = None
        labels = dict(Complaint.Kind.choices)
        self.kinds = [(value, labels[value]) for value in KIND_ORDER]
        offer(self, "kind", self.kinds)
        names = [(str(row.pk), organizations.label(row)) for row in offered]
        offer(self, "organization", names if len(names) == 1 else [("", "انتخاب کنید"), *names])
        if len(names) == 1:
            self.fields["organization"].widget = forms.HiddenInput()
            self.fields["organization"].initial = names[0][0]
            self.fields["organization"].required = False
        self.fields["uploads"].widget.attrs["accept"] = "image/jpeg,image/png,image/heic,application/pdf"

    @property
    def kind_cards(self) -> list[dict[str, Any]]:
        """The radio buttons of `kind` with a line of explanation each."""
        chosen = str(self["kind"].value() or "")
        return [
            {"value": value, "label": label, "hint": KIND_HINTS[value], "checked": value == chosen}
            for value, label in self.kinds
        ]

    @property
    def offers_choice(self) -> bool:
        return bool(cast("forms.ChoiceField", self.fields["choice"]).choices)

    def clean_text(self) -> str:
        written: str = self.cleaned_data["text"]
        if len(written) > TEXT_LENGTH:
            raise ValidationError(
                f"«شرح» حداکثر {to_persian('4٬000')} نویسه است؛ اکنون {to_persian(len(written))} نویسه است."
            )
        return written

    def clean_uploads(self) -> list[Any]:
        given: list[Any] = self.cleaned_data["uploads"]
        if len(given) + self.kept_files > MOST_FILES:
            raise ValidationError(f"حداکثر {to_persian(MOST_FILES)} پرونده پیوست می‌شود.")
        return given

    def clean_organization(self) -> str:
        """The only one there is need not be sent."""
        return self.cleaned_data["organization"] or str(self.fields["organization"].initial or "")

    def _clean_fields(self) -> None:
        """The choices of «which one» depend on organization and text, so they are made before it is read."""
        if self.is_bound:
            self._offer_matches()
        super()._clean_fields()  # type: ignore[misc]

    def _offer_matches(self) -> None:
        wanted = str(self.data.get("organization") or self.fields["organization"].initial or "")
        organization = next((row for row in self.offered if str(row.pk) == wanted), None)
        typed = str(self.data.get("about") or "")
        if organization is None or text.is_blank(typed):
            return
        self.matches = organizations.search(organization, typed)
        if len(self.matches) > 1:
            none = ("none", "هیچ‌کدام؛ در شرح نوشته‌ام")
            offer(self, "choice", [*((row.key, row.label) for row in self.matches), none])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        matches = getattr(self, "matches", None)
        if matches is None:
            return cleaned
        if not matches:
            self.add_error(
                "about", "دستگاه یا پروژه‌ای با این نام یا کد نیست. آن را اصلاح کنید یا خالی بگذارید."
            )
        elif len(matches) == 1:
            self.found = matches[0]
        elif not cleaned.get("choice"):
            self.add_error("choice", "چند دستگاه با این نام هست؛ یکی را انتخاب کنید.")
        else:
            self.found = next((row for row in matches if row.key == cleaned["choice"]), None)
        return cleaned


class ContactForm(HoneypotMixin, PortalForm):
    """Step 2: who. Demanded for a complaint, offered for the others, never asked for a report."""

    identity = forms.ChoiceField(label=_("شما"), widget=forms.RadioSelect)
    name = NameField(label=_("نام و نام خانوادگی"), max_length=120, required=False)
    national_code = NationalCodeField(label=_("کد ملی"), required=False, help_text=_("۱۰ رقم"))
    legal_name = NameField(label=_("نام شرکت، مؤسسه یا دستگاه"), max_length=150, required=False)
    legal_id = LegalIdField(label=_("شناسهٔ ملی شخص حقوقی"), required=False, help_text=_("۱۱ رقم"))
    representative = NameField(label=_("نام نماینده"), max_length=120, required=False)
    mobile = MobileField(
        label=_("شمارهٔ همراه"),
        required=False,
        help_text=_("با شمارهٔ پیگیری و همین شماره نیز می‌توانید پیگیری کنید. مانند ۰۹۱۲۳۴۵۶۷۸۹"),
    )
    wants_sms = forms.BooleanField(label=_("هر گام رسیدگی با پیامک به من خبر داده شود"), required=False)

    NEEDED: ClassVar[dict[str, tuple[str, ...]]] = {
        ComplaintSender.Kind.PERSON: ("name", "national_code", "mobile"),
        ComplaintSender.Kind.COMPANY: ("legal_name", "legal_id", "representative", "mobile"),
        ComplaintSender.Kind.AGENCY: ("legal_name", "representative", "mobile"),
    }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.demanded = kind == Complaint.Kind.COMPLAINT
        choices: list[tuple[str, Any]] = list(ComplaintSender.Kind.choices)
        if not self.demanded:
            choices = [(ANONYMOUS, _("بدون نام")), *choices]
        offer(self, "identity", choices)
        self.fields["identity"].initial = choices[0][0]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.NEEDED.get(str(cleaned.get("identity")), ()):
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, f"«{self.fields[name].label}» را وارد کنید.")
        return cleaned

    def sender(self) -> dict[str, str] | None:
        """What is kept of a valid form: only what belongs to the chosen kind."""
        identity = self.cleaned_data["identity"]
        if identity == ANONYMOUS:
            return None
        found = {name: self.cleaned_data[name] for name in self.NEEDED[identity]}
        return {"kind": identity, "name": found.pop("legal_name", "") or found.pop("name"), **found}


class TrackForm(PortalForm):
    """Number and secret, or number and mobile; which one is judged where the case is opened."""

    number = forms.CharField(
        label=_("شمارهٔ پیگیری"),
        max_length=40,
        widget=FigureInput(mode="numeric"),
    )
    key = forms.CharField(
        label=_("رمز پیگیری یا شمارهٔ همراه"),
        max_length=40,
        help_text=_("رمز ۱۶ رقمی روی رسید شماست. اگر با نام ثبت کرده‌اید، شمارهٔ کامل همراه هم پذیرفته است."),
        widget=FigureInput(mode="numeric"),
    )


class MoreForm(PortalForm):
    """What the desk asked the sender for."""

    text = ProseField(label=_("توضیح شما"), min_length=2, rows=6)
    uploads = ManyFilesField(
        label=_("عکس یا سند"), required=False, help_text=_("حداکثر ۵ پرونده، هر کدام تا ۱۰ مگابایت")
    )

    def clean_uploads(self) -> list[Any]:
        given: list[Any] = self.cleaned_data["uploads"]
        if len(given) > MOST_FILES:
            raise ValidationError(f"حداکثر {to_persian(MOST_FILES)} پرونده پیوست می‌شود.")
        return given


class ObjectionForm(PortalForm):
    text = ReasonField(label=_("دلیل اعتراض"), min_length=REASON_LENGTH, rows=6)


class WithdrawForm(PortalForm):
    reason = ProseField(label=_("دلیل انصراف"), required=False, rows=3)


# --- the desk -----------------------------------------------------------------------------------------------


class VersionForm(PortalForm):
    """Every form of the case page says which version of the case it was drawn from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AssignForm(VersionForm):
    assignee = forms.ChoiceField(label=_("ارجاع به"))
    note = ProseField(label=_("یادداشت برای همکار"), required=False, rows=2)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "assignee", [("", "انتخاب کنید"), *people])


class AskForm(VersionForm):
    text = ReasonField(label=_("پرسش از فرستنده"), rows=3)


class ExtendForm(VersionForm):
    reason = ReasonField(label=_("دلیل تمدید"), rows=2)


class ForwardForm(VersionForm):
    body = NameField(label=_("نام و نشانی مرجع دارای صلاحیت"), max_length=200)
    reason = ReasonField(label=_("دلیل"), rows=2)


class RejectForm(VersionForm):
    reason = ReasonField(label=_("دلیل رد"), rows=3)


class AnswerForm(VersionForm):
    text = ProseField(label=_("پاسخ به فرستنده"), min_length=REASON_LENGTH, rows=7)
    outcome = forms.ChoiceField(
        label=_("نتیجه"),
        widget=forms.RadioSelect,
        choices=[pair for pair in Complaint.Outcome.choices if pair[0] != Complaint.Outcome.WITHDRAWN],
    )


class SendBackForm(VersionForm):
    note = ReasonField(label=_("چه چیزی اصلاح شود؟"), rows=2)


class NoteForm(PortalForm):
    text = ProseField(label=_("یادداشت داخلی"), min_length=2, rows=2)


class SenderForm(PortalForm):
    reason = ReasonField(label=_("دلیل دیدن هویت فرستنده"), rows=2)
