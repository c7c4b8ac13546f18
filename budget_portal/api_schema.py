"""What the schema says of refusals: one shape for all, with the codes that a method may answer."""

from __future__ import annotations

from typing import Any

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "problems"],
            "properties": {
                "code": {"type": "string", "description": "نام ایراد برای برنامه"},
                "message": {"type": "string", "description": "جمله‌ای برای انسان"},
                "problems": {"type": "array", "items": {"type": "string"}},
            },
        }
    },
    "example": {
        "error": {
            "code": "wrong_state",
            "message": "وضعیت کنونی «تأیید نهایی» است و «تأیید ذیحساب» از آن ممکن نیست.",
            "problems": [],
        }
    },
}
READING = {
    "400": "پارامتری خوانا نیست",
    "401": "وارد نشده‌اید",
    "403": "در اختیار شما نیست",
    "404": "نیست یا در دامنهٔ شما نیست",
}
MOVING = READING | {
    "409": "وضعیت کنونی اجازه نمی‌دهد",
    "412": "پس از خواندن شما تغییر کرده است (If-Match)",
    "413": "بدنه بیش از اندازه بزرگ است",
    "415": "بدنه JSON نیست",
    "422": "ایراد در داده‌ها",
}


def add_refusals(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Hook of drf-spectacular: adds the shape of refusals and its answers to every operation."""
    result["components"]["schemas"]["Error"] = ERROR
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for status, text in (READING if method == "get" else MOVING).items():
                operation["responses"].setdefault(status, {"description": text, "content": content})
    return result
