"""Signatures under a submission as pages show them, and what a check of them found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.models import Role
from monitoring.models import PerformanceSubmission, Signature
from monitoring.review.lines import lines_of
from monitoring.signing import signatures_of, verify
from monitoring.signing.submissions import Checked, check_submission

EVENTS = {
    "treasurer_confirmed": "تأیید ذیحساب",
    "expert_reviewed": "پایان بررسی کارشناس",
    "approved": "تأیید نهایی",
    "reopened": "بازگشایی",
}


@dataclass(frozen=True)
class Signed:
    event: str
    who: str
    on_behalf_of: str
    role: str
    at: Any
    revision: int
    digest: str
    files: int
    lines: int
    key: str
    is_genuine: bool
    checked: bool = False
    problems: list[str] = field(default_factory=list)
    is_current: bool = True


def shown(submission: PerformanceSubmission, *, check: bool) -> list[Signed]:
    """Every signature; with `check`, figures, snapshots and the bytes of all files are read again."""
    if not check:
        return [_signed(row, verify(row)) for row in signatures_of(submission)]
    titles = {line.name: line.title for line in lines_of(submission).values()}
    return [
        _signed(found.signature, found.genuine, found, problems(found, titles))
        for found in check_submission(submission)
    ]


def problems(found: Checked, titles: dict[str, str]) -> list[str]:
    """What is no longer as it was signed, by name."""
    said = []
    if not found.genuine:
        said.append("امضا با متن امضاشده نمی‌خواند: خود امضا یا مشخصات آن تغییر کرده است.")
    if not found.content:
        said.append("نسخهٔ نگه‌داشتهٔ این امضا تغییر کرده است.")
    said += [f"رقم یا مشخصات ردیف «{titles.get(name, name)}» تغییر کرده است." for name in found.lines]
    said += [f"پروندهٔ سند «{name}» تغییر کرده یا از میان رفته است." for name in found.files]
    return said


def _signed(
    row: Signature, genuine: bool, found: Checked | None = None, said: list[str] | None = None
) -> Signed:
    return Signed(
        event=EVENTS.get(row.event, row.event),
        who=str(row.signer),
        on_behalf_of=str(row.on_behalf_of.user) if row.on_behalf_of else "",
        role=str(Role(row.role).label) if row.role in Role.values else row.role,
        at=row.at,
        revision=row.revision,
        digest=row.content_digest,
        files=len(row.parts.get("files", {})),
        lines=len(row.parts.get("lines", {})),
        key=row.key.fingerprint[:16],
        is_genuine=genuine,
        checked=found is not None,
        problems=said or [],
        is_current=found.current if found else True,
    )
