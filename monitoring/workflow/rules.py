"""The life of a rule: written, tried over past cut-offs, put live by another person at the border of a cut-off, ended."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.decisions import require
from accounts.models import User
from agreements.models import ReportingPeriod
from budget_portal import audit, outbox
from budget_portal.errors import RuleBroken, WrongState
from budget_portal.moves import verb
from budget_portal.text import normalise
from monitoring.models import RuleTrial, RuleVersion
from monitoring.rulebook import in_force, rights
from monitoring.rules import REASON_LENGTH, RULES, is_reason
from monitoring.rules.base import Scope
from monitoring.rules.book import failing_examples, refuse_too_large, weaker_than_shipped
from monitoring.rules.examples import ExampleError
from monitoring.rules.expression import ExpressionError
from monitoring.signing.statement import canonical
from monitoring.workflow.moves import RULE_MOVES as MOVES

CONTENT = (
    "code", "number", "title", "severity", "scope", "kinds", "law", "check_name", "expression", "cell", "messages",
    "parameters", "must_pass", "must_fail",
)  # fmt: skip
EXAMPLES = "هر قاعده دست‌کم یک نمونه دارد که باید بپذیرد و یک نمونه که باید نپذیرد."
NOT_SAID = "نمونه‌هایی پاسخ درست نمی‌گیرد؛ قاعده یا نمونه‌ها را اصلاح کنید و دوباره بیازمایید."
BORDER = "قاعده از مقطعی جاری یا تمام می‌شود که پنجرهٔ آن هنوز باز نشده است."
REASON = "دلیل را در دست‌کم ۲۰ نویسه بنویسید."
OPEN = "از این قاعده نسخه‌ای در دست آزمایش است؛ نخست آن را به پایان برسانید."


@dataclass(frozen=True)
class Wanted:
    """What a person says of a rule. `check_name` follows from a shipped code, everything else is theirs."""

    code: str
    title: str
    severity: str
    scope: str
    kinds: tuple[str, ...]
    message: str
    reason: str
    law: str = ""
    expression: str = ""
    cell: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    must_pass: list[dict[str, str]] = field(default_factory=list)
    must_fail: list[dict[str, str]] = field(default_factory=list)


@verb
def draft(wanted: Wanted, *, by: User) -> RuleVersion:
    """A new rule, or the next version of one, for the organization of the person."""
    require(rights.can_draft(by))
    assert by.acting is not None  # noqa: S101 - a role is held through a membership
    rows = RuleVersion.objects.filter(organization=by.acting.organization, code=wanted.code)
    if rows.filter(state__in=["draft", "tried"]).exists():
        raise WrongState(OPEN)
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    row = RuleVersion(organization=by.acting.organization, code=wanted.code, number=number, drafted_by=by)
    _write(row, wanted)
    row.save()
    audit.record("rule.drafted", row, by=by, after=content(row), note=row.reason)
    return row


@verb
def rewrite(row_id: int, wanted: Wanted, *, by: User) -> RuleVersion:
    """Write on a draft."""
    row: RuleVersion = RuleVersion.objects.for_user(by).locked(row_id)
    require(rights.can(by, row, "withdraw"))
    if row.state != "draft":
        raise WrongState("قاعدهٔ آزموده نخست به پیش‌نویس برمی‌گردد؛ آنگاه آزمون آن دیگر برقرار نیست.")
    return _rewritten(row, wanted, by)


@verb
def revise(row_id: int, wanted: Wanted, *, by: User) -> RuleVersion:
    """Write on a tried rule: it becomes a draft again, since what was tried is another rule."""
    row: RuleVersion = RuleVersion.objects.for_user(by).locked(row_id)
    require(rights.can(by, row, "revise"))
    row.tried_at = row.tried_by = None
    _move(row, "revise", by, "tried_at", "tried_by")
    return _rewritten(row, wanted, by)


def _rewritten(row: RuleVersion, wanted: Wanted, by: User) -> RuleVersion:
    before = content(row)
    _write(row, wanted)
    row.drafted_by = by
    row.save()
    audit.record("rule.drafted", row, by=by, before=before, after=content(row), note=row.reason)
    return row


@verb
def record_trial(row_id: int, found: dict[str, Any], *, tried: str, by: User) -> RuleTrial:
    """Keep what a trial found; the rule may be decided on from now on. `tried` is the digest of what was tried."""
    row: RuleVersion = RuleVersion.objects.for_user(by).locked(row_id)
    require(rights.can(by, row, "try"))
    if tried != digest(row):
        raise WrongState("قاعده در این میان تغییر کرده است؛ دوباره بیازمایید.")
    trial = RuleTrial.objects.create(
        version=row, made_by=by, content_digest=tried, examples_pass=not problems(row), **found
    )
    row.tried_at, row.tried_by = timezone.now(), by
    _move(row, "try", by, "tried_at", "tried_by", after=found["figures"])
    return trial


@verb
def put_live(row_id: int, *, valid_from: int, by: User) -> RuleVersion:
    """Another person than its makers lets the rule hold, from a cut-off whose window is not open yet."""
    row: RuleVersion = RuleVersion.objects.for_user(by).locked(row_id)
    require(rights.can(by, row, "put_live"))
    trial = row.trials.first()
    if trial is None or trial.content_digest != digest(row) or not trial.examples_pass or problems(row):
        raise WrongState(NOT_SAID)
    row.valid_from = _at_the_border(row, valid_from, by)
    row.digest, row.live_at, row.live_by = digest(row), timezone.now(), by
    _move(row, "put_live", by, "valid_from", "digest", "live_at", "live_by", note=str(row.valid_from))
    _forget_soon()
    return row


@verb
def withdraw(row_id: int, *, by: User) -> RuleVersion:
    """Its makers give it up before it went live."""
    row: RuleVersion = RuleVersion.objects.for_user(by).locked(row_id)
    require(rights.can(by, row, "withdraw"))
    row.retired_at, row.retired_by = timezone.now(), by
    return _move(row, "withdraw", by, "retired_at", "retired_by")


@verb
def retire(row_id: int, *, ends_before: int, reason: str, by: User) -> RuleVersion:
    """End a live rule: from that cut-off on, what lies under it holds again, or nothing does."""
    row: RuleVersion = RuleVersion.objects.for_user(by).locked(row_id)
    require(rights.can(by, row, "retire"))
    if not is_reason(reason, REASON_LENGTH):
        raise RuleBroken(REASON)
    row.ends_before = _at_the_border(row, ends_before, by)
    row.retired_at, row.retired_by = timezone.now(), by
    row.retire_reason = normalise(reason)
    _move(row, "retire", by, "ends_before", "retired_at", "retired_by", "retire_reason", note=reason)
    _forget_soon()
    return row


def content(row: RuleVersion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CONTENT}


def digest(row: RuleVersion) -> str:
    return hashlib.sha256(canonical(content(row)).encode()).hexdigest()


def problems(row: RuleVersion) -> list[tuple[str, int]]:
    """Examples that do not get the answer they must."""
    return failing_examples(in_force.rule_of(row))


def border(organization: int, kinds: list[str]) -> dt.date | None:
    """The date of the last cut-off that is already open somewhere under an organization (sql/rulebook.sql)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_rule_border(%s, %s::text[])", [organization, kinds])
        (day,) = cursor.fetchone()
    return day if day is None else dt.date.fromisoformat(str(day))


def periods_ahead(row: RuleVersion, by: User) -> list[ReportingPeriod]:
    """Cut-offs from which the rule may begin or end."""
    rows = ReportingPeriod.objects.for_user(by).select_related("fiscal_year").order_by("cutoff_date")
    day = border(row.organization_id or 0, list(row.kinds))
    return list(rows.filter(cutoff_date__gt=day) if day else rows)


def _at_the_border(row: RuleVersion, period: int, by: User) -> ReportingPeriod:
    found = next((one for one in periods_ahead(row, by) if one.pk == period), None)
    if found is None:
        raise RuleBroken(BORDER)
    return found


def _write(row: RuleVersion, wanted: Wanted) -> None:
    """Everything that a rule says, refused where it cannot be judged or is weaker than it may be."""
    shipped = RULES.get(wanted.code)
    if not is_reason(wanted.reason, REASON_LENGTH):
        raise RuleBroken(REASON)
    if not wanted.must_pass or not wanted.must_fail:
        raise RuleBroken(EXAMPLES)
    row.title, row.severity, row.law = wanted.title, wanted.severity, wanted.law
    row.scope, row.kinds, row.cell = wanted.scope, list(wanted.kinds), wanted.cell
    row.messages, row.reason = {"": wanted.message}, wanted.reason
    row.expression, row.check_name, row.parameters = wanted.expression, "", {}
    row.must_pass, row.must_fail = wanted.must_pass, wanted.must_fail
    if shipped is not None:
        row.scope, row.kinds, row.cell, row.expression = shipped.scope, list(shipped.kinds), "", ""
        row.check_name, row.parameters = check_name(wanted.code), wanted.parameters
        row.messages = {**shipped.messages, "": wanted.message or shipped.message}
    try:
        rule = in_force.rule_of(row)
        refuse = refuse_too_large(row.expression, rule.scope)
        for example in (*rule.must_pass, *rule.must_fail):
            refuse(example.given, example.setting)
    except (ExpressionError, ExampleError) as problem:
        raise RuleBroken(str(problem)) from problem
    if shipped is not None and (weak := weaker_than_shipped(shipped, row.severity, rule.values)):
        raise RuleBroken(weak)


def check_name(code: str) -> str:
    """The function that judges a shipped rule, by its full name."""
    check = RULES[code].check
    return f"{check.__module__}.{check.__name__}"


def _move(
    row: RuleVersion, name: str, by: User, *fields: str, note: str = "", after: dict[str, Any] | None = None
) -> RuleVersion:
    move, before = MOVES[name], row.state
    row.state = move.target
    row.save(update_fields=["state", *fields])
    facts = {"state": row.state, "code": row.code, "number": row.number, **(after or {})}
    audit.record(move.event, row, by=by, before={"state": before}, after=facts, note=note)
    outbox.add(move.event, row, code=row.code)
    return row


def _forget_soon() -> None:
    in_force.forget()
    transaction.on_commit(in_force.forget)


SCOPE_KINDS = {
    Scope.PROJECT: ("capital",),
    Scope.PROGRAMME: ("expense",),
    Scope.ACTIVITY: ("expense",),
}
