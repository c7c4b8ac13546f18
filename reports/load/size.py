"""How much is generated."""

from __future__ import annotations

from dataclasses import dataclass

LAST_YEAR = 1404  # the last of the generated years; all their cut-offs are over, approved and published
QUARTERS = ("Q1", "Q2", "Q3", "Q4")


@dataclass(frozen=True)
class Size:
    """Lines are rows of performance; first every project has one at each cut-off, expense lines make up the rest.
    Fewer lines than that: of the last cut-offs only."""

    provinces: int
    agencies: int  # of one province
    projects: int
    years: int
    lines: int

    @property
    def first_year(self) -> int:
        return LAST_YEAR - self.years + 1

    @property
    def cutoffs(self) -> int:
        return self.years * len(QUARTERS)

    @property
    def capital_cutoffs(self) -> int:
        """At how many of the cut-offs, counted from the last, projects have lines."""
        return min(self.cutoffs, self.lines // self.projects) if self.projects else 0

    @property
    def expense_lines(self) -> int:
        """Of all agencies at one cut-off."""
        return (self.lines - self.capital_cutoffs * self.projects) // self.cutoffs


SIZES = {
    "province": Size(provinces=1, agencies=200, projects=1_600, years=5, lines=192_000),
    "country": Size(provinces=31, agencies=200, projects=50_000, years=5, lines=10_000_000),
}
