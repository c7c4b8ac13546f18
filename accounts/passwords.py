"""How long a password is, said with Persian digits."""

from django.contrib.auth.password_validation import MinimumLengthValidator

from budget_portal.digits import to_persian


class LengthValidator(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return to_persian(super().get_error_message())

    def get_help_text(self) -> str:
        return to_persian(super().get_help_text())
