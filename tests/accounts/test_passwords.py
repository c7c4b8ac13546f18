"""What is said about a password."""

import re

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError


def test_hints_and_refusals_have_persian_digits() -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password("کوتاه")
    said = [*password_validators_help_texts(), *refused.value.messages]
    assert any("۱۰" in text for text in said)
    assert not [text for text in said if re.search(r"[0-9]", text)]
