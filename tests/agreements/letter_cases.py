"""Letters in any state for the tables of tests, made by the verbs."""

from __future__ import annotations

import itertools
from typing import Any

from accounts.models import Agency, User
from agreements import letters
from agreements.letters import ALLOCATION, NOTIFICATION, Sort
from agreements.models import FundingSource, Project
from agreements.workflow import notices
from budget_portal import files
from budget_portal.models import StoredFile
from tests import factories
from tests.cast import Cast

STATES = ("draft", "issued", "cancelled")
REASON = "این نامه دو بار ثبت شده بود و نسخهٔ درست آن مانده است."
_numbers = itertools.count(1)


def head(cast: Cast, agency: Agency, sort: Sort = ALLOCATION, **fields: Any) -> dict[str, Any]:
    day = cast.fiscal_year.starts_on
    when = {"period": cast.period("Q1")} if sort is ALLOCATION else {"fiscal_year": cast.fiscal_year}
    usual = {"agency": agency, "kind": "capital", "letter_number": f"۱۴۰۵/{next(_numbers)}", **when}
    return {**usual, "letter_date": day, "valid_from": day, **fields}


def writer_of(cast: Cast, agency: Agency) -> User:
    return (
        cast.far_consolidation if agency.organization_id == cast.far_organization.pk else cast.consolidation
    )


def source(cast: Cast, kind: str = "general") -> FundingSource:
    return factories.make_source(cast.national_organization, kind)


def agreed_project(cast: Cast, agency: Agency, credit: int = 100_000, *, own: int = 0) -> Project:
    """A project with credit in force from the start of the year; `own` of own revenue."""
    project = factories.make_project(agency)
    credits = {source(cast): credit} | ({source(cast, "own_revenue"): own} if own else {})
    factories.make_capital_agreement(agency, cast.fiscal_year, {project: credits})
    return project


def draft(cast: Cast, sort: Sort, *lines: dict[str, Any], agency: Agency | None = None, **fields: Any) -> Any:
    agency = agency or cast.agency
    by = writer_of(cast, agency)
    letter = notices.draft(sort, head(cast, agency, sort, **{"document": paper(cast), **fields}), by=by)
    for line in lines:
        notices.add_line(sort, letter.pk, {"funding_source_id": source(cast).pk, **line}, by=by)
    return letter


def issue(cast: Cast, sort: Sort, letter: Any) -> Any:
    by = writer_of(cast, letter.agency)
    return notices.issue(sort, letter.pk, seen=letters.seen_whole(sort, letter), by=by)


def issued(cast: Cast, sort: Sort, *lines: dict[str, Any], **fields: Any) -> Any:
    return issue(cast, sort, draft(cast, sort, *lines, **fields))


def cancel(cast: Cast, sort: Sort, letter: Any) -> Any:
    return notices.cancel(sort, letter.pk, reason=REASON, by=writer_of(cast, letter.agency))


def paper(cast: Cast) -> StoredFile:
    return files.store_made(
        b"%PDF-1.4", name="letter.pdf", media_type="application/pdf", organization=None, by=None
    )


def make(cast: Cast, sort: Sort, state: str = "draft", *, agency: Agency | None = None) -> Any:
    """A letter of one line with its scanned paper, in any state."""
    agency = agency or cast.agency
    if sort is NOTIFICATION:
        project = factories.make_project(agency)
        line = {"plan_id": project.plan_id, "programme_id": project.plan.programme_id, "amount": 9_000}
    else:
        line = {"project_id": agreed_project(cast, agency).pk, "amount": 5_000}
    letter = draft(cast, sort, line, agency=agency)
    if state != "draft":
        issue(cast, sort, letter)
    if state == "cancelled":
        cancel(cast, sort, letter)
    letter.refresh_from_db()
    return letter


def line_of(sort: Sort, letter: Any) -> Any:
    return sort.line.objects.get(**{sort.parent: letter})
