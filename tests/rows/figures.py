"""Who sees submissions, what belongs to them, and editions of reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils import timezone

from budget_portal import files
from monitoring.models import (
    Absence,
    CheckResult,
    EvidenceOpening,
    EvidencePolicy,
    LineDecision,
    NoVisitReason,
    Package,
    ProjectDelayCause,
    ReturnMark,
    SourceConflict,
    SubmissionDocument,
    SubmissionRemark,
    SubmissionSnapshot,
    Tolerance,
)
from reports.models import SupervisionReport
from tests.builders import REASON, Case, make_capital_case, make_delay_cause, make_expense_case
from tests.cast import Cast
from tests.matrix import OnDemand, Scoped, sees
from tests.reports.making import sign
from tests.rows.accounts import by_organization, by_place

FIGURES = by_place(without=("complaints", "admin"))
# The talk of those who work on it: nobody reads it who reads approved figures only.
TALK = by_place(
    without=("complaints", "admin", "county_viewer", "county_viewer2", "far_county_viewer", "national")
)


class Place:
    """The people and places of one agency of the cast, by the names that the builders ask for."""

    NAMED = frozenset({"agency", "agency_user", "agency_head", "treasurer", "expert", "group", "county"})

    def __init__(self, cast: Cast, tag: str = "own") -> None:
        self._cast, self._tag = cast, tag

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self._tag == "twin" and name in self.NAMED:
            return getattr(self._cast, f"{name}2")
        return getattr(self._cast, f"far_{name}" if self._is_far(name) else name)

    def _is_far(self, name: str) -> bool:
        shared = {"national_organization", "fiscal_year", "period"}
        return self._tag == "far" and name not in shared

    def window(self, kind: str = "capital", **facts: Any) -> Any:
        return self._cast.window(kind, organization=self.organization, **facts)


def capital(cast: Cast, tag: str = "own", **facts: Any) -> Case:
    place = Place(cast, tag)
    return make_capital_case(place, agency=place.agency, projects=1, **facts)


def expense(cast: Cast, tag: str = "own", **facts: Any) -> Case:
    place = Place(cast, tag)
    return make_expense_case(place, agency=place.agency, **facts)


def everywhere(cast: Cast, case: Callable[..., Case], part: Callable[[Case], Any]) -> Mapping[str, Any]:
    return OnDemand({tag: partial(_part, cast, tag, case, part) for tag in ("own", "twin", "far")})


def _part(cast: Cast, tag: str, case: Callable[..., Case], part: Callable[[Case], Any]) -> Any:
    return part(case(cast, tag, filled=True))


def approved(part: Callable[[Case], Any]) -> Callable[[Case], Any]:
    """Figures in the making are the agency's own (tests/monitoring/test_reading.py); scope is told by these."""
    return lambda case: part(case.at("approved"))


def delay_cause(case: Case) -> ProjectDelayCause:
    row = ProjectDelayCause.objects.create(progress=case.progress[0], cause=make_delay_cause(), share=100)
    case.at("approved")
    return row


def hit(case: Case) -> CheckResult:
    return CheckResult.objects.create(
        submission=case.submission, rule="V3", rule_set="1", severity="block", row="x:1", sentence="جمله"
    )


def mark(case: Case) -> ReturnMark:
    return ReturnMark.objects.create(
        submission=case.submission, revision=1, stage="treasurer", reason=REASON, opened_by=case.treasurer
    )


def snapshot(case: Case) -> SubmissionSnapshot:
    return SubmissionSnapshot.objects.create(
        submission=case.submission, revision=1, event="submitted", content={}, digest="0" * 64
    )


def conflict(case: Case) -> SourceConflict:
    return SourceConflict.objects.create(
        submission=case.submission, pair="visit_progress", reported=9, other=1, tolerance=5, unit="points",
        found_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip


def tolerance(cast: Cast, tag: str) -> Tolerance:
    place = Place(cast, tag)
    return Tolerance.objects.create(
        organization=place.organization, pair="visit_progress", unit="points", amount=4, reason=REASON,
        valid_from=cast.period(), set_by=place.consolidation, set_at=timezone.now(),
    )  # fmt: skip


def absence(cast: Cast, tag: str) -> Absence:
    place = Place(cast, tag)
    return Absence.objects.create(
        agency=place.agency, period=cast.period(), kind="expense", reason=REASON, recorded_at=timezone.now(),
        recorded_by=place.consolidation,
    )  # fmt: skip


def absences(cast: Cast) -> dict[str, Absence]:
    return {tag: absence(cast, tag) for tag in ("own", "twin", "far")}


def tolerances(cast: Cast) -> dict[str, Tolerance]:
    return {tag: tolerance(cast, tag) for tag in ("own", "far")}


def package(case: Case) -> Package:
    return Package.objects.get(submission=case.submission)


def document(case: Case) -> SubmissionDocument:
    stored = files.store_made(
        b"%PDF-", name="a.pdf", media_type="application/pdf", organization=case.organization, by=None
    )
    row = SubmissionDocument.objects.create(
        submission=case.submission, file=stored, title="صورت‌وضعیت", added_by=case.agency_user
    )
    case.at("approved")
    return row


def remark(case: Case) -> SubmissionRemark:
    return SubmissionRemark.objects.create(
        submission=case.submission, text="چرا این رقم؟", author=case.treasurer, role="treasurer"
    )


def no_visit(case: Case) -> NoVisitReason:
    return NoVisitReason.objects.get(submission=case.submission)


def decision(case: Case) -> LineDecision:
    return LineDecision.objects.filter(submission=case.submission, stage="treasurer").earliest("pk")


def opening(case: Case) -> EvidenceOpening:
    return EvidenceOpening.objects.create(
        document=document(case), submission=case.submission, revision=1, person=case.treasurer
    )


def policy(cast: Cast, tag: str) -> EvidencePolicy:
    place = Place(cast, tag)
    return EvidencePolicy.objects.create(
        organization=place.organization,
        kind="capital",
        from_period=cast.period("Q1"),
        amount=5,
        sample_share=10,
        sample_least=1,
        note="x",
        set_by=place.consolidation,
    )


PARTS: dict[str, tuple[Callable[..., Case], Callable[[Case], Any]]] = {
    "monitoring.PerformanceSubmission": (expense, approved(lambda case: case.submission)),
    "monitoring.CapitalFinanceLine": (capital, approved(lambda case: case.lines[0])),
    "monitoring.ProjectProgress": (capital, approved(lambda case: case.progress[0])),
    "monitoring.OperationProgress": (capital, approved(lambda case: case.operations[0])),
    "monitoring.ProjectDelayCause": (capital, delay_cause),
    "monitoring.ExpenseFinanceLine": (expense, approved(lambda case: case.lines[0])),
    "monitoring.ActivityPerformance": (expense, approved(lambda case: case.activities[0])),
    "monitoring.CheckResult": (expense, approved(hit)),
    "monitoring.ReturnMark": (expense, approved(mark)),
    "monitoring.SubmissionSnapshot": (expense, approved(snapshot)),
    "monitoring.SubmissionDocument": (expense, document),
    "monitoring.SourceConflict": (expense, approved(conflict)),
    "monitoring.NoVisitReason": (expense, approved(no_visit)),
    "monitoring.LineDecision": (expense, approved(decision)),
    "monitoring.EvidenceOpening": (expense, opening),
}


# --- reports ------------------------------------------------------------------------------------------------


def edition(cast: Cast, tag: str, state: str) -> SupervisionReport:
    place = Place(cast, tag)
    row = SupervisionReport.objects.create(
        organization=place.organization,
        period=cast.period("Q1"),
        number=f"R1-{state}",
        package={"figures": []},
        drafted_by=place.consolidation,
    )
    return sign(row, [place.consolidation, place.deputy, place.head] if state == "approved" else [])


def editions(cast: Cast) -> dict[str, Any]:
    found = {("own", "draft"): "draft", ("own", "approved"): "own", ("far", "approved"): "far"}
    return {name: edition(cast, tag, state) for (tag, state), name in found.items()}


_WRITERS = ("consolidation", "deputy", "head", "auditor")
_READERS = ("agency_user", "agency_head", "treasurer", "expert", "complaints", "county_viewer", "admin")
_NEAR = ("agency_user2", "agency_head2", "treasurer2", "expert2", "county_viewer2")
_ALL, _OWN, _FAR = {"draft", "own"}, {"own"}, {"far"}
EDITIONS = sees(
    **dict.fromkeys(_WRITERS, _ALL),
    **dict.fromkeys((*_READERS, *_NEAR), _OWN),
    **dict.fromkeys((f"far_{name}" for name in (*_WRITERS, *_READERS)), _FAR),
    national={"own", "far"},
)

ROWS = {
    **{
        label: Scoped(partial(everywhere, case=case, part=part), FIGURES)
        for label, (case, part) in PARTS.items()
    },
    "monitoring.SubmissionRemark": Scoped(partial(everywhere, case=expense, part=approved(remark)), TALK),
    "monitoring.Absence": Scoped(absences, by_place(without=("complaints", "admin"), county=False)),
    "monitoring.Tolerance": Scoped(
        tolerances,
        sees(
            consolidation=_OWN,
            deputy=_OWN,
            head=_OWN,
            auditor=_OWN,
            **dict.fromkeys((f"far_{name}" for name in _WRITERS), _FAR),
        ),
    ),
    # A package holds the whole agency, so no county has one.
    "monitoring.Package": Scoped(
        partial(everywhere, case=expense, part=approved(package)),
        by_place(without=("complaints", "admin"), county=False),
    ),
    "monitoring.EvidencePolicy": Scoped(
        lambda cast: {tag: policy(cast, tag) for tag in ("own", "far")}, by_organization()
    ),
    "reports.SupervisionReport": Scoped(editions, EDITIONS),
}
