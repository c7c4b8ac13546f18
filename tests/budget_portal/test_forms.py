"""Form fields and the one field template: what people write, what comes out, what they are told."""

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.renderers import get_default_renderer
from lxml import html

from accounts.models import Province
from budget_portal.forms import (
    AmountField,
    FieldProblem,
    JalaliDateField,
    LegalIdField,
    MobileField,
    NameField,
    NationalCodeField,
    PercentFormField,
    PortalForm,
    PortalFormRenderer,
    PortalModelForm,
    ProseField,
    QuantityFormField,
    ReasonField,
)
from budget_portal.jalali import TEHRAN

DAY = dt.date(2026, 11, 20)


def test_a_line_of_invisible_characters_is_refused() -> None:
    class Numbered(PortalForm):
        number = forms.CharField(label="شمارهٔ نامه")

    assert not Numbered({"number": "\u200f"}).is_valid()
    assert Numbered({"number": "۱۲/۴"}).is_valid()


class Sample(PortalForm):
    spent = AmountField(label="عملکرد", help_text="میلیون ریال")
    until = JalaliDateField(label="تاریخ", required=False)
    kind = forms.ChoiceField(label="نوع", choices=[("a", "الف"), ("b", "ب")], widget=forms.RadioSelect)
    unit = forms.ChoiceField(label="واحد", choices=[("", ""), ("km", "کیلومتر")])
    agreed = forms.BooleanField(label="درستی ارقام را تأیید می‌کنم")
    letter = forms.FileField(label="نامه")
    reason = ReasonField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self):
        if self.data.get("version") == "0":
            raise forms.ValidationError("این ردیف تغییر کرده است.")
        return super().clean()


def drawn(form: forms.BaseForm) -> html.HtmlElement:
    return html.fromstring(f"<form>{form}</form>")


def one(tree: html.HtmlElement, path: str) -> html.HtmlElement:
    (found,) = tree.xpath(path)
    return found


# --- figures


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (AmountField(), "۲۷٬۶۵۰", 27650),
        (AmountField(required=False), " ", None),
        (AmountField(allow_negative=True), "(۱۲)", -12),
        (QuantityFormField(), "۱۲٫۵", Decimal("12.5")),
        (PercentFormField(), "۶۸٪", Decimal(68)),
        (PercentFormField(most=Decimal(200)), "150", Decimal(150)),
    ],
)
def test_figures_are_read(field, raw, value):
    assert field.clean(raw) == value


@pytest.mark.parametrize(
    ("field", "raw", "sentence"),
    [
        (AmountField(), "1.5", "عدد صحیح خوانده نشد"),
        (AmountField(), "-1", "عدد منفی پذیرفته نیست"),
        (QuantityFormField(), "نیم", "عدد خوانده نشد"),
        (PercentFormField(), "101", "بیشینهٔ ۱۰۰"),
    ],
)
def test_unreadable_figures_are_refused_with_the_readers_sentence(field, raw, sentence):
    with pytest.raises(forms.ValidationError, match=sentence):
        field.clean(raw)


@pytest.mark.parametrize(
    ("field", "initial", "data", "changed"),
    [
        (AmountField(), 27650, "۲۷٬۶۵۰", False),
        (AmountField(), 27650, "27651", True),
        (AmountField(), 27650, "؟", True),
        (AmountField(required=False), None, "", False),
        (QuantityFormField(), Decimal("12.500"), "12.5", False),
        (JalaliDateField(), DAY, "۱۴۰۵/۸/۲۹", False),
    ],
)
def test_another_writing_of_the_same_value_is_no_change(field, initial, data, changed):
    assert field.has_changed(initial, data) is changed


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (AmountField(), 27650, 27650),
        (QuantityFormField(), Decimal("12.500"), "12.5"),
        (QuantityFormField(), Decimal("100.000"), "100"),
        (QuantityFormField(), "۱۲٫", "۱۲٫"),
        (QuantityFormField(), None, None),
        (JalaliDateField(), DAY, "1405/08/29"),
        (JalaliDateField(), "1405/8/31", "1405/8/31"),
    ],
)
def test_inputs_hold_ascii_and_keep_what_could_not_be_read(field, value, shown):
    assert field.prepare_value(value) == shown


# --- dates


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("۱۴۰۵/۸/۲۹", DAY),
        (DAY, DAY),
        (dt.datetime(2026, 11, 19, 22, tzinfo=dt.UTC), DAY),
        (dt.datetime(2026, 11, 20, tzinfo=TEHRAN), DAY),
    ],
)
def test_dates_are_read(raw, value):
    assert JalaliDateField().clean(raw) == value


@pytest.mark.parametrize("raw", ["", None, " \u200f"])
def test_a_blank_date_is_none(raw):
    assert JalaliDateField(required=False).clean(raw) is None


def test_a_wrong_date_names_the_fact():
    with pytest.raises(forms.ValidationError, match=r"آبان ۳۰ روز دارد\."):
        JalaliDateField().clean("1405/08/31")


# --- codes


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (NationalCodeField(), "۱۲۳-۴۵۶۷۸۹-۱", "1234567891"),
        (LegalIdField(), "۱۰۳۸۰۲۸۴۷۹۰", "10380284790"),
        (MobileField(), "+98 912 345 6789", "09123456789"),
        (MobileField(required=False), "\u200f", ""),
        (MobileField(required=False), None, ""),
        (NationalCodeField(required=False, empty_value=None), "", None),
    ],
)
def test_codes_are_stored_in_ascii_without_separators(field, raw, value):
    assert field.clean(raw) == value


@pytest.mark.parametrize(
    ("field", "raw", "sentence"),
    [
        (NationalCodeField(), "123456789", "۹ رقم نوشته شده است"),
        (LegalIdField(), "10380284792", "شناسهٔ ملی درست نیست"),
        (MobileField(), "02512345678", "با ۰۹ آغاز شود"),
    ],
)
def test_wrong_codes_are_refused(field, raw, sentence):
    with pytest.raises(forms.ValidationError, match=sentence):
        field.clean(raw)


# --- text


def test_names_are_normalised_and_refused_when_something_hides_in_them():
    assert NameField().clean(" ادارۀ كل  راه ") == "ادارهٔ کل راه"
    assert NameField(required=False).clean("\u200c ") == ""
    with pytest.raises(forms.ValidationError, match="نادیدنی"):
        NameField().clean("راه\u202eسازی")
    with pytest.raises(forms.ValidationError):
        NameField().clean("\u200b")


def test_prose_keeps_its_lines_and_loses_what_hides():
    assert ProseField().clean("\u202bيك\u202c\r\n\r\nدو") == "یک\n\nدو"
    assert ProseField(required=False).clean("\u200b\n") == ""


def test_a_reason_must_say_something():
    field = ReasonField()
    assert field.clean("مستندات این ردیف ناخواناست.")
    with pytest.raises(forms.ValidationError) as refusal:
        field.clean("ناقص" + "\u200b" * 30 + " " * 30)
    assert refusal.value.messages == ["«دلیل» باید دست‌کم ۲۰ نویسه باشد؛ اکنون ۴ نویسه است."]
    with pytest.raises(forms.ValidationError, match=r"«متن» باید .* ۵ نویسه"):
        ProseField(min_length=5).clean("سه")


# --- the template


def test_the_portals_renderer_is_the_default():
    assert isinstance(get_default_renderer(), PortalFormRenderer)


def test_label_hint_error_and_input_belong_together():
    tree = drawn(Sample({"spent": "1.5"}))
    field = one(tree, "//input[@name='spent']")
    assert (field.get("type"), field.get("inputmode"), field.get("dir")) == ("text", "numeric", "ltr")
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == "id_spent_helptext id_spent_error"
    assert field.get("class") == "field__input"
    assert one(tree, "//label[@for='id_spent']").text_content() == "عملکرد"
    assert one(tree, "//*[@id='id_spent_helptext']").text_content() == "میلیون ریال"
    assert "عدد صحیح خوانده نشد" in one(tree, "//ul[@id='id_spent_error']/li").text_content()
    assert one(tree, "//ul[@id='id_spent_error']/li/*[name()='svg']").get("aria-hidden") == "true"


def test_an_empty_choice_is_one_dash():
    class Placed(PortalForm):
        province = forms.ModelChoiceField(Province.objects.none(), required=False)

    assert one(drawn(Placed()), "//option").text_content() == "—"


def test_no_input_is_of_a_kind_that_loses_persian_digits():
    assert not {"number", "date"} & set(drawn(Sample()).xpath("//input/@type"))


def test_optional_fields_are_marked_and_required_ones_are_not_starred():
    tree = drawn(Sample())
    assert one(tree, "//label[@for='id_until']").text_content() == "تاریخ (اختیاری)"
    assert one(tree, "//label[@for='id_spent']").text_content() == "عملکرد"
    assert one(tree, "//input[@name='spent']").get("required") is None
    assert one(tree, "//input[@name='spent']").get("aria-required") == "true"
    assert one(tree, "//input[@name='until']").get("aria-required") is None
    assert one(tree, "//input[@name='letter']").get("aria-required") is None


def test_groups_have_a_legend_and_a_box_its_label_after_it():
    tree = drawn(Sample({}))
    group = one(tree, "//fieldset")
    assert one(group, "./legend").text_content() == "نوع"
    assert group.get("aria-describedby") == "id_kind_error"
    assert not any(radio.get("class") for radio in group.xpath(".//input"))
    box = one(tree, "//label[@class='field__choice']")
    assert one(box, "./input").get("class") == "field__check"
    assert not tree.xpath("//label[@class='field__label'][@for='id_agreed']")


def test_hidden_fields_have_no_dress_and_the_forms_own_problem_stands_first():
    tree = drawn(Sample({"version": "0"}))
    hidden = one(tree, "//input[@type='hidden']")
    assert hidden.getparent().tag == "form"
    assert hidden.get("class") is None
    assert "این ردیف تغییر کرده است." in one(tree, "/form/ul | /html/body/form/ul").text_content()


def test_a_hidden_field_drawn_alone_is_only_its_input():
    assert str(Sample()["version"].as_field_group()).strip().startswith("<input")


def test_a_class_of_the_widget_is_kept():
    class Short(PortalForm):
        code = forms.CharField(widget=forms.TextInput({"class": "field__input--short"}))

    assert one(drawn(Short()), "//input").get("class") == "field__input--short field__input"
    given = Short()["code"].as_widget(attrs={"class": "own"})
    assert html.fromstring(given).get("class") == "own field__input"


def test_what_was_written_is_escaped():
    tree = drawn(Sample({"spent": "<b>", "reason": "</textarea><script>"}))
    assert not tree.xpath("//b | //script")


# --- error summary


def test_the_summary_links_every_problem_to_its_field_in_the_order_of_the_page():
    form = Sample({"spent": "1.5", "until": "1405/8/31", "version": "0"})
    assert form.error_summary() == [
        FieldProblem("", "این ردیف تغییر کرده است."),
        FieldProblem("id_spent", "«۱.۵» عدد صحیح خوانده نشد. بدون اعشار بنویسید، مانند ۲۷۶۵۰ یا ۲۷٬۶۵۰."),
        FieldProblem("id_until", "آبان ۳۰ روز دارد."),
        FieldProblem("id_kind_0", "«نوع» را انتخاب کنید."),
        FieldProblem("id_unit", "«واحد» را انتخاب کنید."),
        FieldProblem("id_agreed", "«درستی ارقام را تأیید می‌کنم» را تأیید کنید."),
        FieldProblem("id_letter", "«نامه» را پیوست کنید."),
    ]


def test_every_link_of_the_summary_has_its_target_on_the_page():
    form = Sample({})
    tree = drawn(form)
    for problem in form.error_summary():
        assert tree.get_element_by_id(problem.field_id) is not None


def test_a_sound_form_has_no_summary():
    form = Sample(
        {"spent": "۱۲", "kind": "a", "unit": "km", "agreed": "on"},
        {"letter": SimpleUploadedFile("a.pdf", b"x")},
    )
    assert form.is_valid()
    assert form.error_summary() == []


def test_a_form_without_ids_still_lists_its_problems():
    assert Sample({}, auto_id=False).error_summary()[0] == FieldProblem("", "«عملکرد» را وارد کنید.")


def test_own_required_sentences_are_kept_and_a_nameless_field_is_named():
    class Named(PortalForm):
        a = forms.CharField(error_messages={"required": "عنوان را بنویسید."})
        b = forms.CharField()

    assert [problem.message for problem in Named({}).error_summary()] == [
        "عنوان را بنویسید.",
        "«b» را وارد کنید.",
    ]


def test_model_forms_have_the_same_manners():
    assert PortalModelForm.error_summary is PortalForm.error_summary
