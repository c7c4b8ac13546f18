"""Small invented files of the three shapes, carried through the pages of imports."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from reports.trials import armenia, iran, works
from tests.reports.test_execution import LAW, MAPPINGS, A, B, C, spending
from tests.tables import write_csv

pytestmark = [pytest.mark.django_db(transaction=True)]

LINES = (
    "line_no",
    "is_leaf",
    "level1_fa",
    "level2_fa",
    "level3_fa",
    "name_fa",
    "table_no",
    "row_code",
    "total_bn_toman",
)
WORKS = (
    "ID", "entorno", "nombre", "area", "monto_contrato", "direccion", "lat", "lng", "fecha_inicio",
    "fecha_fin_inicial", "licitacion_oferta_empresa",
)  # fmt: skip


def test_public_files_go_through_the_pages(tmp_path: Path) -> None:
    """In one test: the pages write, so the tables are emptied after it."""
    call_command("load_reference", verbosity=0)
    _versions(tmp_path)
    _tree(tmp_path)
    _register(tmp_path)


def _versions(folder: Path) -> None:
    law = [(A, "1001", "Ծ", "11001", "Մ", "100.5"), (C, "1003", "Ծ", "31002", "Մ", "-20.0")]
    write_csv(folder / "2023_BUDGET_LAW.csv", LAW, *law)
    spending(folder, "Q1", (A, "100111001", 100, "90.2", 1, 1), (C, "100331002", -20, -20, 1, 1))
    spending(folder, "Q12", (A, "100111001", 100, "90.2", 1, 1), (B, "100211001", 0, 7, 1, 1))
    spending(folder, "Q123", (B, "100111001", 100, 80, 1, 1))
    spending(folder, "Q1234", (B, "100111001", 100, "81.9", None, 1), last=True)
    found = armenia.run(folder, MAPPINGS)
    assert [step.in_force for step in found] == [100_500, 90_200, 97_200, 80_000, 81_900]
    assert all(step.is_exact for step in found)
    assert [int(step.refused) for step in found] == [-20, -20, 0, 0, 0]
    assert len(armenia.report(found)) > 5


def _tree(folder: Path) -> None:
    def leaf(line: int, name: str, code: str, total: str, mark: str = "yes") -> tuple[object, ...]:
        return line, mark, "ملی", "دستگاه‌ها", "نهاد", name, "7", code, total

    write_csv(
        folder / "budget_lines_1400.csv", LINES,
        leaf(1, "الف", "101000", "1.5"), leaf(2, "ب", "101000", "2.25"), leaf(3, "پ", "101001", "0.96"),
        leaf(4, "جمع", "", "4.71", "no"),
    )  # fmt: skip
    write_csv(
        folder / "budget_lines_1402.csv", LINES,
        leaf(1, "الف", "101000", "2"), leaf(2, "پ نو", "101001", "0.847"), leaf(3, "ت", "101002", "0"),
    )  # fmt: skip
    found = iran.run(folder)
    assert [year.notified for year in found.years] == [47_100, 28_470]
    assert found.mapped.rows == 3
    assert (found.mapped.itself, found.mapped.renamed, len(found.mapped.lost)) == (2, 1, 1)
    assert (int(found.mapped.carried_amount), int(found.mapped.lost_amount)) == (24_600, 22_500)
    assert "دقیق" in "\n".join(iran.report(found))


def _register(folder: Path) -> None:
    def work(
        number: int, amount: str, lat: str = "-34,5", start: str = "1/12/2013", firm: str = "Criba S.A."
    ) -> tuple[object, ...]:
        return (
            number,
            "Barrio",
            f"Obra {number}",
            "Ministerio",
            amount,
            "Calle",
            lat,
            "-58,4",
            start,
            "31/5/2016",
            firm,
        )

    rows = [
        work(1, "67065700"),
        work(2, "53,160,000.25"),
        work(3, "$52.276"),
        work(4, "10", lat="-34.578.254"),
    ]
    rows += [work(5, "10", start="A/D"), work(6, "10", firm=""), work(7, "")]
    write_csv(folder / works.RAW, WORKS, *rows)
    clean = [(1, "67065700"), (2, "53160000.25"), (3, "52276"), (4, "10"), (5, "10"), (6, "10"), (7, "")]
    write_csv(folder / works.CLEAN, ("work_id", "contract_amount_ars"), *clean)
    found = works.run(folder)
    assert (found.works, found.contracts, found.written, found.known) == (7, 2, 120_225_700_250, 6)
    assert found.differing == []
    assert [batch.counts["error"] for batch in found.batches] == [0, 1, 5]
    assert "$" in works.report(found)[0] or works.report(found)
