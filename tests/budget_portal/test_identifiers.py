"""Identifiers: the tables of the domain guide digit for digit, mobiles, and complaint codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget_portal.digits import to_persian
from budget_portal.identifiers import (
    clean,
    format_public_number,
    format_secret,
    legal_id_problem,
    luhn_digit,
    luhn_valid,
    mask,
    mobile_problem,
    national_code_problem,
    new_public_number,
    new_secret,
    normalise_mobile,
    read_public_number,
    read_secret,
)

digits = st.text("0123456789", min_size=1, max_size=20)


@pytest.mark.parametrize("code", ["1234567891", "0012345679", "1112220070", "0123456789"])
def test_national_codes_that_are_well_formed(code):
    assert national_code_problem(code) is None
    assert national_code_problem(to_persian(code)) is None
    assert national_code_problem(f" \u200f{code[:3]}-{code[3:9]}\u200c-{code[9]} ") is None


@pytest.mark.parametrize("code", ["1234567890", "1230000003"])
def test_national_codes_that_are_not(code):
    assert national_code_problem(code) == "کد ملی درست نیست؛ رقم‌ها را بازبینی کنید."


@pytest.mark.parametrize("digit", "0123456789")
def test_one_digit_repeated_is_no_code_though_its_checksum_agrees(digit):
    assert national_code_problem(digit * 10) == "کد ملی درست نیست؛ رقم‌ها را بازبینی کنید."
    assert legal_id_problem(digit * 11) == "شناسهٔ ملی درست نیست؛ رقم‌ها را بازبینی کنید."


@pytest.mark.parametrize("code", ["10380284790", "18061055669", "77111986110"])
def test_legal_ids_that_are_well_formed(code):
    assert legal_id_problem(code) is None
    assert legal_id_problem(to_persian(code)) is None


@pytest.mark.parametrize("code", ["10380284792", "33333333333", "10300000008"])
def test_legal_ids_that_are_not(code):
    assert legal_id_problem(code) == "شناسهٔ ملی درست نیست؛ رقم‌ها را بازبینی کنید."


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("123456789", "کد ملی باید ۱۰ رقم باشد؛ ۹ رقم نوشته شده است."),
        ("12345678911", "کد ملی باید ۱۰ رقم باشد؛ ۱۱ رقم نوشته شده است."),
        ("12345678X1", "کد ملی باید فقط رقم باشد."),
        ("१२३४५६७८९१", "کد ملی باید فقط رقم باشد."),
        ("", "کد ملی باید فقط رقم باشد."),
    ],
)
def test_the_form_of_a_national_code_is_judged_first(code, sentence):
    assert national_code_problem(code) == sentence


def test_the_form_of_a_legal_id():
    assert legal_id_problem("1038028479") == "شناسهٔ ملی باید ۱۱ رقم باشد؛ ۱۰ رقم نوشته شده است."


@given(st.text("0123456789", min_size=9, max_size=9))
def test_at_most_one_check_digit_completes_a_national_code(payload):
    fitting = [digit for digit in "0123456789" if national_code_problem(payload + digit) is None]
    assert len(fitting) <= 1
    if payload[3:] != "000000" and len(set(payload)) > 1:
        assert len(fitting) == 1


@given(st.text("0123456789", min_size=10, max_size=10))
def test_one_check_digit_completes_a_legal_id(payload):
    fitting = [digit for digit in "0123456789" if legal_id_problem(payload + digit) is None]
    assert len(fitting) == (1 if payload[3:9] != "000000" and len(set(payload)) > 1 else len(fitting))


def test_personal_codes_are_masked():
    assert mask("1234567891") == "123****891"
    assert mask("10380284790") == "103*****790"
    assert mask("1234567") == "123*567"
    assert mask("123456") == "123456"


# --- mobiles


@pytest.mark.parametrize(
    "raw",
    [
        "09123456789", "+989123456789", "+98 912 345 6789", "00989123456789", "989123456789", "9123456789",
        "۰۹۱۲۳۴۵۶۷۸۹", "0912-345-6789", "\u202a+98 912 3456789\u202c", "(0912) 3456789",
    ],
)  # fmt: skip
def test_one_mobile_in_every_writing(raw):
    assert normalise_mobile(raw) == "09123456789"
    assert mobile_problem(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        "0912345678",
        "02512345678",
        "08123456789",
        "",
        "+9809123456789",
        "091234567890",
        "9" * 11,
        "0912345678a",
        "+1 9123456789",
    ],
)
def test_numbers_that_are_no_mobile(raw):
    with pytest.raises(ValueError, match="۰۹"):
        normalise_mobile(raw)
    assert mobile_problem(raw) == "شمارهٔ همراه باید ۱۱ رقم باشد و با ۰۹ آغاز شود، مانند ۰۹۱۲۳۴۵۶۷۸۹."


@given(st.text("0123456789", min_size=9, max_size=9))
def test_a_stored_mobile_stays_as_it_is(rest):
    assert normalise_mobile(normalise_mobile("+989" + rest)) == f"09{rest}"


# --- complaint codes


@given(digits)
def test_luhn_finds_every_wrong_digit(payload):
    code = payload + luhn_digit(payload)
    assert luhn_valid(code)
    for place, digit in enumerate(code):
        other = str((int(digit) + 1) % 10)
        assert not luhn_valid(code[:place] + other + code[place + 1 :])


def test_luhn_by_the_textbook():
    assert luhn_digit("7992739871") == "3"
    assert not luhn_valid("0")
    assert not luhn_valid("")
    assert not luhn_valid("٧٩")


def test_the_number_of_the_guides():
    assert read_public_number("4058731623") == "4058731623"
    assert format_public_number("4058731623") == "۴۰۵۸-۷۳۱۶-۲۳"


@pytest.mark.parametrize("raw", ["۴۰۵۸-۷۳۱۶-۲۳", "4058 7316 23", "٤٠٥٨٧٣١٦٢٣", "\u200e4058‐7316‐23"])
def test_a_public_number_is_read_however_it_is_written(raw):
    assert read_public_number(raw) == "4058731623"


@pytest.mark.parametrize("raw", ["4058731624", "405873162", "40587316230", "", "40587316 2x", "18"])
def test_what_is_no_public_number(raw):
    assert read_public_number(raw) is None


def test_new_codes_have_their_form_and_differ():
    numbers, secrets = {new_public_number() for _ in range(200)}, {new_secret() for _ in range(200)}
    assert len(numbers) == len(secrets) == 200
    assert all(read_public_number(format_public_number(number)) == number for number in numbers)
    assert all(read_secret(format_secret(secret)) == secret for secret in secrets)


def test_a_secret_is_four_groups_of_four():
    assert format_secret("1234567890123456") == "۱۲۳۴-۵۶۷۸-۹۰۱۲-۳۴۵۶"
    assert read_secret("۱۲۳۴ ۵۶۷۸ ۹۰۱۲ ۳۴۵۶") == "1234567890123456"
    assert read_secret("123456789012345") is None
    assert read_secret("123456789012345x") is None


@given(st.text())
def test_cleaning_is_idempotent_and_reading_never_fails(raw):
    assert clean(clean(raw)) == clean(raw)
    (
        read_public_number(raw),
        read_secret(raw),
        national_code_problem(raw),
        legal_id_problem(raw),
        mobile_problem(raw),
    )
