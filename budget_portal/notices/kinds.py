"""Kinds of events, by the name of the effect that tells of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

SMS, MAIL, DIGEST, OFF = "sms", "mail", "digest", "off"
ALL = (SMS, MAIL, DIGEST, OFF)
GREETING = "با سلام و احترام،"


@dataclass(frozen=True)
class Kind:
    """`usual` holds until somebody chooses; `allowed` are the choices, so «off» is not offered of what is mandatory."""

    code: str
    label: str
    events: tuple[str, ...]  # starts of effect names
    usual: str
    allowed: tuple[str, ...]
    opening: str = ""  # of the subject
    link: str = "دیدن در سامانه"

    @property
    def is_mandatory(self) -> bool:
        return OFF not in self.allowed


KINDS = (
    Kind(
        "deadline",
        "یادآوری مهلت، پیش و پس از آن",
        ("clock.", "window."),
        MAIL,
        (SMS, MAIL, DIGEST),
        "یادآوری: ",
        "ادامهٔ کار",
    ),
    Kind(
        "returned",
        "برگشت ردیف و بازگشایی",
        ("submission.returned", "submission.reopened", "agreement.returned", "visit.returned"),
        MAIL,
        (SMS, MAIL),
        "برگشت: ",
        "اصلاح",
    ),
    Kind(
        "account",
        "نقش، جانشینی و حساب من",
        ("membership.", "delegation.", "person."),
        MAIL,
        (SMS, MAIL),
    ),
    Kind(
        "turn",
        "رسیدن نوبت کار من",
        (
            "submission.submitted",
            "submission.treasurer_confirmed",
            "submission.expert_reviewed",
            "submission.reopen_asked",
            "extension.",
            "complaint.",
            "finding.",
            "remark.",
        ),
        MAIL,
        ALL,
    ),
    Kind("news", "خبرهای دیگر: تأییدها، ابلاغیه‌ها، گزارش‌ها", (), DIGEST, (MAIL, DIGEST, OFF)),
)
BY_CODE = {kind.code: kind for kind in KINDS}


def kind_of(event: str) -> Kind:
    """The kind whose name of an event is the longest start of this one; everything else is news."""
    found = [(len(start), kind) for kind in KINDS for start in kind.events if event.startswith(start)]
    return max(found, key=lambda pair: pair[0])[1] if found else BY_CODE["news"]


def channel(kind: Kind, chosen: str | None) -> str:
    """What a person chose, as far as the kind allows it."""
    return chosen if chosen in kind.allowed else kind.usual


def subject(kind: Kind, text: str) -> str:
    """The first sentence, with what it is about in front."""
    first = text.split(". ", 1)[0].split(" · ", 1)[0].rstrip(".")
    return f"{kind.opening}{first}"[:160]


def letter(kind: Kind, text: str, address: str) -> str:
    return f"{GREETING}\n\n{text}\n" + (f"\n{kind.link}: {address}\n" if address else "")


def short_message(kind: Kind) -> str:
    """An SMS names neither people nor figures nor objects: it only says that something waits."""
    return f"سامانهٔ پایش بودجه: {kind.label}. برای دیدن آن وارد سامانه شوید."
