"""Persian text: cleaning, searching, sorting, and names that are refused."""

import unicodedata

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from budget_portal.text import (
    ALPHABET,
    SORT_FROM,
    SORT_TO,
    fold,
    is_blank,
    name_problem,
    normalise,
    sort_key,
    strip_invisible,
    visible_length,
)

persian = st.text(
    st.sampled_from("اآبپتثجچحخدذرزژسشكکگلمنوهةيیئۀأإؤءىٱ \u200c\u0640\u064e\u0654\u0653۱٢3\n\u00a0aA")
)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  كتابي   ", "کتابی"),
        ("ادارهٔ كل راه", "ادارهٔ کل راه"),
        ("ادارۀ کل", "ادارهٔ کل"),
        ("ی\u0640\u0640\u0640ک", "یک"),
        ("طرح ١٢", "طرح ۱۲"),
        ("طرح 12", "طرح 12"),
        ("می\u200c\u200cشود", "می\u200cشود"),
        ("خانه\u200c ها", "خانه ها"),
        ("\u200cراه\u200c", "راه"),
        ("راه\u00a0آهن\t\nجنوب", "راه آهن جنوب"),
        ("ﻛﺘﺎﺑﺨﺎﻧﻪ", "کتابخانه"),
        ("آ", "آ"),
        ("ا\u0653", "آ"),
    ],
)
def test_one_way_to_store_a_line(written, stored):
    assert normalise(written) == stored


def test_paragraphs_survive_in_prose():
    assert normalise(" یک \r\n\r\n\r\n\r\n  دو\t سه \rچهار ", multiline=True) == "یک\n\nدو سه\nچهار"


@given(persian | st.text())
@example("\u0640\u0653")
def test_normalising_twice_changes_nothing(text):
    for multiline in (False, True):
        once = normalise(text, multiline=multiline)
        assert normalise(once, multiline=multiline) == once
        assert unicodedata.is_normalized("NFC", once)


@given(persian)
def test_no_foreign_letter_or_digit_is_stored(text):
    assert not set(normalise(text)) & set("كيىۀ٢\u0640\u00a0\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("موافقتنامهٔ هزینه‌ای", "موافقتنامه هزينه اي"),
        ("مسئول", "مسیول"),
        ("مؤسسه", "موسسه"),
        ("دائرة المعارف", "دایره المعارف"),
        ("تأمین", "تامین"),
        ("مَدرسه", "مدرسه"),
        ("طرح ۱۲", "طرح 12"),
        ("IRAN", "iran"),
        ("راه\u200fسازی", "راهسازی"),
    ],
)
def test_spellings_that_search_finds_as_one(one, other):
    assert fold(one) == fold(other)


def test_letters_that_stay_apart_in_search():
    assert len({fold(letter) for letter in "آاپبژزگک"}) == 8


def test_every_diacritic_is_folded_away_but_the_madda():
    marks = [chr(code) for code in range(0x0600, 0x06D6) if unicodedata.category(chr(code)) == "Mn"]
    assert [mark for mark in marks if fold("ب" + mark) != "ب"] == ["\u0653"]
    assert fold("ٱلف؛") == "الف؛"


@given(persian | st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(persian)
def test_what_is_stored_is_found(text):
    assert fold(normalise(text)) == fold(text)


def test_persian_order():
    names = [
        "گیلان",
        "کرمان",
        "یزد",
        "پارس\u200cآباد",
        "بوشهر",
        "ژاورود",
        "زنجان",
        "چابهار",
        "جلفا",
        "آبادان",
        "ابهر",
        "12",
    ]
    ordered = [
        "12",
        "آبادان",
        "ابهر",
        "بوشهر",
        "پارس\u200cآباد",
        "جلفا",
        "چابهار",
        "زنجان",
        "ژاورود",
        "کرمان",
        "گیلان",
        "یزد",
    ]
    assert sorted(names, key=sort_key) == ordered
    assert [sort_key(letter) for letter in ALPHABET] == list(SORT_TO)


def test_the_shorter_name_comes_first_and_a_space_before_letters():
    assert sort_key("راه") < sort_key("راه آهن") < sort_key("راهبرد")


def test_the_table_of_the_order_is_whole():
    assert len(SORT_FROM) == len(SORT_TO) == len(set(SORT_FROM)) == 34
    assert sorted(SORT_TO) == list(SORT_TO)


@pytest.mark.django_db
def test_the_database_sorts_by_the_same_table():
    names = [
        "گیلان",
        "کرمان",
        "یزد",
        "پارس\u200cآباد",
        "راه آهن",
        "راهبرد",
        "ژاورود",
        "چابهار",
        "آبادان",
        "ابهر",
        "Abc",
        "۱۲",
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[], %s::text[]) AS row (name, folded)"
            ' ORDER BY translate(folded, %s, %s) COLLATE "C"',
            [names, [fold(name) for name in names], SORT_FROM, SORT_TO],
        )
        assert [name for (name,) in cursor.fetchall()] == sorted(names, key=sort_key)


@pytest.mark.parametrize("name", ["", "   ", "\u200c", "\u200b\u200f", "\u2060 \ufeff", "\u3164"])
def test_what_shows_nothing_is_blank(name):
    assert is_blank(name)
    assert name_problem(name) == "نام خالی است؛ آن را بنویسید."


@pytest.mark.parametrize(
    "char", ["\u202e", "\u2067", "\u200f", "\u200b", "\u00ad", "\x00", "\x1b", "\ud800", "\ue000"]
)
def test_names_refuse_what_cannot_be_seen(char):
    problem = name_problem(f"راه{char}سازی")
    assert problem is not None
    assert "نادیدنی" in problem


def test_names_refuse_punctuation_alone():
    assert name_problem("«—»") == "نام باید دست‌کم یک حرف یا رقم داشته باشد."


@pytest.mark.parametrize("name", ["راه\u200cسازی", "ادارهٔ کل راه (استان)", "A1", "۱۲"])
def test_ordinary_names_pass(name):
    assert name_problem(name) is None


def test_pasted_marks_leave_prose_and_lines_stay():
    assert strip_invisible("\u202bیک\u202c\nدو\x00\t\u200cسه") == "یک\nدو\t\u200cسه"


def test_lengths_count_what_is_seen():
    assert visible_length("مَدرسهٔ ‌ نو") == len("مدرسه نو")
    assert visible_length("....\u200c\u200b") == 4
    assert visible_length("آ" + " " * 50 + "ب") == 3
