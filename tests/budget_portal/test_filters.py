"""Filters and tags of every page."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from lxml import html

from budget_portal import badges, jalali
from budget_portal.badges import Badge
from budget_portal.forms import AmountField, PortalForm

STAMP = dt.datetime(2026, 11, 20, 7, 12, tzinfo=dt.UTC)


def page(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


# --- figures


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("fa", "1405-Q2 ٣", "۱۴۰۵-Q۲ ۳"),
        ("fa", 12, "۱۲"),
        ("fa", None, ""),
        ("fa", "<b>", "&lt;b&gt;"),
        ("dash", None, "—"),
        ("dash", "", "—"),
        ("dash", 0, "0"),
        ("mrial", 27650, "۲۷٬۶۵۰"),
        ("mrial", 0, "۰"),
        ("mrial", -14, "\u200e\u2212۱۴"),
        ("mrial", Decimal("27650.5"), "۲۷٬۶۵۱"),
        ("mrial", None, "—"),
        ("number", 1234, "۱٬۲۳۴"),
        ("number", Decimal("1234.500"), "۱٬۲۳۴٫۵"),
        ("number", Decimal("100.000"), "۱۰۰"),
        ("number", None, "—"),
        ("percent", Decimal("57.64"), "۵۷٫۶"),
        ("percent", Decimal("57.65"), "۵۷٫۷"),
        ("percent", 68, "۶۸٫۰"),
        ("percent", None, "—"),
        ("percent_text", Decimal("68.00"), "۶۸٪"),
        ("percent_text", Decimal("57.64"), "۵۷٫۶٪"),
        ("percent_text", None, "—"),
        ("pp", Decimal("3.2"), "\u200e+۳٫۲"),
        ("pp", Decimal("-14"), "\u200e\u2212۱۴٫۰"),
        ("pp", Decimal("-0.04"), "۰٫۰"),
        ("pp", None, "—"),
    ],
)
def test_figures(source, value, shown):
    assert page(f"{{{{ value|{source} }}}}", value=value) == shown


@pytest.mark.parametrize("source", ["mrial", "percent", "pp", "number"])
def test_a_float_is_no_figure(source):
    with pytest.raises(TypeError):
        page(f"{{{{ value|{source} }}}}", value=0.5)


# --- dates


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("jdate", "۱۴۰۵/۰۸/۲۹"),
        ("jdate_text", "۲۹ آبان ۱۴۰۵"),
        ("jstamp", "۲۹ آبان ۱۴۰۵، ۱۰:۴۲"),
        ("jdeadline", "جمعه ۲۹ آبان ۱۴۰۵، ساعت ۱۰:۴۲"),
    ],
)
def test_dates(source, shown):
    assert page(f"{{{{ value|{source} }}}}", value=STAMP) == shown
    assert page(f"{{{{ value|{source} }}}}", value=None) == "—"


def test_relative_dates_keep_the_exact_one_at_hand():
    yesterday = jalali.today() - dt.timedelta(days=1)
    assert page("{{ value|jrelative }}", value=yesterday) == "دیروز"
    assert page("{{ value|jrelative }}", value=None) == "—"
    drawn = html.fromstring(page("{% jtime value 'relative' %}", value=yesterday))
    assert drawn.get("datetime") == yesterday.isoformat()
    assert (drawn.get("title"), drawn.text) == (jalali.format_date(yesterday, "text"), "دیروز")
    moment = html.fromstring(page("{% jtime value 'relative' %}", value=STAMP))
    assert moment.get("title") == "۲۹ آبان ۱۴۰۵، ۱۰:۴۲"


def test_time_elements_carry_iso():
    assert page("{% jtime value %}", value=STAMP.date()) == '<time datetime="2026-11-20">۲۹ آبان ۱۴۰۵</time>'
    assert page("{% jtime value 'stamp' %}", value=STAMP) == (
        '<time datetime="2026-11-20T07:12:00+00:00">۲۹ آبان ۱۴۰۵، ۱۰:۴۲</time>'
    )
    assert page("{% jtime value %}", value=None) == "—"


# --- codes


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("code", "1503001", "۱۵۰۳۰۰۱"),
        ("code", "CAP-15", "CAP-15"),
        ("code", 42, "۴۲"),
        ("public_number", "4058731623", "۴۰۵۸-۷۳۱۶-۲۳"),
        ("masked", "1234567891", "۱۲۳****۸۹۱"),
    ],
)
def test_codes_run_left_to_right(source, value, text):
    assert page(f"{{{{ value|{source} }}}}", value=value) == f'<bdi dir="ltr" class="code">{text}</bdi>'
    assert page(f"{{{{ value|{source} }}}}", value=None) == "—"


def test_codes_are_escaped():
    assert "<i>" not in page("{{ value|code }}", value="<i>")


# --- badges and icons


@pytest.fixture
def kinds():
    badges.register(
        "tests.Case", {"sent": ("در انتظار ذیحساب", "wait", "clock"), "done": Badge("تأیید نهایی", "done")}
    )
    yield
    badges._REGISTRY.pop("tests.case")


def case(**values):
    return SimpleNamespace(_meta=SimpleNamespace(label="tests.Case", label_lower="tests.case"), **values)


def test_a_registered_status_has_label_tone_and_icon(kinds):
    drawn = html.fromstring(page("{% status_badge thing %}", thing=case(status="sent")))
    assert drawn.get("class") == "badge badge--wait"
    assert drawn.text_content().strip() == "در انتظار ذیحساب"
    assert drawn.xpath("./*[name()='svg']/@aria-hidden") == ["true"]


def test_a_state_or_a_bare_value_is_found_too(kinds):
    expected = '<span class="badge badge--done">تأیید نهایی</span>'
    assert page("{% status_badge thing %}", thing=case(state="done")) == expected
    assert page("{% status_badge thing kind='tests.Case' %}", thing="done") == expected
    assert list(badges.registered("tests.case")) == ["sent", "done"]


def test_an_unregistered_status_is_shown_plainly(kinds):
    shown = case(status="odd", get_status_display=lambda: "ویژه")
    assert page("{% status_badge thing %}", thing=shown) == '<span class="badge badge--neutral">ویژه</span>'
    assert "odd" in page("{% status_badge thing %}", thing=case(status="odd"))
    assert "هزینه‌ای" in page("{% status_badge thing %}", thing=SimpleNamespace(label="هزینه‌ای"))
    assert badges.registered("tests.unknown") == {}


def test_nothing_has_no_badge_and_a_model_without_status_is_a_mistake():
    assert page("{% status_badge thing %}", thing=None) == "—"
    with pytest.raises(TypeError, match="neither"):
        page("{% status_badge thing %}", thing=case())


def test_a_tone_must_be_known():
    with pytest.raises(ValueError, match="pink"):
        badges.register("tests.Other", {"x": ("متن", "pink")})


def test_icons_are_decoration():
    drawn = html.fromstring(page("{% icon 'check' %}"))
    assert (drawn.get("class"), drawn.get("aria-hidden"), drawn.get("width")) == ("icon", "true", "20")
    turned = html.fromstring(page("{% icon 'arrow-left' size=16 flip=True %}"))
    assert (turned.get("class"), turned.get("width")) == ("icon icon--flip", "16")


# --- queries


def asked(query: str) -> dict[str, object]:
    return {"request": RequestFactory().get(f"/list/?{query}")}


@pytest.mark.parametrize(
    ("query", "arguments", "result"),
    [
        ("kind=capital&page=3", "page=4", "?kind=capital&amp;page=4"),
        ("kind=capital&page=3", "sort='code'", "?kind=capital&amp;sort=code"),
        ("kind=capital&page=3", "kind=None", "?"),
        ("kind=capital&q=&page=3", "", "?kind=capital&amp;page=3"),
        ("a=1&a=2", "page=2", "?a=1&amp;a=2&amp;page=2"),
        ("", "a=several", "?a=1&amp;a=2"),
        ("x=%3Cb%3E", "page=2", "?x=%3Cb%3E&amp;page=2"),
    ],
)
def test_links_keep_the_filters(query, arguments, result):
    assert page(f"{{% querystring {arguments} %}}", several=[1, 2], **asked(query)) == result


# --- wrappers


def test_a_card_has_a_title_and_keeps_its_content():
    drawn = html.fromstring(
        page(
            "{% card title=title level=3 tone='warn' id='kpi' %}<p>{{ text }}</p>{% endcard %}",
            title="<گزارش>",
            text="<b>",
        )
    )
    assert (drawn.tag, drawn.get("class"), drawn.get("id")) == ("section", "card card--warn", "kpi")
    assert drawn.xpath("./h3[@class='card__title']/text()") == ["<گزارش>"]
    assert drawn.xpath("./div[@class='card__body']/p/text()") == ["<b>"]


def test_a_card_may_have_no_title():
    assert (
        page("{% card %}متن{% endcard %}")
        == '<section class="card"><div class="card__body">متن</div></section>'
    )


def test_a_wrapper_must_be_closed():
    with pytest.raises(TemplateSyntaxError):
        page("{% card %}")


def test_fields_beside_each_other_and_facts_below():
    assert page("{% field_row %}<i></i>{% endfield_row %}") == '<div class="field-row"><i></i></div>'
    drawn = html.fromstring(
        f"<dl>{page('{% fact label=label unit=unit %}۱۲{% endfact %}', label='اعتبار', unit='میلیون ریال')}</dl>"
    )
    assert drawn.xpath("string(.//dt)") == "اعتبار (میلیون ریال)"
    assert drawn.xpath("string(.//dd)") == "۱۲"
    assert "fact__unit" not in page("{% fact 'نام' %}x{% endfact %}")


# --- error summary


class Amounts(PortalForm):
    spent = AmountField(label="عملکرد")

    def clean(self):
        raise forms.ValidationError("جمع ارقام <نادرست> است.")


def test_the_summary_counts_links_and_takes_the_focus():
    form = Amounts({}, prefix="a")
    drawn = html.fromstring(page("{% error_summary form other %}", form=form, other=Amounts({}, prefix="b")))
    assert (drawn.get("role"), drawn.get("tabindex")) == ("alert", "-1")
    assert drawn.xpath("string(./h2)").strip() == "۴ مورد باید اصلاح شود"
    assert drawn.xpath(".//a/@href") == ["#id_a-spent", "#id_b-spent"]
    assert drawn.xpath("string((.//li)[1])") == "جمع ارقام <نادرست> است."


def test_there_is_no_summary_of_nothing():
    assert page("{% error_summary form %}", form=Amounts()).strip() == ""


@pytest.mark.parametrize(
    ("octets", "said"), [(10, "۱ کیلوبایت"), (106_200, "۱۰۶ کیلوبایت"), (2_430_000, "۲٫۴ مگابایت")]
)
def test_the_size_of_a_file_is_persian(octets: int, said: str) -> None:
    assert page("{{ octets|filesize }}", octets=octets) == said


def test_a_digest_is_told_by_its_first_signs():
    assert page("{{ value|brief }}", value="0a" * 32) == '<bdi dir="ltr" class="mono">0a0a0a0a0a0a…</bdi>'
    assert page("{{ value|brief }}", value="<b>12") == "&lt;b&gt;۱۲"
