"""The trial of a rule: what it would have found at past cut-offs, whose, and what changes against the present one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db.models import Q

from accounts.models import User
from agreements.models import ReportingPeriod
from budget_portal.digits import to_persian
from budget_portal.errors import RuleBroken
from monitoring.models import PerformanceSubmission, RuleVersion
from monitoring.rulebook import cases, in_force
from monitoring.rules import Hit
from monitoring.rules.base import Rule, Scope
from monitoring.rules.book import refuse_too_large
from monitoring.rules.expression import ExpressionError

MOST_HITS = 2_000  # kept with their lines; the counts are of all
NEW, SAME, GONE = "new", "same", "gone"


def periods_behind(row: RuleVersion, by: User) -> list[ReportingPeriod]:
    """Past cut-offs with something to try on, newest first."""
    sent = submissions(row).values("period")
    rows = ReportingPeriod.objects.for_user(by).filter(pk__in=sent)
    return list(rows.select_related("fiscal_year").order_by("-cutoff_date")[:12])


def submissions(row: RuleVersion) -> Any:
    """What was sent under the organization of the rule; of the provinces of a national one, what was approved."""
    sent = PerformanceSubmission.objects.filter(kind__in=row.kinds, revision__gt=0)
    own = Q(agency__organization=row.organization_id)
    return sent.filter(own | Q(agency__organization__parent=row.organization_id, state="approved"))


def run(row: RuleVersion, periods: list[int], progress: Callable[..., None]) -> dict[str, Any]:
    """Judge every row of every submission by the rule and by what holds of it now."""
    candidate, scope = in_force.rule_of(row), Scope(row.scope)
    refuse = refuse_too_large(row.expression, scope)
    present = {kind: _present(row, kind) for kind in row.kinds}
    rows = submissions(row).filter(period__in=periods).order_by("period__cutoff_date", "agency__code", "kind")
    rows = list(rows.select_related("agency__organization", "period__fiscal_year"))
    counts: Counter[str] = Counter(submissions=len(rows))
    table, kept = [], list[dict[str, Any]]()
    for at, submission in enumerate(rows):
        progress(at, len(rows), f"{submission.agency}، {submission.period.code}")
        try:
            found = _of_submission(submission, scope, candidate, present[submission.kind], counts, refuse)
        except ExpressionError as problem:
            where = f"{submission.agency}، {to_persian(submission.period.code)}"
            raise RuleBroken(f"{where}: {problem}") from problem
        said = Counter(hit["sort"] for hit in found)
        if found:
            place = [submission.agency.code, str(submission.agency), submission.period.code, submission.kind]
            table.append([*place, said[NEW] + said[SAME], said[NEW], said[GONE]])
        kept += found[: max(0, MOST_HITS - len(kept))]
    progress(len(rows), max(len(rows), 1))
    codes = dict.fromkeys(submission.period.code for submission in rows)
    return {
        "periods": list(codes),
        "figures": {name: counts[name] for name in ("submissions", "rows", "hits", NEW, GONE)},
        "table": table,
        "hits": kept,
    }


def _present(row: RuleVersion, kind: str) -> Rule[Any, Any] | None:
    """What holds last of the same code; nothing for a new rule."""
    found = in_force.in_force_rows(row.organization_id or 0, dt.date.max, kind)
    own = {one.code: one for one in found}.get(row.code)
    return in_force.rule_of(own) if own else in_force.shipped_book(kind).by_code.get(row.code)


def _of_submission(
    submission: PerformanceSubmission,
    scope: Scope,
    candidate: Rule[Any, Any],
    present: Rule[Any, Any] | None,
    counts: Counter[str],
    refuse: Callable[[Any, Any], None],
) -> list[dict[str, Any]]:
    found = []
    for row, title, given, setting in cases.of(submission, scope):
        counts["rows"] += 1
        refuse(given, setting)
        now = {hit.cell: hit for hit in candidate.judge(given, setting)}
        before = {hit.cell: hit for hit in present.judge(given, setting)} if present else {}
        for cell in {**now, **before}:
            sort = GONE if cell not in now else SAME if cell in before else NEW
            counts[sort] += 1
            counts["hits"] += sort != GONE
            found.append(_kept(submission, row, title, sort, now.get(cell) or before[cell]))
    return found


def _kept(submission: PerformanceSubmission, row: Any, title: str, sort: str, hit: Hit) -> dict[str, Any]:
    return {
        "sort": sort,
        "submission": submission.pk,
        "agency": submission.agency.code,
        "agency_name": str(submission.agency),
        "period": submission.period.code,
        "kind": submission.kind,
        "row": f"{row._meta.model_name}:{row.pk}",
        "title": title,
        "cell": hit.cell,
        "sentence": hit.sentence,
        "severity": str(hit.severity),
    }
