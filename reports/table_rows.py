"""The rows of the long tables of a printed report, in the order of printing."""

from collections.abc import Sequence

from reports.parts import AgencyGroup, Counties, ProgrammeRow, ProjectRow
from reports.tables import Row


def agency_rows(groups: Sequence[AgencyGroup], kind: str) -> tuple[Row, ...]:
    rows: list[Row] = []
    index = 0
    for group in groups:
        members = [item for item in group.rows if kind == "both" or getattr(item, kind) is not None]
        if not members:
            continue
        if len(groups) > 1:
            rows.append(Row("group", group, (), len(members), len(rows)))
        for item in members:
            index += 1
            flows = (item.capital, item.expense) if kind == "both" else (getattr(item, kind),)
            rows.append(Row("row", item, flows, index, len(rows)))
        if len(groups) > 1 and len(members) > 1:
            flows = (group.capital, group.expense) if kind == "both" else (getattr(group, kind),)
            rows.append(Row("sub", group, flows, 0, len(rows)))
    return tuple(rows)


def county_rows(counties: Counties) -> tuple[Row, ...]:
    """Numbered as on the map; what belongs to no county comes last, without a number."""
    rows = [Row("row", row, (row.capital,), place + 1, place) for place, row in enumerate(counties.rows)]
    if counties.unplaced is not None:
        rows.append(Row("row", counties.unplaced, (counties.unplaced.capital,), 0, len(rows)))
    return tuple(rows)


def project_rows(deviating: Sequence[ProjectRow], critical: Sequence[ProjectRow]) -> tuple[Row, ...]:
    """Deviating projects, then under a head of their own those that are critical for another reason."""
    rows = [Row("row", item, (), place + 1, place) for place, item in enumerate(deviating)]
    if critical:
        rows.append(Row("group", None, (), 0, len(rows)))
    for index, item in enumerate(critical, start=len(deviating) + 1):
        rows.append(Row("row", item, (), index, len(rows)))
    return tuple(rows)


def programme_rows(programmes: Sequence[ProgrammeRow]) -> tuple[Row, ...]:
    return tuple(Row("row", item, (item.flow,), place + 1, place) for place, item in enumerate(programmes))
