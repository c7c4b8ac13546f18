"""Delay causes and reasons for a return, in the order in which pages offer them."""

from collections.abc import Iterator
from pathlib import Path

from budget_portal.reference import rows, upsert
from monitoring.models import DelayCause, ReturnReason

FOLDER = Path(__file__).resolve().parent / "reference"


def load() -> dict[str, int]:
    return {
        "delay_causes": upsert(DelayCause, _causes()),
        "return_reasons": upsert(ReturnReason, _reasons()),
    }


def _causes() -> Iterator[dict[str, object]]:
    for position, row in enumerate(rows(FOLDER, "delay_causes.csv"), start=1):
        needs_text = row["needs_text"] == "yes"
        yield {"code": row["code"], "title": row["name_fa"], "needs_text": needs_text, "position": position}


def _reasons() -> Iterator[dict[str, object]]:
    for position, row in enumerate(rows(FOLDER, "return_reasons.csv"), start=1):
        yield {"code": row["code"], "title": row["name_fa"], "position": position}
