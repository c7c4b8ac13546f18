"""Who is answered what by the pages of performance: entry, review, documents, projects, inbox."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from monitoring.models import PerformanceSubmission, ReturnReason, SubmissionRemark
from monitoring.review.lines import lines_of
from tests.builders import Case, make_capital_case
from tests.cast import Cast
from tests.factories import make_project
from tests.matrix import Row, Status, by_role, cells
from tests.monitoring.making import make_document, make_submission, walk
from tests.rows.figures import capital

AGENCY = ("agency_user", "agency_head", "treasurer")
PERIOD = {"p": "1405-Q2", "k": "capital"}
# Periods belong to a national organization: to another country, and to nobody's role, they do not exist.
STRANGE = {"abroad": 404, "abroad_consolidation": 404, "nobody": 404}


def of_agency(status: Status, **others: Status) -> dict[str, Status]:
    """Pages that every agency has for itself."""
    return by_role(403, **dict.fromkeys(AGENCY, status), nobody=404) | STRANGE | others


def of_home(status: Status, **others: Status) -> dict[str, Status]:
    """The home agency's own draft: other agencies have none, other roles have other pages."""
    strangers = {f"{who}{side}": 404 for who in AGENCY for side in ("2",)}
    far = {f"far_{who}": 404 for who in AGENCY}
    return of_agency(status) | strangers | far | others


def in_scope(status: Status, **others: Status) -> dict[str, Status]:
    """A submission that was sent: its agency, its expert and the organization; viewers read approved ones only."""
    hidden = {"complaints": 404, "admin": 404, "county_viewer": 404}
    return cells(home=status) | hidden | others


def period(cast: Cast) -> dict[str, Any]:
    cast.window("capital")
    return PERIOD


def draft(cast: Cast) -> dict[str, Any]:
    make_submission(cast)
    return PERIOD


def sent(state: str) -> Any:
    return lambda cast: {"pk": make_submission(cast, state).pk}


def far(state: str) -> Any:
    return lambda cast: {"pk": make_submission(cast, state, far=True).pk}


def case(cast: Cast) -> Case:
    return make_capital_case(cast, projects=1)


def with_lines(cast: Cast) -> dict[str, Any]:
    case(cast)
    return {}


def one_row(cast: Cast) -> dict[str, Any]:
    return {**PERIOD, "pk": case(cast).projects[0].pk}


def cell_of_home(cast: Cast) -> dict[str, Any]:
    line = PerformanceSubmission.objects.get().agency.projects.get().finance_lines.get()
    return {"kind": "capital", "pk": line.pk, "cell": "spent", "text": "12", "version": line.version}


def causes_of_home(cast: Cast) -> dict[str, Any]:
    return {"progress": PerformanceSubmission.objects.get().agency.projects.get().progress_rows.get().pk}


def reason(cast: Cast) -> dict[str, Any]:
    code, _ = ReturnReason.objects.get_or_create(code="evidence", defaults={"title": "مستند ناقص"})
    return {"rows": "whole", "reason_code": code.pk, "reason": "برگ دوم صورت‌وضعیت پنج اسکن نشده است."}


def document(state: str, *, at: str = "agency") -> Any:
    """Attached to a draft that then went on to the state."""

    def make(cast: Cast) -> dict[str, Any]:
        attached = make_document(cast, make_submission(cast, far=at == "far"))
        walk(cast, attached.submission, state)
        return {"pk": attached.pk}

    return make


def remarked(*, at: str = "home", resolved: bool = False) -> Any:
    """A remark of the treasurer on a submission that was sent."""

    def make(cast: Cast) -> dict[str, Any]:
        row = make_submission(cast, "submitted", far=at == "far")
        author = cast.far_treasurer if at == "far" else cast.treasurer
        facts = {"resolved_at": timezone.now(), "resolved_by": author} if resolved else {}
        remark = SubmissionRemark.objects.create(
            submission=row, text="چرا؟", author=author, role="treasurer", **facts
        )
        return {"pk": remark.pk}

    return make


def cell_of_sent(cast: Cast) -> dict[str, Any]:
    line = case(cast).at("submitted").lines[0]
    return {"kind": "capital", "pk": line.pk, "cell": "spent"}


# The talk about a submission: those who work on it speak, those above them read.
SPEAKS = {"agency_user": 302, "agency_head": 302, "treasurer": 302, "expert": 302, "consolidation": 302}
# Of a remark, viewers of approved figures know nothing.
TALKS = {"complaints": 404, "admin": 404, "county_viewer": 404}


POLICY_READERS = dict.fromkeys(
    ("consolidation", "budget_deputy", "org_head", "auditor", "admin", "treasurer", "budget_expert"), 200
)


def policy_facts(cast: Cast) -> dict[str, Any]:
    return {
        "kind": "capital",
        "from_period": cast.period("Q3").pk,
        "amount": "5000",
        "sample_share": "10",
        "sample_least": "1",
        "note": "نامهٔ ۱۲",
    }


def lines_sent(cast: Cast, tag: str = "own") -> dict[str, Any]:
    """A submission of one line, sent to its treasurer."""
    return {"pk": capital(cast, tag, filled=True).at("submitted").submission.pk}


def to_sign(cast: Cast) -> dict[str, Any]:
    """Something that waits for the treasurer, whoever looks."""
    lines_sent(cast)
    return {}


def deciding(data: Any = None) -> Row:
    """Decisions on lines: the treasurer's now; the later reviewers wait for their turn."""

    def typed(cast: Cast) -> dict[str, Any]:
        submission = PerformanceSubmission.objects.filter(agency=cast.agency).first()
        if submission is None:  # somebody else's is asked for
            return {"open": "project:1", "line": "project:1", "rows": "project:1~0"}
        (line,) = lines_of(submission).values()
        facts = data(cast) if callable(data) else data or {}
        key = str(line.key)
        seen = line.digest[:16]
        shown = {"open": key, "line": key, "rows": f"{key}~{seen}", "seen": seen, "revision": "1"}
        return {**facts, **shown}

    return Row(
        in_scope(403, treasurer=302, expert=409, consolidation=409),
        own=lines_sent,
        foreign=lambda cast: lines_sent(cast, "far"),
        data=typed,
    )


# Who finds the draft of the home agency at all (row scope), whatever may be done with it.
FINDS = cells(home=404, agency_head=403, treasurer=403)

ROWS = {
    ("monitoring:inbox", "get"): Row(cells(everyone=200)),
    ("monitoring:entry-worker", "get"): Row(cells(everyone=200, public=200)),
    ("monitoring:entry-home", "get"): Row(by_role(403, **dict.fromkeys(AGENCY, 200))),
    ("monitoring:entry", "get"): Row(of_agency(200), shared=period),
    ("monitoring:entry", "post"): Row(
        of_agency(200) | {"agency_user": 302, "agency_head": 302, "treasurer": 302}, shared=draft
    ),
    ("monitoring:entry-start", "post"): Row(
        of_agency(403, agency_user=302, agency_user2=302, far_agency_user=409), shared=period
    ),
    ("monitoring:entry-refresh", "post"): Row(of_home(403, agency_user=302), shared=draft),
    ("monitoring:entry-row", "get"): Row(of_home(302), shared=one_row),
    ("monitoring:entry-check", "get"): Row(of_home(200), shared=draft),
    ("monitoring:entry-check", "post"): Row(of_home(403, agency_user=302), shared=draft),
    ("monitoring:entry-explain", "post"): Row(of_home(302), shared=draft),
    ("monitoring:entry-sent", "get"): Row(of_home(302), shared=draft),
    ("monitoring:entry-returned", "get"): Row(by_role(403, **dict.fromkeys(AGENCY, 200))),
    ("monitoring:entry-cell", "post"): Row(
        FINDS | {"agency_user": 200}, shared=with_lines, data=cell_of_home
    ),
    ("monitoring:entry-causes", "post"): Row(
        FINDS | {"agency_user": 200}, shared=with_lines, data=causes_of_home
    ),
    ("monitoring:documents", "get"): Row(
        in_scope(200),
        own=lambda cast: {"submission": make_submission(cast, "submitted").pk},
        foreign=lambda cast: {"submission": make_submission(cast, "submitted", far=True).pk},
    ),
    ("monitoring:documents", "post"): Row(
        in_scope(403, agency_user=409),
        own=lambda cast: {"submission": make_submission(cast, "submitted").pk},
        foreign=lambda cast: {"submission": make_submission(cast, "submitted", far=True).pk},
    ),
    ("monitoring:document", "get"): Row(
        in_scope(200), own=document("submitted"), foreign=document("submitted", at="far")
    ),
    ("monitoring:document-remove", "post"): Row(
        FINDS | {"agency_user": 302}, own=document("draft"), foreign=document("draft", at="far")
    ),
    ("monitoring:remarks", "get"): Row(
        in_scope(200),
        own=lambda cast: {"submission": make_submission(cast, "submitted").pk},
        foreign=lambda cast: {"submission": make_submission(cast, "submitted", far=True).pk},
    ),
    ("monitoring:remark-add", "post"): Row(
        in_scope(403, **SPEAKS),
        own=lambda cast: {"submission": make_submission(cast, "submitted").pk},
        foreign=lambda cast: {"submission": make_submission(cast, "submitted", far=True).pk},
        data={"text": "چرا؟", "sort": "question"},
    ),
    ("monitoring:remark-answer", "post"): Row(
        cells(home=403) | SPEAKS | TALKS,
        own=remarked(),
        foreign=remarked(at="far"),
        data={"text": "زیرا."},
    ),
    ("monitoring:remark-resolve", "post"): Row(
        cells(home=403, treasurer=302) | TALKS, own=remarked(), foreign=remarked(at="far")
    ),
    ("monitoring:remark-reopen", "post"): Row(
        cells(home=403, treasurer=302) | TALKS,
        own=remarked(resolved=True),
        foreign=remarked(at="far", resolved=True),
    ),
    ("monitoring:history", "get"): Row(
        cells(home=200) | {"complaints": 404, "admin": 404, "county_viewer": 404}, shared=cell_of_sent
    ),
    ("monitoring:review-home", "get"): Row(by_role(403, treasurer=200)),
    ("monitoring:review", "get"): Row(
        by_role(403, treasurer=200, nobody=404) | STRANGE,
        shared=lambda cast: {"p": cast.period().code},
    ),
    ("monitoring:review-detail", "get"): Row(in_scope(200), own=sent("submitted"), foreign=far("submitted")),
    ("monitoring:review-confirm", "post"): Row(
        in_scope(403, treasurer=302),
        own=sent("submitted"),
        foreign=far("submitted"),
        data={"revision": "1"},
    ),
    ("monitoring:review-sign-several", "get"): Row(by_role(403, treasurer=200), shared=to_sign),
    ("monitoring:review-sign-several", "post"): Row(by_role(403, treasurer=200), shared=to_sign),
    ("monitoring:review-return", "post"): Row(
        in_scope(403, treasurer=302, expert=409, consolidation=409),  # the desk of lines serves all three
        own=sent("submitted"),
        foreign=far("submitted"),
        data=reason,
    ),
    ("monitoring:review-accept", "post"): deciding(),
    ("monitoring:review-collect", "post"): deciding(reason),
    ("monitoring:review-take-back", "post"): deciding(),
    ("monitoring:review-together", "post"): deciding({"sure": "1"}),
    ("monitoring:evidence-policies", "get"): Row(by_role(403, **POLICY_READERS)),
    ("monitoring:evidence-policies", "post"): Row(
        by_role(403, consolidation=302) | {"abroad_consolidation": 422}, data=policy_facts
    ),
    ("monitoring:review-receipt", "get"): Row(
        in_scope(200), own=sent("treasurer_confirmed"), foreign=far("treasurer_confirmed")
    ),
    ("monitoring:project-list", "get"): Row(cells(everyone=200)),
    ("monitoring:project", "get"): Row(
        cells(home=200, national=200),
        own=lambda cast: {"code": make_project(cast.agency).code},
        foreign=lambda cast: {"code": make_project(cast.far_agency).code},
    ),
}
