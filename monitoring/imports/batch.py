"""Expense performance of one agency through the pages of imports: the agency's own expert enters a file into the form of
an open cut-off, with the columns, rights, rules and log of typing. What a rule blocks is written and told, as there."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction

from accounts.models import User
from agreements.imports import choices, undoing
from agreements.imports.choices import AGENCY, CHAPTER, PROGRAMME, SOURCE, Field, ImportTable
from agreements.imports.ground import Ground
from agreements.imports.tables import EXPENSE, Sheet, Tick, Verdict, money_change, no_tick, sort_out
from budget_portal.digits import group
from budget_portal.errors import DomainError, NotAllowed
from budget_portal.tables.extract import Extract, Row, Spec, title_of
from budget_portal.tables.outcome import Outcome
from monitoring import kept_hits, opening
from monitoring.copied import EXPENSE_KEY, Key
from monitoring.imports.figures import Figures, blocks_of, differs, write_expense_lines
from monitoring.models import ExpenseFinanceLine, PerformanceSubmission
from monitoring.models.lines import EXPENSE_CELLS

MODEL = "monitoring.expensefinanceline"
PERFORMANCE = Spec(
    texts=("agency", *EXPENSE, "reason"),
    money=EXPENSE_CELLS,
    optional=frozenset({"agency", "reason", *EXPENSE_CELLS}),
    blank_is_missing=True,
)
LABELS = {"received": "دریافتی", "spent": "هزینه", "commitments_open": "تعهد پرداخت‌نشده"}
NOT_YOURS = "عملکرد را کارشناس همین دستگاه وارد می‌کند."
NO_LINE = "این ردیف در فرم این مقطع نیست."
CHANGED = "«{title}» پس از این ورود تغییر کرده است."
LOCKED = "عملکرد {agency} فرستاده شده است و از راه پرونده برنمی‌گردد."
TAKEN_BACK = "ارقام فرم به آنچه پیش از این ورود بود برمی‌گردد."


def judge_performance(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    """What the file says otherwise than the form; the rules are asked in a trial that leaves nothing behind."""
    agency = by.acting.agency if by.acting is not None else None
    if by.role != "agency_user" or agency is None:
        raise NotAllowed(NOT_YOURS)
    for row in extract.rows:
        row.texts["agency"] = row.texts["agency"] or agency.code
    sheet = sort_out(extract, ground, "expense_performance", EXPENSE, hold=hold)
    with transaction.atomic():
        submission = opening.open_submission(agency, ground.period, "expense", by=by)
        lines = _lines(submission)
        for line in list(sheet.good):
            if _key(line) not in lines:
                sheet.refuse(line, title_of(ground.mapping, "programme"), NO_LINE)
        figures = {_key(line): _figures(sheet, line, row) for line, row in sheet.good.items()}
        _tell_changes(sheet, lines, figures)
        _try(sheet, submission, figures, by)
        transaction.set_rollback(True)
    sheet.data = {"agency": agency, "figures": figures}
    return sheet


def _try(sheet: Sheet, submission: PerformanceSubmission, figures: dict[Key, Figures], by: User) -> None:
    try:
        with transaction.atomic():
            lines = write_expense_lines(submission.pk, list(figures.values()), by=by)
    except (DomainError, NotAllowed) as refusal:
        for line in list(sheet.good):
            sheet.refuse(line, "", refusal.message)
        return
    blocks = blocks_of(submission)
    for line, row in sheet.good.items():
        hits = blocks.get(kept_hits.row_name(lines[_key(line)]), [])
        row.warnings += [hit.sentence for hit in hits if hit.sentence not in row.warnings]


def _tell_changes(sheet: Sheet, lines: dict[Key, ExpenseFinanceLine], figures: dict[Key, Figures]) -> None:
    for line, row in sheet.good.items():
        before, now = lines[_key(line)], figures[_key(line)]
        changed = [
            money_change(LABELS[cell], getattr(before, cell), value)
            for cell, value in now.cells.items()
            if getattr(before, cell) != value
        ]
        empty = all(getattr(before, cell) is None for cell in now.cells)
        kind = "same" if not differs(before, now) else "new" if empty else "changed"
        sheet.verdicts[row.number] = Verdict(kind, str(before.programme), changed)


def _key(line: Any) -> Key:
    return line.programme_id or 0, line.expense_chapter_id or 0, line.funding_source_id


def _lines(submission: PerformanceSubmission) -> dict[Key, ExpenseFinanceLine]:
    rows = ExpenseFinanceLine.objects.filter(submission=submission).select_related("programme")
    return {tuple(getattr(row, name) for name in EXPENSE_KEY): row for row in rows}


def _figures(sheet: Sheet, line: Any, row: Row) -> Figures:
    """A column that the file lacks and an empty cell say nothing."""
    mapped = [name for name in EXPENSE_CELLS if sheet.ground.mapping.has(name)]
    return Figures(
        key=_key(line),
        cells={name: row.money[name] for name in mapped if name in row.money},
        not_applicable=frozenset(row.not_applicable),
        reason=row.texts["reason"] or None,
    )


def write_performance(sheet: Sheet, *, by: User, tick: Tick = no_tick) -> Outcome:
    agency, figures = sheet.data["agency"], sheet.data["figures"]
    submission = opening.open_submission(agency, sheet.ground.period, "expense", by=by)
    before = _lines(submission)
    changed = [one for key, one in figures.items() if differs(before[key], one)]
    kept = [_kept(before[one.key]) for one in changed]
    after = write_expense_lines(submission.pk, changed, by=by)
    tick(len(changed), len(figures))
    sheet.outcome.written = len(changed)
    sheet.outcome.made[MODEL] = [
        [*one, after[key].version] for one, key in zip(kept, (c.key for c in changed), strict=True)
    ]
    sheet.outcome.notes.append(f"{group(len(changed))} ردیف در فرم عملکرد {agency}")
    return sheet.outcome


def _kept(line: ExpenseFinanceLine) -> list[Any]:
    """The line as it was, for taking the import back: its key and figures."""
    source = line.held_raw if line.held else None
    figures = Figures(
        key=tuple(getattr(line, name) for name in EXPENSE_KEY),
        cells={cell: source.get(cell) if source else getattr(line, cell) for cell in EXPENSE_CELLS},
        unread=dict(source.get("raw", {}) if source else line.raw),
        not_applicable=frozenset(line.not_applicable),
        reason=line.reason,
    )
    plain = asdict(figures)
    return [line.pk, {**plain, "key": list(figures.key), "not_applicable": sorted(figures.not_applicable)}]


# --- taking it back ---------------------------------------------------------------------------------------------------


@undoing.before_undoing
def changed_since(model: str, keys: list[Any]) -> list[str]:
    if model != MODEL:
        return []
    versions = {pk: version for pk, _, version in keys}
    rows = ExpenseFinanceLine.objects.filter(pk__in=list(versions)).select_related(
        "programme", "expense_chapter", "submission__agency"
    )
    found = [CHANGED.format(title=str(row)) for row in rows if row.version != versions[row.pk]]
    sent = {row.submission.agency.name for row in rows if not row.submission.is_editable}
    return [LOCKED.format(agency=name) for name in sorted(sent)] + found


def _restore(keys: list[Any], *, reason: str, by: User) -> None:
    lines = {row.pk: row for row in ExpenseFinanceLine.objects.filter(pk__in=[pk for pk, _, _ in keys])}
    by_submission: dict[int, list[Figures]] = {}
    for pk, was, _ in keys:
        cells = {cell: value for cell, value in was["cells"].items() if cell not in was["unread"]}
        figures = Figures(
            key=tuple(was["key"]),
            cells={cell: value for cell, value in cells.items() if cell not in was["not_applicable"]},
            unread=was["unread"],
            not_applicable=frozenset(was["not_applicable"]),
            reason=was["reason"],
        )
        by_submission.setdefault(lines[pk].submission_id, []).append(figures)
    for submission_id, figures_ in by_submission.items():
        write_expense_lines(submission_id, figures_, by=by)


undoing.register(MODEL, _restore, TAKEN_BACK)
choices.add_table(
    ImportTable(
        "performance-expense",
        "عملکرد هزینه‌ای دستگاه",
        PERFORMANCE,
        (
            Field("agency", AGENCY.title, AGENCY.names, required=False),
            PROGRAMME,
            CHAPTER,
            SOURCE,
            Field("received", "دریافتی", ("دریافتی از خزانه", "مبلغ دریافتی"), required=False, sort="money"),
            Field("spent", "هزینه", ("هزینهٔ قطعی", "عملکرد", "هزینه‌کرد"), required=False, sort="money"),
            Field(
                "commitments_open",
                "تعهد پرداخت‌نشده",
                ("تعهدات", "تعهد"),
                required=False,
                sort="money",
            ),
            Field("reason", "علت", ("توضیح", "علت انحراف"), required=False),
        ),
        ("period",),
        judge_performance,
        write_performance,
        "ارقام تجمعی از آغاز سال، در فرم مقطعی که باز است؛ خانهٔ خالی چیزی را عوض نمی‌کند",
        roles=("agency_user",),
    )
)
