"""کارتابل of agreements: what waits for the agency's pen, its head's signature, the expert and the consolidation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse

from accounts.models import User
from agreements.effects_agreements import name
from agreements.workflow.versions import MODELS
from budget_portal import worklist
from budget_portal.worklist import Group, WorkItem

MOST = 100


def _rows(user: User, kind: str, **only: Any) -> Any:
    rows = MODELS[kind].objects.for_user(user).filter(**only).select_related("agency", "fiscal_year")
    return (rows.select_related("plan") if kind == "capital" else rows).order_by("pk").defer("draft")[:MOST]


def _found(user: User, **only: Any) -> Iterator[tuple[str, Any]]:
    for kind in MODELS:
        for row in _rows(user, kind, **only):
            yield kind, row


def _counted(**only: Any) -> Callable[[User], list[Any]]:
    return lambda user: [_rows(user, kind, **only) for kind in MODELS]


def _item(
    verb: str, kind: str, row: Any, badge: str, tone: str, *, to: str = "agreement", **more: Any
) -> WorkItem:
    plan = getattr(row, "plan", None)
    more.setdefault("note", plan.title if plan else "")
    return WorkItem(
        f"{verb}: {name(kind, row)}",
        reverse(f"agreements:{to}", args=[kind, row.pk]),
        badge_label=badge,
        badge_tone=tone,
        **more,
    )


# --- agency ---------------------------------------------------------------------------------------------------


def _to_pen(user: User) -> list[Any]:
    """Drafts whose turn it is: of the expert while something is left to do, then of the head for the signature."""
    return [_rows(user, kind, state="draft", ready=user.role == "agency_head") for kind in MODELS]


@worklist.source("agency_user", "agency_head", rows=_to_pen)
def in_the_making(user: User) -> Iterator[WorkItem]:
    """What is drawn up, what waits for the signature of the head, and what others have in hand."""
    for kind, row in _found(user, state__in=["draft", "submitted", "expert_approved"]):
        if row.state != "draft":
            since = row.reviewed_at or row.submitted_at
            yield _item("در بررسی", kind, row, row.get_state_display(), "plain", since=since, group="waiting")
        elif not row.ready:
            yield _draft(kind, row, "todo" if user.role == "agency_user" else "waiting")
        elif user.role == "agency_head":
            yield _item("امضا و ارسال", kind, row, "آمادهٔ امضا", "warn")
        else:
            yield _item("امضای رئیس دستگاه", kind, row, "آمادهٔ امضا", "plain", group="waiting")


def _draft(kind: str, row: Any, group: Group) -> WorkItem:
    """One that lacks something, or came back with a reason."""
    if row.return_reason:
        note = f"«{row.return_reason}»"
        return _item("اصلاح برگشتی", kind, row, "برگشتی", "returned", note=note, group=group)
    return _item("تکمیل", kind, row, "در حال تنظیم", "info", to="draft", group=group)


# --- organization ---------------------------------------------------------------------------------------------


@worklist.source("budget_expert", rows=_counted(state="submitted"))
def to_review(user: User) -> Iterator[WorkItem]:
    for kind, row in _found(user, state="submitted"):
        yield _item("بررسی", kind, row, "ارسال‌شده", "warn", since=row.submitted_at)


@worklist.source("consolidation", rows=_counted(state="expert_approved"))
def to_exchange(user: User) -> Iterator[WorkItem]:
    for kind, row in _found(user, state="expert_approved"):
        yield _item("ثبت مبادله", kind, row, "تأیید کارشناس", "warn", since=row.reviewed_at)
