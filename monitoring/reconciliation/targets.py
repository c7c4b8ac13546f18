"""The money lines of a submission as a ledger may call them, what was entered on them, and statements of contracts."""

from __future__ import annotations

from typing import Any

from agreements.models import ContractStatement, ProjectIdentifier
from monitoring.lines import LineKey
from monitoring.models import CapitalFinanceLine, ExpenseFinanceLine, PerformanceSubmission, Reconciliation
from monitoring.reconciliation.facts import MoneyKey, Statement, Target, Year
from monitoring.signing import digest_of

PARTS = ("project", "programme", "expense_chapter", "funding_source")


def key_of(row: Any) -> MoneyKey:
    """Of any row that has the four columns (some of them): a line, a row of a ledger, a line of the bench."""
    project, programme, chapter = (getattr(row, f"{name}_id", None) for name in PARTS[:3])
    return MoneyKey(project, programme, chapter, row.funding_source_id)


def columns_of(key: MoneyKey | None) -> dict[str, int | None]:
    return dict(zip((f"{name}_id" for name in PARTS), key or (None,) * len(PARTS), strict=True))


def line_of(key: MoneyKey) -> LineKey:
    return LineKey(key.project, key.programme, key.chapter)


def year_of(submission: PerformanceSubmission) -> Year:
    return Year(submission.period.fiscal_year.starts_on, submission.period.cutoff_date)


def lines_of(submission: PerformanceSubmission) -> list[Any]:
    """The money lines in the order of the form."""
    if submission.kind == "capital":
        rows = CapitalFinanceLine.objects.filter(submission=submission).select_related(
            "project", "funding_source"
        )
        return list(rows.order_by("project__code", "funding_source__code"))
    expense = ExpenseFinanceLine.objects.filter(submission=submission).select_related(
        "programme", "expense_chapter", "funding_source"
    )
    return list(expense.order_by("programme__code", "expense_chapter__code", "funding_source__code"))


def entered_of(row: Any, measure: str) -> int | None:
    """What the agency spent on a line, or received for it; a held line travels without figures."""
    value = getattr(row, measure)
    return None if row.held or value is None else int(value)


def targets_of(bench: Reconciliation, lines: list[Any]) -> list[Target]:
    if bench.submission.kind == "capital":
        return _capital(lines, bench.measure)
    return [_expense(row, bench.measure) for row in lines]


def _capital(lines: list[Any], measure: str) -> list[Target]:
    """A project is called by its own code and by those of other systems."""
    others: dict[int, list[str]] = {}
    rows = ProjectIdentifier.objects.filter(project__in={row.project_id for row in lines})
    for project, code in rows.order_by("pk").values_list("project", "code"):
        others.setdefault(project, []).append(code)
    return [
        Target(
            key_of(row),
            f"p{row.project_id}",
            (row.project.code, *others.get(row.project_id, ())),
            row.project.title,
            (row.funding_source.code, row.funding_source.title),
            entered=entered_of(row, measure),
        )
        for row in lines
    ]


def _expense(row: Any, measure: str) -> Target:
    chapter = row.expense_chapter
    return Target(
        key_of(row),
        f"g{row.programme_id}",
        (row.programme.code, f"{row.programme.code}{chapter.code}"),
        row.programme.title,
        (row.funding_source.code, row.funding_source.title),
        (chapter.code, chapter.title),
        entered_of(row, measure),
    )


def statements_of(bench: Reconciliation, lines: list[Any]) -> list[Statement]:
    """What contractors were paid; an amount that the treasury sends is for no one of them."""
    submission = bench.submission
    if submission.kind != "capital" or bench.measure != "spent":
        return []
    rows = ContractStatement.objects.filter(
        contract__project__in={row.project_id for row in lines}, stated_on__lte=submission.period.cutoff_date
    )
    return [
        Statement(
            row.pk,
            f"p{row.contract.project_id}",
            tuple({int(row.gross), int(row.paid)} - {0}),
            row.stated_on,
            str(row.number),
            row.contract.number,
        )
        for row in rows.select_related("contract").order_by("pk")
    ]


def figures_digest(lines: list[Any], measure: str) -> str:
    """Of what was entered: another figure, or another line, and a sheet no longer speaks of the submission."""
    return digest_of(
        sorted([[*(part or 0 for part in key_of(row)), entered_of(row, measure)] for row in lines], key=str)
    )


def written_key(key: MoneyKey) -> str:
    """A key in an address or a form: `5.0.0.2`."""
    return ".".join(str(part or 0) for part in key)


def read_key(text: str) -> MoneyKey | None:
    parts = text.split(".")
    if len(parts) != len(PARTS) or not all(
        part.isascii() and part.isdecimal() and len(part) < 19 for part in parts
    ):
        return None
    project, programme, chapter, source = (int(part) or None for part in parts)
    return None if source is None else MoneyKey(project, programme, chapter, source)
