"""Identifiers of persons, legal entities and cases: form and check digits. Pure; knows nothing of Django.

A valid check digit is no proof of existence. Web input is never padded; a spreadsheet import may pad and
must warn.
"""

import re
import secrets

from budget_portal.digits import drop_marks, to_latin, to_persian

_SEPARATORS = re.compile(r"[\s\u200c\u00ad\-\u2010\u2011\u2012\u2013\u2212_.]+")
_LEGAL_WEIGHTS = (29, 27, 23, 19, 17, 29, 27, 23, 19, 17)
_MOBILE = re.compile(r"(?:\+98|0098|98|0)?(9[0-9]{9})")
_DIGITS = re.compile(r"[0-9]+")

PUBLIC_LENGTH, SECRET_LENGTH = 10, 16


def clean(raw: str) -> str:
    """ASCII digits without spaces, hyphens, ZWNJ and direction marks; anything else stays to be refused."""
    return _SEPARATORS.sub("", to_latin(drop_marks(raw)))


# --- کد ملی, شناسه ملی --------------------------------------------------------------------------------------


def national_code_problem(raw: str) -> str | None:
    """Why this is no national code of a person; None when it is well formed."""
    code = clean(raw)
    if problem := _form_problem(code, 10, "کد ملی"):
        return problem
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(code[:9])) % 11
    return (
        None
        if int(code[9]) == (rest if rest < 2 else 11 - rest)
        else "کد ملی درست نیست؛ رقم‌ها را بازبینی کنید."
    )


def legal_id_problem(raw: str) -> str | None:
    """Why this is no national id of a legal entity; None when it is well formed."""
    code = clean(raw)
    if problem := _form_problem(code, 11, "شناسهٔ ملی"):
        return problem
    shift = int(code[9]) + 2
    rest = (
        sum((int(digit) + shift) * weight for digit, weight in zip(code, _LEGAL_WEIGHTS, strict=False)) % 11
    )
    return None if int(code[10]) == rest % 10 else "شناسهٔ ملی درست نیست؛ رقم‌ها را بازبینی کنید."


def _form_problem(code: str, length: int, name: str) -> str | None:
    if not _DIGITS.fullmatch(code):
        return f"{name} باید فقط رقم باشد."
    if len(code) != length:
        return f"{name} باید {to_persian(length)} رقم باشد؛ {to_persian(len(code))} رقم نوشته شده است."
    if len(set(code)) == 1 or code[3:9] == "000000":
        return f"{name} درست نیست؛ رقم‌ها را بازبینی کنید."
    return None


def mask(code: str) -> str:
    """123****891: a personal code outside the case file."""
    return code if len(code) < 7 else f"{code[:3]}{'*' * (len(code) - 6)}{code[-3:]}"


# --- mobile -------------------------------------------------------------------------------------------------


def normalise_mobile(raw: str) -> str:
    """09123456789 from any usual writing; ValueError with a Persian sentence otherwise."""
    match = _MOBILE.fullmatch(re.sub(r"[()]", "", clean(raw)))
    if match is None:
        raise ValueError("شمارهٔ همراه باید ۱۱ رقم باشد و با ۰۹ آغاز شود، مانند ۰۹۱۲۳۴۵۶۷۸۹.")
    return f"0{match[1]}"


def mobile_problem(raw: str) -> str | None:
    try:
        normalise_mobile(raw)
    except ValueError as problem:
        return str(problem)
    return None


# --- complaint codes (decision 25) --------------------------------------------------------------------------


def luhn_digit(payload: str) -> str:
    """The check digit that completes `payload`."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(payload)))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def luhn_valid(code: str) -> bool:
    return bool(_DIGITS.fullmatch(code)) and len(code) > 1 and luhn_digit(code[:-1]) == code[-1]


def new_public_number() -> str:
    payload = "".join(secrets.choice("0123456789") for _ in range(PUBLIC_LENGTH - 1))
    return payload + luhn_digit(payload)


def new_secret() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(SECRET_LENGTH))


def read_public_number(raw: str) -> str | None:
    """The ten digits of a public number however it was written; None when it cannot be one."""
    code = clean(raw)
    return code if len(code) == PUBLIC_LENGTH and luhn_valid(code) else None


def read_secret(raw: str) -> str | None:
    code = clean(raw)
    return code if len(code) == SECRET_LENGTH and _DIGITS.fullmatch(code) else None


def format_public_number(code: str) -> str:
    """۴۰۵۸-۷۳۱۶-۲۳"""
    return to_persian(f"{code[:4]}-{code[4:8]}-{code[8:]}")


def format_secret(code: str) -> str:
    """۱۲۳۴-۵۶۷۸-۹۰۱۲-۳۴۵۶"""
    return to_persian("-".join(code[start : start + 4] for start in range(0, len(code), 4)))
