"""Computed figures as a page shows them: columns, lines, sums, the planned curve, the summary tables."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agreements.drafting import cells, figures, words
from agreements.drafting.document import Agreement, Document
from agreements.drafting.lists import Lists
from agreements.drafting.spec import Form, Section
from agreements.models import CapitalAgreement, Project
from agreements.models.projects import STATUSES
from budget_portal.charts import Chart, Series
from budget_portal.digits import group, to_persian
from budget_portal.jalali import fiscal_year_of


@dataclass(frozen=True)
class Summary:
    """A table of form 1 or 2: nothing in it is typed."""

    head: tuple[str, str]
    rows: list[tuple[str, int]]
    total: int


class Figures:
    def __init__(
        self, agreement: Agreement, document: Document, before: Document | None, lists: Lists
    ) -> None:
        self.agreement, self.document, self.before, self.lists = agreement, document, before, lists
        self.year = agreement.fiscal_year.year
        self._projects: dict[str, Project] = {}

    # --- single fields -----------------------------------------------------------------------------------------

    def fact(self, form: Form, part: str, name: str) -> Any:
        if form.amendment_only:
            return (
                figures.credit(self.document)
                if name == "after"
                else figures.credit(self.before or self.document)
            )
        found = {"CA-1": self._plan, "CA-2": self._project, "CA-3": self._cost, "CA-6": self._money}
        return found[form.code](part)[name]

    def _plan(self, part: str) -> dict[str, Any]:
        agreement = self.agreement
        assert isinstance(agreement, CapitalAgreement)  # noqa: S101 - CA-1 belongs to these
        starts = [day for code in self.document.projects for day in self._dates(code, "start_date")]
        ends = [day for code in self.document.projects for day in self._dates(code, "end_date")]
        return {
            "code": agreement.plan.code,
            "programme": agreement.plan.programme.title,
            "count": len(self.document.projects),
            "first": fiscal_year_of(min(starts)) if starts else None,
            "last": fiscal_year_of(max(ends)) if ends else None,
        }

    def _dates(self, part: str, name: str) -> list[Any]:
        value, _ = cells.read(cells.DATE, self.document.row("CA-2", part, "").get(name, ""))
        return [value] if value else []

    def projects(self) -> dict[str, Project]:
        """The projects of the version, from the register."""
        if not self._projects and isinstance(self.agreement, CapitalAgreement):
            rows = Project.objects.filter(plan=self.agreement.plan_id, agency=self.agreement.agency_id)
            self._projects = {row.code: row for row in rows.select_related("county")}
        return self._projects

    def _project(self, part: str) -> dict[str, Any]:
        project = self.projects()[part]
        return {
            "code": project.code,
            "method": project.get_execution_method_display(),
            "county": project.county.name,
            "address": project.address,
            "status": STATUSES[project.status],
        }

    def _cost(self, part: str) -> dict[str, Any]:
        return {"unit_cost": figures.unit_cost(self.document.row("CA-3", part, ""))}

    def _money(self, part: str) -> dict[str, Any]:
        now, later = figures.project_credit(self.document, part), figures.later_credit(self.document, part)
        return {
            "now": now,
            "later": later,
            "whole": figures.spent_before(self.document, part) + now + later,
            "estimate": figures.latest_estimate(self.document, part),
        }

    # --- columns -----------------------------------------------------------------------------------------------

    def of_row(self, form: Form, part: str, key: str, name: str) -> Any:
        row = self.document.row(form.code, part, key)
        if form.code == "CA-4":
            return figures.share(row)
        if form.code == "CA-5":
            points = figures.schedule(self.document, part, self.year)
            return next((point.planned for point in points if point.key == key and point.interpolated), None)
        if form.code == "3":
            product = figures.product(row)
            return None if product is None else product.normalize() + 0
        if form.code == "6":
            return sum(
                cells.read(cells.COUNT, row.get(one, ""))[0] or 0
                for one in ("permanent", "contract", "other")
            )
        if form.code == "4":
            return figures.by(self.document, "2-a", ("expense_chapter",)).get(key[1:])
        return None

    def total(self, document: Document, form: Form, part: str, section: Section, name: str) -> str:
        found = figures.total(section, name, document.rows(form, part, section))
        return group(found.quantize(Decimal("0.01")) if isinstance(found, Decimal) else found)

    def derived_total(self, form: Form, part: str, section: Section, name: str) -> str:
        if form.code == "CA-4":
            return group(figures.progress_before(self.document, part))
        if form.code == "4":
            return group(figures.credit(self.document))
        keys = [key for key, _ in self.document.rows(form, part, section)]
        return group(sum(self.of_row(form, part, key, name) or 0 for key in keys))

    # --- pictures and summaries ----------------------------------------------------------------------------------

    def chart(self, form: Form, part: str) -> Chart | None:
        """The planned curve, with that of the version before."""
        points = figures.schedule(self.document, part, self.year)
        if not any(point.planned is not None for point in points):
            return None
        series = [Series("physical", "پیش‌نویس", tuple(_plain(point.planned) for point in points))]
        if self.before is not None and part in self.before.projects:
            old = {point.key: point.planned for point in figures.schedule(self.before, part, self.year)}
            series.insert(0, Series("plan", "پیشین", tuple(_plain(old.get(point.key)) for point in points)))
        names = [words.of_row(form.sections[0], point.key, self.lists) for point in points]
        last = next(point for point in reversed(points) if point.planned is not None)
        sentence = f"برنامه در {names[points.index(last)]} به {group(_plain(last.planned) or 0)} درصد می‌رسد."
        return Chart(
            "curve",
            "برنامهٔ فیزیکی تجمعی",
            sentence=sentence,
            unit="٪",
            series=tuple(series),
            points=tuple(names),
            scale=100,
        )

    def table(self, form: Form) -> list[Summary]:
        """Forms 1 and 2: the agency's credit by source and chapter, and by programme."""
        if form.code == "1":
            return [
                self._summary("منبع", "source", "funding_source"),
                self._summary("فصل", "chapter", "expense_chapter"),
            ]
        return [self._summary("برنامه", "programme", "programme")] if form.code == "2" else []

    def _summary(self, head: str, listed: str, column: str) -> Summary:
        sums = figures.by(self.document, "2-a", (column,))
        rows = [
            (f"{to_persian(code)} – {self.lists.title(listed, code)}", amount)
            for code, amount in sorted(sums.items())
        ]
        return Summary((head, "اعتبار"), rows, sum(sums.values()))


def _plain(value: Decimal | None) -> Decimal | None:
    """Without zeros that say nothing."""
    return None if value is None else value.normalize() + 0
