"""How codes of projects and plans are written: they stand in addresses, in files and on site boards."""

import re

CODE_PATTERN = r"^[0-9A-Za-z](?:[0-9A-Za-z._\-]{0,28}[0-9A-Za-z])?$"
RESERVED = frozenset({"new"})  # an address of its own beside those of codes
CODE_SHAPE = "کد از رقم، حرف لاتین، نقطه، خط تیره و زیرخط است، با رقم یا حرف آغاز و تمام می‌شود و دست‌بالا ۳۰ نویسه دارد."


def code_problem(code: str) -> str | None:
    """Why this cannot be the permanent code of anything, as a Persian sentence; None when it can."""
    return None if re.match(CODE_PATTERN, code) and code.lower() not in RESERVED else CODE_SHAPE
