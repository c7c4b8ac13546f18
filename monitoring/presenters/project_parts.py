"""Parts of a project's page that come from the version in force and the register: work, plan ahead, place, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from accounts.maps import NOTE, county_map
from agreements.models import AgreementProject, Contract, ContractChange, Project, ProjectStatusChange
from budget_portal import jalali
from budget_portal.charts import Column, Table
from budget_portal.charts import Row as TableRow
from budget_portal.digits import group, to_persian
from budget_portal.templatetags.portal import number, percent
from monitoring.models import OperationProgress, PerformanceSubmission

AHEAD = 8  # points of the plan that are drawn after the last cut-off
Dated = tuple[str, dt.date, str]  # what happened, on which day, more of it


def operations(agreed: AgreementProject | None, last: PerformanceSubmission | None) -> Table | None:
    """Operations of the version in force with their weights, and what was last told of each."""
    if agreed is None:
        return None
    done: dict[int, Decimal | None] = {}
    if last is not None:
        rows = OperationProgress.objects.filter(
            progress__submission=last, progress__project=agreed.project_id
        )
        done = dict(rows.values_list("operation__key", "quantity_done"))
    columns = (
        Column("عملیات", head=True),
        Column("واحد"),
        Column("وزن", "٪", numeric=True),
        Column("هدف", numeric=True),
        Column("انجام‌شده", numeric=True),
    )
    body = tuple(
        TableRow(
            (row.title, row.unit, percent(row.weight), number(row.target_quantity), number(done.get(row.key)))
        )
        for row in agreed.operations.all()
    )
    version = agreed.agreement
    title = f"عملیات برابر نسخهٔ {version.version} موافقتنامهٔ {version.fiscal_year.year}"
    return Table(title, columns, body) if body else None


def ahead(agreed: AgreementProject | None, after: dt.date) -> list[tuple[str, Decimal]]:
    """The plan of the version in force at the cut-offs that are still to come."""
    if agreed is None:
        return []
    points = ((jalali.cutoff_date(row.year, f"Q{row.quarter}"), row.planned) for row in agreed.schedule.all())
    coming = [(jalali.format_date(day, "month"), planned) for day, planned in points if day > after]
    return coming[:AHEAD]


def dated(project: Project) -> Iterator[Dated]:
    """Agreements, statuses and contracts in the life of a project."""
    held = AgreementProject.objects.filter(
        project=project, agreement__state__in=["exchanged", "superseded"], agreement__agreed_on__isnull=False
    )
    for row in held.select_related("agreement__fiscal_year"):
        version = row.agreement
        title = f"نسخهٔ {version.version} موافقتنامهٔ {version.fiscal_year.year} مبادله شد"
        yield to_persian(title), version.agreed_on or version.valid_from, version.number
    for change in ProjectStatusChange.objects.filter(project=project):
        cause = change.get_cause_display() if change.cause else ""
        yield f"وضعیت پروژه: {change.get_status_display()}", change.since, cause
    for contract in Contract.objects.filter(project=project).select_related("company"):
        yield f"پیمان با {contract.company} امضا شد", contract.signed_on, f"شمارهٔ {contract.number}"
    for step in ContractChange.objects.filter(contract__project=project).select_related("contract"):
        told = f"مبلغ پیمان {step.contract.number} به {group(step.new_amount)} میلیون ریال رسید"
        yield told, step.decided_on, step.reason


@dataclass(frozen=True)
class Area:
    d: str
    name: str
    is_here: bool


@dataclass(frozen=True)
class PlaceMap:
    """The county on the schematic map of its province, and the point in words."""

    view_box: str
    areas: list[Area]
    county: str
    province: str
    point: str
    note: str = NOTE


def place(project: Project) -> PlaceMap | None:
    try:
        shape = county_map(project.county.province.code)
    except KeyError:
        return None
    areas = [Area(region.d, region.name, region.code == project.county.code) for region in shape.regions]
    point = ""
    if project.latitude is not None and project.longitude is not None:
        latitude, longitude = (f"{value.normalize():f}" for value in (project.latitude, project.longitude))
        point = to_persian(f"عرض {latitude} · طول {longitude}").replace(".", "٫")
    return PlaceMap(shape.view_box, areas, project.county.name, project.county.province.name, point)
