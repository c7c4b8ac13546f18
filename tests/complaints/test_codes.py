"""Number, secret and mobile: any writing opens, anything else does not, and nothing of them is stored plainly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget_portal import identifiers
from budget_portal.digits import to_persian
from complaints import codes, sealing

digits = st.text("0123456789", min_size=16, max_size=16)
numbers = st.text("0123456789", min_size=9, max_size=9).map(lambda head: head + identifiers.luhn_digit(head))
mobiles = st.text("0123456789", min_size=9, max_size=9).map(lambda tail: f"09{tail}")
writings = st.sampled_from(
    [
        str,
        to_persian,
        lambda code: "-".join(code[i : i + 4] for i in range(0, len(code), 4)),
        lambda code: " ".join(to_persian(code[i : i + 4]) for i in range(0, len(code), 4)),
        lambda code: f"\u200f {code} ",
    ]
)


@given(numbers, digits, writings, writings)
def test_any_writing_of_a_pair_opens(number, secret, write_number, write_secret) -> None:
    key = codes.read(write_number(number), write_secret(secret))
    assert key.opens(codes.hash_secret(number, secret), codes.NOBODYS)


@given(numbers, mobiles, writings)
def test_number_and_mobile_open_an_identified_case_only(number, mobile, write) -> None:
    key = codes.read(number, write(mobile))
    assert key.opens(codes.NOBODYS, codes.hash_mobile(number, mobile))
    assert not key.opens(codes.NOBODYS, "")


@given(numbers, digits, st.text(max_size=40))
def test_nothing_else_opens(number, secret, typed) -> None:
    if identifiers.read_secret(typed) != secret:
        key = codes.read(number, typed)
        assert not key.opens(codes.hash_secret(number, secret), codes.NOBODYS)


@given(numbers, numbers, digits)
def test_secret_of_another_case_does_not_open(number, other, secret) -> None:
    if number != other:
        assert not codes.read(number, secret).opens(codes.hash_secret(other, secret), codes.NOBODYS)


@given(st.text(max_size=30), st.text(max_size=30))
def test_empty_keys_never_open_what_is_empty(number, typed) -> None:
    """Neither an unreadable pair nor an anonymous sender's empty hash matches anything."""
    key = codes.read(number, typed)
    if not key.secret and not key.mobile:
        for stored in ("", codes.NOBODYS, codes.hash_secret("", ""), codes.hash_mobile("", "")):
            assert not key.opens(stored, stored)


def test_new_codes_are_well_formed_and_differ() -> None:
    made = [codes.new() for _ in range(200)]
    assert all(identifiers.luhn_valid(one.number) and len(one.number) == 10 for one in made)
    assert all(len(one.secret) == 16 and one.secret.isdecimal() for one in made)
    assert len({one.secret for one in made}) == 200


def test_a_wrong_digit_of_the_number_is_caught_by_luhn() -> None:
    number = codes.new().number
    for place in range(10):
        for digit in set("0123456789") - {number[place]}:
            assert identifiers.read_public_number(number[:place] + digit + number[place + 1 :]) is None


# --- keys ---------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=5))
def test_what_is_sealed_opens_again_and_does_not_show(content) -> None:
    sealed = sealing.seal(content)
    assert sealing.unseal(sealed) == content
    assert not [value for value in content.values() if len(value) > 6 and value.encode() in sealed]


def test_changed_seal_does_not_open() -> None:
    sealed = bytearray(sealing.seal({"name": "آرش"}))
    sealed[40] ^= 1
    with pytest.raises(ValueError, match="no key"):
        sealing.unseal(bytes(sealed))


def test_older_keys_still_open_and_match(settings) -> None:
    settings.PERSONAL_DATA_KEYS = ["first"]
    sealed, hashed = sealing.seal({"a": "b"}), codes.hash_secret("1", "2" * 16)
    settings.PERSONAL_DATA_KEYS = ["second", "first"]
    assert sealing.unseal(sealed) == {"a": "b"}
    assert codes.Key("1", "2" * 16, "").opens(hashed, "")
    assert codes.hash_secret("1", "2" * 16) != hashed
    settings.PERSONAL_DATA_KEYS = ["second"]
    with pytest.raises(ValueError, match="no key"):
        sealing.unseal(sealed)


def test_purposes_are_apart() -> None:
    assert sealing.digest("secret", "1", "2") != sealing.digest("mobile", "1", "2")
    assert sealing.digest("secret", "12", "3") != sealing.digest("secret", "1", "23")
