"""Classification and funding sources of a national organization; provinces use their parent's."""

from collections.abc import Iterator
from pathlib import Path

from accounts.models import Organization
from agreements.models import (
    Affair,
    CapitalChapter,
    CapitalSubChapter,
    ExpenseChapter,
    FundingSource,
)
from budget_portal.reference import rows, upsert

FOLDER = Path(__file__).resolve().parent / "reference"
Values = dict[str, object]


def load(organization: Organization) -> dict[str, int]:
    if organization.level != Organization.Level.NATIONAL:
        raise ValueError("classification belongs to a national organization")
    capital = rows(FOLDER, "capital_chapters.csv")
    chapters = upsert(CapitalChapter, _titles(capital), organization=organization)
    return {
        "affairs": upsert(Affair, _titles(rows(FOLDER, "affairs.csv")), organization=organization),
        "expense_chapters": upsert(
            ExpenseChapter, _titles(rows(FOLDER, "expense_chapters.csv")), organization=organization
        ),
        "capital_chapters": chapters,
        "capital_sub_chapters": upsert(
            CapitalSubChapter, _sub_chapters(capital, organization), organization=organization
        ),
        "funding_sources": upsert(FundingSource, _sources(), organization=organization),
    }


def _titles(found: list[dict[str, str]]) -> Iterator[Values]:
    return ({"code": row["code"], "title": row["name_fa"]} for row in found if not row.get("parent_code"))


def _sub_chapters(found: list[dict[str, str]], organization: Organization) -> Iterator[Values]:
    chapters = dict(CapitalChapter.objects.filter(organization=organization).values_list("code", "pk"))
    for row in found:
        if row["parent_code"]:
            yield {"code": row["code"], "title": row["name_fa"], "chapter_id": chapters[row["parent_code"]]}


def _sources() -> Iterator[Values]:
    for row in rows(FOLDER, "funding_sources.csv"):
        yield {"code": row["code"], "title": row["name_fa"], "kind": row["kind"]}
