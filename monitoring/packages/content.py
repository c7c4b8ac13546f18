"""What stands in the package of a submission: everything that was decided on, readable without the portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from agreements.models import CapitalAgreement, ExpenseAgreement
from budget_portal.office import office_calendar
from monitoring import rules, snapshots
from monitoring.models import (
    ActivityPerformance,
    CapitalFinanceLine,
    CheckResult,
    ExpenseFinanceLine,
    FieldVisit,
    NoVisitReason,
    PerformanceSubmission,
    ProjectProgress,
    Signature,
    SubmissionAuthor,
    SubmissionClock,
    SubmissionDocument,
    VisitPhoto,
)
from monitoring.packages.chain import digest_of
from monitoring.querysets import CONFIRMED
from monitoring.signing.statement import canonical, statement

STEPS = (
    ("submitted", "agency_user"),
    ("confirmed", "treasurer"),
    ("reviewed", "budget_expert"),
    ("approved", "consolidation"),
)
Parts = dict[int, list[dict[str, Any]]]


def of_submissions(submissions: Sequence[PerformanceSubmission]) -> dict[int, dict[str, Any]]:
    """The content by submission id, in a fixed number of queries."""
    ids = [row.pk for row in submissions]
    figures, calendar = snapshots.contents_of(submissions), calendar_version()
    agreements, names = _agreements(figures), _names(ids)
    files, signers, visits = _files(ids), _signers(submissions), _visits(submissions)
    signatures = _signatures(submissions)
    warnings, excuses, clocks = _warnings(ids), _excuses(ids), _clocks(ids)
    return {
        row.pk: {
            "agency": {"code": row.agency.code, "name": row.agency.name},
            "period": {"code": row.period.code, "cutoff_date": row.period.cutoff_date},
            "kind": row.kind,
            "rules": {"version": row.rule_set or rules.RULE_SET_VERSION},
            "calendar": calendar,
            "clocks": clocks.get(row.pk, []),
            "figures": figures[row.pk],
            "figures_digest": digest_of(canonical(figures[row.pk])),
            "agreements": agreements[row.pk],
            "names": names[row.pk],
            "files": files.get(row.pk, []),
            "signers": signers[row.pk],
            "signatures": signatures.get(row.pk, []),
            "visits": visits[row.pk],
            "no_visit": excuses.get(row.pk, []),
            "warnings": warnings.get(row.pk, []),
        }
        for row in submissions
    }


def calendar_version() -> dict[str, Any]:
    """The calendar by which clocks are counted now: its version as they keep it, and its days as one digest."""
    calendar = office_calendar()
    days = sorted((day.isoformat(), title) for day, title in calendar.holidays.items())
    weeks = [[week.valid_from, sorted(week.weekend), week.hours] for week in calendar.weeks]
    return {
        "known_at": _utc(calendar.known_at),
        "holidays": len(days),
        "digest": digest_of(canonical({"days": days, "weeks": weeks})),
    }


def _clocks(ids: list[int]) -> Parts:
    """Every deadline of the submission, with the version of the calendar by which it was counted."""
    rows = SubmissionClock.objects.filter(submission__in=ids).order_by("started_at", "pk")
    return _grouped(
        rows,
        lambda row: {
            "sort": row.sort,
            "round": row.round,
            "started_on": row.started_on,
            "due_on": row.due_on,
            "stopped_on": row.stopped_on,
            "used_days": row.used_days,
            "late_days": row.late_days,
            "calendar_at": _utc(row.calendar_at),
        },
    )


def _agreements(figures: dict[int, dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """The versions against which the lines were measured."""
    wanted = {pk: _agreement_keys(content) for pk, content in figures.items()}
    models: dict[str, Any] = {"capital": CapitalAgreement, "expense": ExpenseAgreement}
    facts: dict[tuple[str, int], dict[str, Any]] = {}
    for kind, model in models.items():
        keys = {key for pk, content in figures.items() if content["kind"] == kind for key in wanted[pk]}
        for row in model.objects.filter(pk__in=keys):
            facts[kind, row.pk] = {
                "id": row.pk,
                "number": row.number,
                "version": row.version,
                "agreed_on": row.agreed_on,
                "valid_from": row.valid_from,
                "recorded_at": _utc(row.recorded_at),
            }
    return {
        pk: [facts[content["kind"], key] for key in sorted(wanted[pk]) if (content["kind"], key) in facts]
        for pk, content in figures.items()
    }


def _agreement_keys(content: dict[str, Any]) -> set[int]:
    return {line["agreement"] for line in content["lines"]}


def _names(ids: list[int]) -> dict[int, dict[str, str]]:
    """Titles of the codes in the figures, so that the text is read without the portal."""
    found: dict[int, dict[str, str]] = {pk: {} for pk in ids}
    for model, sort, path in (
        (CapitalFinanceLine, "project", "project"),
        (ProjectProgress, "project", "project"),
        (ExpenseFinanceLine, "programme", "programme"),
        (ExpenseFinanceLine, "chapter", "expense_chapter"),
        (ActivityPerformance, "activity", "activity"),
    ):
        code = "key" if sort == "activity" else "code"
        rows = model.objects.filter(submission__in=ids).order_by().distinct()
        for pk, name, title in rows.values_list("submission", f"{path}__{code}", f"{path}__title"):
            found[pk][f"{sort}:{name}"] = title
    return found


def _files(ids: list[int]) -> Parts:
    rows = SubmissionDocument.objects.filter(submission__in=ids, removed_at__isnull=True)
    return _grouped(
        rows.select_related("file", "project", "programme").order_by("pk"),
        lambda row: {
            "title": row.title,
            "project": row.project.code if row.project else None,
            "programme": row.programme.code if row.programme else None,
            "sha256": row.file.sha256,
            "size": row.file.size,
        },
    )


def _signers(submissions: Sequence[PerformanceSubmission]) -> dict[int, list[dict[str, Any]]]:
    """Four people, four steps; who wrote figures beside the sender."""
    found: dict[int, list[dict[str, Any]]] = {}
    authors: dict[int, list[str]] = {}
    written = SubmissionAuthor.objects.filter(submission__in=[row.pk for row in submissions])
    for author in written.select_related("person").order_by("pk"):
        authors.setdefault(author.submission_id, []).append(author.person.username)
    for row in submissions:
        found[row.pk] = [
            {
                "step": step,
                "role": role,
                "person": str(getattr(row, f"{step}_by")),
                "username": getattr(row, f"{step}_by").username,
                "at": _utc(getattr(row, f"{step}_at")),
            }
            for step, role in STEPS
            if getattr(row, f"{step}_by_id")
        ]
        if found[row.pk]:
            found[row.pk][0]["authors"] = sorted(set(authors.get(row.pk, [])))
    return found


def _signatures(submissions: Sequence[PerformanceSubmission]) -> Parts:
    """The signatures under this revision with the public keys, so that they are checked without the portal."""
    revisions = {row.pk: row.revision for row in submissions}
    rows = Signature.objects.filter(
        target_type=PerformanceSubmission._meta.label_lower, target_id__in=revisions
    )
    found: Parts = {}
    for row in rows.select_related("signer", "key", "on_behalf_of__user").order_by("pk"):
        if row.revision == revisions[row.target_id]:
            found.setdefault(row.target_id, []).append(_signature(row))
    return found


def _signature(row: Signature) -> dict[str, Any]:
    return {
        "id": row.pk,
        "event": row.event,
        "signer": row.signer.username,
        "role": row.role,
        "on_behalf_of": str(row.on_behalf_of.user) if row.on_behalf_of else None,
        "at": _utc(row.at),
        "algorithm": row.algorithm,
        "public_key": bytes(row.key.public).hex(),
        "statement": statement(row).decode(),
        "signature": bytes(row.signature).hex(),
    }


def _visits(submissions: Sequence[PerformanceSubmission]) -> dict[int, list[dict[str, Any]]]:
    """Confirmed visits of the agency at the cut-off, with the digests of their photos."""
    places = {(row.agency_id, row.period_id): row for row in submissions}
    visits = FieldVisit.objects.filter(
        agency__in={agency for agency, _ in places}, period__in={period for _, period in places}, state__in=CONFIRMED
    ).select_related("project")  # fmt: skip
    photos: dict[int, list[str]] = {}
    kept = VisitPhoto.objects.filter(visit__in=visits).select_related("original").order_by("pk")
    for photo in kept:
        photos.setdefault(photo.visit_id, []).append(photo.original.sha256)
    found: dict[int, list[dict[str, Any]]] = {row.pk: [] for row in submissions}
    by_place: dict[tuple[int, int, bool], list[FieldVisit]] = {}
    for visit in visits.order_by("visited_on", "pk"):
        by_place.setdefault((visit.agency_id, visit.period_id, visit.project_id is None), []).append(visit)
    for row in submissions:
        for visit in by_place.get((row.agency_id, row.period_id, row.kind == "expense"), []):
            found[row.pk].append(
                {
                    "project": visit.project.code if visit.project else None,
                    "visited_on": visit.visited_on,
                    "physical_progress": visit.physical_progress,
                    "dispute_comment": visit.dispute_comment,
                    "photos": photos.get(visit.pk, []),
                }
            )
    return found


def _excuses(ids: list[int]) -> Parts:
    rows = NoVisitReason.objects.filter(submission__in=ids).select_related("project").order_by("pk")
    return _grouped(
        rows, lambda row: {"project": row.project.code if row.project else None, "reason": row.reason}
    )


def _warnings(ids: list[int]) -> Parts:
    rows = CheckResult.objects.filter(submission__in=ids).order_by("rule", "pk")
    return _grouped(
        rows,
        lambda row: {
            "rule": row.rule,
            "rule_set": row.rule_set,
            "severity": row.severity,
            "sentence": row.sentence,
            "explanation": row.explanation,
        },
    )


def _grouped(rows: Iterable[Any], content: Callable[[Any], dict[str, Any]]) -> Parts:
    found: Parts = {}
    for row in rows:
        found.setdefault(row.submission_id, []).append(content(row))
    return found


def _utc(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds") if moment else None
