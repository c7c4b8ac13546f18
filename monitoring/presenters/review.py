"""What the treasurer (and every later reviewer) reads: the queue of lines, and one line before and now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from budget_portal.templatetags.portal import percent_text
from monitoring.models import (
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    PerformanceSubmission,
    ProjectProgress,
    ReturnMark,
    SubmissionDocument,
)
from monitoring.presenters import review_parts, words
from monitoring.presenters.cells import CELL_LABELS, Comparison, known_sum, raw_text, said
from monitoring.presenters.hits import Found, rules_named
from monitoring.presenters.hits import of as found_of
from monitoring.presenters.review_changes import comparisons
from monitoring.presenters.review_parts import Parts
from monitoring.presenters.words import Badge

BEHIND = 5  # points


@dataclass(frozen=True)
class QueueItem:
    """One line in the list beside the open one."""

    key: str
    title: str
    note: str
    flags: list[Badge]
    url: str
    open: bool
    warned: bool
    age: str = ""
    value: str = ""  # of its checkbox: the line, and what was seen of it
    spent: int | None = None
    blocked: bool = False  # not together with others


@dataclass
class Line:
    key: str
    title: str
    code: str
    project_code: str
    comparisons: list[Comparison]
    parts: list[Parts]
    hits: list[Found]
    causes: list[str]
    texts: list[tuple[str, str]]
    held: list[str]
    marks: list[ReturnMark]
    project_id: int | None = None
    programme_id: int | None = None
    chapter_id: int | None = None
    writers: list[str] = field(default_factory=list)


@dataclass
class Pack:
    """All lines of a submission, loaded once."""

    submission: PerformanceSubmission
    groups: dict[str, list[Any]] = field(default_factory=dict)
    progress: dict[str, ProjectProgress] = field(default_factory=dict)
    hits: dict[str, list[CheckResult]] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    mended: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)  # with the agency now

    @property
    def is_capital(self) -> bool:
        return self.submission.kind == "capital"


def load(submission: PerformanceSubmission) -> Pack:
    pack = Pack(submission)
    if pack.is_capital:
        _load_capital(pack)
    else:
        lines = ExpenseFinanceLine.objects.filter(submission=submission).select_related(
            "programme", "expense_chapter", "funding_source", "previous", "updated_by"
        )
        for line in lines.order_by("programme__code", "expense_chapter__code", "funding_source"):
            pack.groups.setdefault(f"line:{line.programme_id}:{line.expense_chapter_id}", []).append(line)
    names = {line.pk: key for key, lines in pack.groups.items() for line in lines}
    for hit in CheckResult.objects.filter(submission=submission).select_related("explained_by"):
        for key in _keys_of(hit, names, pack):
            pack.hits.setdefault(key, []).append(hit)
    for mark in ReturnMark.objects.filter(submission=submission, revision__gte=submission.revision - 1):
        covered = {key for key in pack.groups if _covers(mark, key)}
        if mark.closed_at is None:
            pack.returned |= covered
        elif mark.revision == submission.revision - 1:
            pack.mended |= covered
    _count_documents(pack)
    return pack


def _load_capital(pack: Pack) -> None:
    lines = CapitalFinanceLine.objects.filter(submission=pack.submission).select_related(
        "project", "funding_source", "previous", "updated_by"
    )
    for line in lines.order_by("project__plan__code", "project__code", "funding_source"):
        pack.groups.setdefault(f"project:{line.project_id}", []).append(line)
    for row in ProjectProgress.objects.filter(submission=pack.submission).select_related(
        "project", "previous"
    ):
        pack.progress[f"project:{row.project_id}"] = row
        pack.groups.setdefault(f"project:{row.project_id}", [])


def _keys_of(hit: CheckResult, names: dict[int, str], pack: Pack) -> list[str]:
    """Lines on which a hit stands; that of an activity stands on every chapter of its programme."""
    if pack.is_capital:
        return [f"project:{hit.project_id}"]
    model, _, pk = hit.row.partition(":")
    if model == "expensefinanceline":
        return [names.get(int(pk), "")]
    return [key for key in pack.groups if key.startswith(f"line:{hit.programme_id}:")]


def _covers(mark: ReturnMark, key: str) -> bool:
    kind, *ids = key.split(":")
    if mark.project_id is None and mark.programme_id is None:
        return True
    if kind == "project":
        return str(mark.project_id) == ids[0]
    same = mark.expense_chapter_id is None or str(mark.expense_chapter_id) == ids[1]
    return str(mark.programme_id) == ids[0] and same


def _count_documents(pack: Pack) -> None:
    rows = SubmissionDocument.objects.filter(submission=pack.submission, removed_at=None)
    name = "project" if pack.is_capital else "programme"
    found = dict(rows.values_list(name).annotate(Count("pk")).order_by())
    for key in pack.groups:
        pack.documents[key] = found.get(int(key.split(":")[1]), 0)


# --- the list ----------------------------------------------------------------------------------------------------


def item(pack: Pack, key: str, is_open: bool) -> QueueItem:
    hits = pack.hits.get(key, [])
    return QueueItem(
        key=key,
        title=title_of(pack, key),
        note=_note(pack, key),
        flags=_flags(pack, key, hits),
        url="",
        open=is_open,
        warned=bool(hits),
        age=_age(pack, key),
    )


def _age(pack: Pack, key: str) -> str:
    """When the line was last written."""
    rows = [*pack.groups[key], *([pack.progress[key]] if key in pack.progress else [])]
    return words.age(max(row.updated_at for row in rows)) if rows else ""


def title_of(pack: Pack, key: str) -> str:
    if key in pack.progress:
        return str(pack.progress[key].project)
    line = pack.groups[key][0]
    return str(line.project) if pack.is_capital else f"{line.programme} – {line.expense_chapter}"


def _note(pack: Pack, key: str) -> str:
    spent = known_sum(pack.groups[key], "spent")
    note = f"عملکرد {said(spent)}"
    if key in pack.progress:
        note += f" · فیزیکی {percent_text(pack.progress[key].physical_progress)}"
    return note


def _flags(pack: Pack, key: str, hits: list[CheckResult]) -> list[Badge]:
    flags = []
    if key in pack.mended:
        flags.append(Badge("اصلاح‌شده پس از برگشت", "returned", "arrow-uturn-right"))
    if any(line.held for line in pack.groups[key]) or (key in pack.progress and pack.progress[key].held):
        flags.append(Badge("نگه‌داشته", "neutral", "lock-closed"))
    if hits:
        flags.append(Badge(f"{len(hits)} هشدار", "warn", "exclamation-triangle"))
    else:
        flags.append(Badge("بدون هشدار", "plain", "check"))
    if behind := _behind(pack.progress.get(key)):
        flags.append(Badge(behind, "neutral", "clock"))
    if pack.documents[key]:
        flags.append(Badge(f"{pack.documents[key]} سند", "info", "document-text"))
    else:
        flags.append(Badge("سند ندارد", "neutral", "document"))
    return flags


def _behind(progress: ProjectProgress | None) -> str:
    """«۱۴ واحد عقب‌تر از برنامه», from five points on."""
    if progress is None or progress.physical_progress is None or progress.planned_progress is None:
        return ""
    gap = progress.planned_progress - progress.physical_progress
    return f"{percent_text(gap).removesuffix('٪')} واحد عقب‌تر از برنامه" if gap > BEHIND else ""


# --- the open line -------------------------------------------------------------------------------------------------


def line(pack: Pack, key: str) -> Line:
    lines = pack.groups[key]
    progress = pack.progress.get(key)
    kind, *ids = key.split(":")
    project = progress.project if progress else lines[0].project if pack.is_capital else None
    return Line(
        key=key,
        title=title_of(pack, key),
        code=project.code if project else lines[0].programme.code,
        project_code=project.code if project else "",
        comparisons=comparisons(pack.submission, lines, progress),
        parts=review_parts.of_project(lines, progress)
        if pack.is_capital
        else review_parts.of_programme(pack.submission, lines),
        hits=[found_of(hit) for hit in pack.hits.get(key, [])],
        causes=_causes(progress),
        texts=_texts(lines, progress),
        held=_held(lines, progress),
        marks=[
            mark
            for mark in ReturnMark.objects.filter(submission=pack.submission)
            .select_related("opened_by", "reason_code")
            .order_by("-pk")
            if _covers(mark, key)
        ],
        project_id=int(ids[0]) if kind == "project" else None,
        programme_id=int(ids[0]) if kind == "line" else None,
        chapter_id=int(ids[1]) if kind == "line" else None,
        writers=sorted({str(row.updated_by) for row in lines if row.updated_by_id}),
    )


def _causes(progress: ProjectProgress | None) -> list[str]:
    if progress is None:
        return []
    rows = progress.delay_causes.select_related("cause")
    return [f"{row.cause} {percent_text(row.share)}{f' ({row.text})' if row.text else ''}" for row in rows]


def _texts(lines: list[Any], progress: ProjectProgress | None) -> list[tuple[str, str]]:
    found = [("علت کاهش رقم", row.reason) for row in lines if row.reason]
    if progress:
        names = ("obstacles", "remedy", "next_activity")
        found += [(CELL_LABELS[name], getattr(progress, name)) for name in names if getattr(progress, name)]
        if progress.reason:
            found.append(("علت کاهش پیشرفت", progress.reason))
    return found


def _held(lines: list[Any], progress: ProjectProgress | None) -> list[str]:
    found = []
    for row in lines:
        if row.held:
            raw = raw_text(row.held_raw)
            found.append(
                f"«{row.funding_source}» نگه داشته شده است (قاعدهٔ {rules_named(row.held_rules)}): {raw}"
            )
    if progress and progress.held:
        found.append(f"پیشرفت فیزیکی نگه داشته شده است (قاعدهٔ {rules_named(progress.held_rules)})")
    return found
