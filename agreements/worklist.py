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


@worklist.source("agency_head", rows=_counted(state="draft", ready=True))
def to_sign(user: User) -> Iterator[WorkItem]:
    """Drafts in which nothing is left to do wait for the signature of the head."""
    for kind, row in _found(user, state="draft", ready=True):
        yield _item("امضا و ارسال", kind, row, "آمادهٔ امضا", "warn")


@worklist.source("agency_user", rows=_counted(state="draft", ready=False))
def to_draw_up(user: User) -> Iterator[WorkItem]:
    """Drafts that lack something, and those that came back with a reason."""
    for kind, row in _found(user, state="draft", ready=False):
        yield _draft(kind, row, "todo")


@worklist.source("agency_head", waiting=True)
def being_drawn_up(user: User) -> Iterator[WorkItem]:
    for kind, row in _found(user, state="draft", ready=False):
        yield _draft(kind, row, "waiting")


def _draft(kind: str, row: Any, group: Group) -> WorkItem:
    if row.return_reason:
        note = f"«{row.return_reason}»"
        return _item("اصلاح برگشتی", kind, row, "برگشتی", "returned", note=note, group=group)
    return _item("تکمیل", kind, row, "در حال تنظیم", "info", to="draft", group=group)


@worklist.source("agency_user", waiting=True)
def before_its_head(user: User) -> Iterator[WorkItem]:
    for kind, row in _found(user, state="draft", ready=True):
        yield _item("امضای رئیس دستگاه", kind, row, "آمادهٔ امضا", "plain", group="waiting")


@worklist.source("agency_user", "agency_head", waiting=True)
def being_reviewed(user: User) -> Iterator[WorkItem]:
    for kind, row in _found(user, state__in=["submitted", "expert_approved"]):
        since = row.reviewed_at or row.submitted_at
        yield _item("در بررسی", kind, row, row.get_state_display(), "plain", since=since, group="waiting")


# --- organization ---------------------------------------------------------------------------------------------


@worklist.source("budget_expert", rows=_counted(state="submitted"))
def to_review(user: User) -> Iterator[WorkItem]:
    for kind, row in _found(user, state="submitted"):
        yield _item("بررسی", kind, row, "ارسال‌شده", "warn", since=row.submitted_at)


@worklist.source("consolidation", rows=_counted(state="expert_approved"))
def to_exchange(user: User) -> Iterator[WorkItem]:
    for kind, row in _found(user, state="expert_approved"):
        yield _item("ثبت مبادله", kind, row, "تأیید کارشناس", "warn", since=row.reviewed_at)
