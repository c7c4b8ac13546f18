"""What a rule found, as every page shows it: number, sentence, expected value, difference, link to the cell, and the
agency's explanation with who wrote it and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.urls import reverse

from budget_portal.digits import group
from monitoring.models import CheckResult, PerformanceSubmission
from monitoring.rules import title_of

CELL_OF = {"volume": "volume_done"}  # the name of a rule's cell -> of the input
# Cells of rules that stand in no input: the link leads to the row.
WITHOUT_INPUT = frozenset({"", "progress", "weight", "causes", "allocated", "credit_in_force"})
KIND_OF = {
    "capitalfinanceline": "capital",
    "expensefinanceline": "expense",
    "operationprogress": "operation",
    "projectprogress": "project",
    "activityperformance": "activity",
}


@dataclass(frozen=True)
class Found:
    pk: int
    code: str
    sentence: str
    blocks: bool
    facts: str
    url: str
    asks: bool
    explanation: str
    suggestion: str
    who: str
    at: dt.datetime | None

    @property
    def waits(self) -> bool:
        return self.asks and not self.explanation


def code_of(rule: str) -> str:
    """The number that people know a rule by (V3); the codes of the others say nothing beside the sentence."""
    return rule if rule[:1] == "V" and rule[1:].isdigit() else ""


def rules_named(codes: Iterable[str]) -> str:
    """The rules that a held line breaks: numbers, or titles of those that have none."""
    return "، ".join(code_of(code) or title_of(code) for code in codes)


def of(hit: CheckResult, url: str = "") -> Found:
    return Found(
        pk=hit.pk,
        code=code_of(hit.rule),
        sentence=hit.sentence,
        blocks=hit.severity == "block",
        facts=facts(hit),
        url=url,
        asks=hit.asks,
        explanation=hit.explanation,
        suggestion=hit.suggestion,
        who=str(hit.explained_by) if hit.explained_by_id else "",
        at=hit.explained_at,
    )


def facts(hit: CheckResult) -> str:
    """«انتظار ۱۲٬۰۰۰ · تفاوت ۳٬۲۰۰»; nothing where the rule compares nothing."""
    names = (("انتظار", hit.expected), ("تفاوت", hit.difference))
    return " · ".join(f"{name} {_said(text)}" for name, text in names if text)


def difference(hit: CheckResult) -> str:
    return f"تفاوت {_said(hit.difference)}" if hit.difference else ""


def _said(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    rounded = value.quantize(Decimal("0.01"))
    return group(rounded.normalize() if rounded % 1 else rounded.quantize(Decimal(1)))


def anchor(hit: CheckResult) -> str:
    """The id of the input that a hit speaks of; browsers put the focus there. Empty where no input holds it."""
    model, _, pk = hit.row.partition(":")
    kind, cell = KIND_OF.get(model, ""), CELL_OF.get(hit.cell, hit.cell)
    return "" if not kind or cell in WITHOUT_INPUT else f"c-{kind}-{pk}-{cell}"


def url_of(hit: CheckResult, submission: PerformanceSubmission) -> str:
    """The entry page, its row open, at the cell."""
    base = reverse("monitoring:entry", args=[submission.period.code, submission.kind])
    model, _, pk = hit.row.partition(":")
    at = anchor(hit)
    if hit.project_id:
        return f"{base}?open={hit.project_id}#{at or f'p-{hit.project_id}'}"
    row = {
        "expensefinanceline": f"?open={pk}#{at or f'x-{pk}'}",
        "activityperformance": f"#{at or f'a-{pk}'}",
    }
    return base + row.get(model, "")


def count_waiting(hits: Iterable[CheckResult]) -> int:
    return sum(hit.waits for hit in hits)
