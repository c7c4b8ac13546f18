"""The tables of moves, the triggers' edges and README's diagrams say the same."""

from pathlib import Path

import pytest
from django.db import connection

from reports.machines import MACHINES, section

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_the_trigger_allows_exactly_the_edges_of_the_table(machine):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(t.tgargs, 'escape') FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE t.tgrelid = %s::regclass AND p.proname = 'portal_guard_state'",
            [machine.table],
        )
        (arguments,) = cursor.fetchone()
    edges = {tuple(edge.split(">")) for edge in arguments.split("\\000") if edge}
    changing = {edge for edge in machine.edges if edge[0] != edge[1]}
    assert {edge for edge in edges if edge[0] != edge[1]} == changing


def test_readme_shows_the_diagrams_of_the_tables():
    assert section() in (ROOT / "README.md").read_text(encoding="utf-8")
