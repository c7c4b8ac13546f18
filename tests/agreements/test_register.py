"""The register of projects: identity by whoever may, statuses that stay, codes with their days."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from agreements import register
from agreements.models import Project, ProjectIdentifier, ProjectStatusChange
from agreements.workflow import projects
from budget_portal import audit, jalali
from budget_portal.errors import NotAllowed, RuleBroken, StaleVersion, WrongState
from tests.cast import Cast
from tests.factories import (
    make_capital_agreement,
    make_identifier,
    make_project,
    make_source,
    make_status_change,
)

pytestmark = pytest.mark.django_db

DAY = jalali.gregorian(1405, 5, 14)
FAR = "راه دسترسی از شهرستان همسایه است و کارگاه آن‌سوی مرز است."


def change(project: Project, by: Any, **changes: Any) -> Project:
    return register.change_identity(project.pk, changes, seen=register.stamp(project), by=by)


def last(project: Project) -> Any:
    return audit.history(project).last()


# --- identity -----------------------------------------------------------------------------------------------


def test_the_group_renames_a_project_and_the_old_name_stays_in_the_log(cast: Cast) -> None:
    project = make_project(cast.agency, title="پل قديم")
    change(project, cast.consolidation, title="پل کیانپارس")
    project.refresh_from_db()
    assert project.title_folded == "پل کیانپارس"
    entry = last(project)
    assert entry.event == "project.changed"
    assert (entry.before, entry.after) == ({"title": "پل قديم"}, {"title": "پل کیانپارس"})


@pytest.mark.parametrize("name", ["title", "county"])
def test_title_and_county_are_not_the_agencys(cast: Cast, name: str) -> None:
    project = make_project(cast.agency)
    value = {"title": "نام دیگر", "county": cast.county2}[name]
    with pytest.raises(NotAllowed):
        change(project, cast.agency_user, **{name: value})
    assert audit.history(project).count() == 0


def test_the_agency_corrects_the_address_and_nothing_changed_writes_nothing(cast: Cast) -> None:
    project = make_project(cast.agency)
    change(project, cast.agency_user, address="خیابان یکم")
    project.refresh_from_db()
    assert project.address == "خیابان یکم"
    change(project, cast.agency_user, address="خیابان یکم")
    assert audit.history(project).count() == 1


def test_two_people_never_overwrite_each_other_silently(cast: Cast) -> None:
    project = make_project(cast.agency)
    seen = register.stamp(project)
    change(project, cast.consolidation, title="نام تازه")
    with pytest.raises(StaleVersion):
        register.change_identity(project.pk, {"address": "کوچه"}, seen=seen, by=cast.agency_user)
    page = cast.client("agency_user").post(
        f"/projects/{project.code}/edit/", {"address": "کوچه", "seen": seen}
    )
    assert page.status_code == 422  # the execution method is missing: nothing was written either
    data = {"address": "کوچه", "execution_method": "contract", "seen": seen}
    page = cast.client("agency_user").post(f"/projects/{project.code}/edit/", data)
    assert page.status_code == 409
    assert "نام تازه" in page.content.decode()
    assert "کوچه" in page.content.decode()
    project.refresh_from_db()
    assert project.address == ""


@pytest.mark.parametrize(
    ("latitude", "longitude", "said"),
    [("32.90", "48.67", "کیلومتر با مرکز"), ("36.30", "59.60", "بیرون از محدودهٔ استان")],
)
def test_a_far_place_asks_its_reason_and_is_never_refused(
    cast: Cast, latitude: str, longitude: str, said: str
) -> None:
    project = make_project(cast.agency)
    place = {"latitude": Decimal(latitude), "longitude": Decimal(longitude)}
    with pytest.raises(register.PlaceInDoubt) as doubt:
        change(project, cast.agency_user, **place)
    assert any(said in problem for problem in doubt.value.problems)
    change(project, cast.agency_user, **place, place_reason=FAR)
    project.refresh_from_db()
    assert project.latitude == place["latitude"]
    assert last(project).note == FAR


def test_a_near_place_asks_nothing(cast: Cast) -> None:
    project = make_project(cast.agency)
    change(project, cast.agency_user, latitude=Decimal("31.40"), longitude=Decimal("48.70"))


def test_the_page_shows_the_doubt_and_keeps_what_was_typed(cast: Cast) -> None:
    project = make_project(cast.agency)
    data = {
        "latitude": "۳۶٫۳",
        "longitude": "۵۹٫۶",
        "execution_method": "contract",
        "seen": register.stamp(project),
    }
    client, url = cast.client("agency_user"), f"/projects/{project.code}/edit/"
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert "بیرون از محدودهٔ استان" in answer.content.decode()
    assert client.post(url, {**data, "place_reason": FAR}).status_code == 302


@pytest.mark.parametrize("name", ["code", "public_id"])
def test_the_code_is_for_life(cast: Cast, name: str) -> None:
    project = make_project(cast.agency)
    other = {"code": "999", "public_id": "00000000-0000-0000-0000-000000000001"}[name]
    with pytest.raises(IntegrityError, match="permanent"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(**{name: other})


# --- status -------------------------------------------------------------------------------------------------


def halt(project: Project, by: Any, **words: Any) -> ProjectStatusChange:
    values = {"status": "suspended", "since": DAY, "cause": "credit-short"} | words
    return projects.change_status(project.pk, **values, by=by)


def test_a_halted_project_says_since_when_and_why(cast: Cast) -> None:
    project = make_project(cast.agency)
    halt(project, cast.agency_user)
    project.refresh_from_db()
    assert project.status == "suspended"
    row = project.status_changes.get()
    assert (row.before, row.since, row.cause, row.recorded_by) == (
        "in_progress",
        DAY,
        "credit-short",
        cast.agency_user,
    )
    assert last(project).event == "project.status_changed"
    shown = cast.client("expert").get(f"/projects/{project.code}/history/").content.decode()
    assert "کمبود اعتبار مصوب" in shown


def test_the_same_status_is_not_recorded_again(cast: Cast) -> None:
    project = make_project(cast.agency)
    with pytest.raises(WrongState):
        halt(project, cast.agency_user, status="in_progress")


@pytest.mark.parametrize(
    "words",
    [
        {"cause": ""},
        {"cause": "other"},
        {"since": jalali.today() + dt.timedelta(days=2)},  # a run may pass midnight
    ],
)
def test_what_is_missing_or_still_to_come_is_refused(cast: Cast, words: dict[str, Any]) -> None:
    project = make_project(cast.agency)
    with pytest.raises(RuleBroken):
        halt(project, cast.agency_user, **words)
    assert not project.status_changes.exists()


def test_statuses_follow_each_other_in_time(cast: Cast) -> None:
    project = make_project(cast.agency)
    halt(project, cast.agency_user)
    with pytest.raises(RuleBroken, match="پیشین"):
        halt(project, cast.agency_user, status="in_progress", since=DAY - dt.timedelta(days=1))
    halt(project, cast.agency_user, status="in_progress", cause="")
    assert [row.status for row in project.status_changes.all()] == ["in_progress", "suspended"]


def test_a_status_is_not_older_than_the_project(cast: Cast) -> None:
    """Without an agreement, the year of registration; else the start that an agreement names, when it is earlier."""
    project = make_project(cast.agency)
    audit.record("project.added", project, by=cast.consolidation)
    year = jalali.fiscal_year_start(jalali.jalali(jalali.today()).year)
    before = year - dt.timedelta(days=1)
    for since in (jalali.gregorian(1380, 1, 1), before):
        with pytest.raises(RuleBroken, match=jalali.format_date(year, "text")):
            halt(project, cast.agency_user, since=since)
    source = make_source(cast.national_organization)
    make_capital_agreement(cast.agency, cast.fiscal_year, {project: {source: 10}})
    start = project.agreement_projects.get().start_date
    assert start < year
    with pytest.raises(RuleBroken, match="موافقتنامه"):
        halt(project, cast.agency_user, since=start - dt.timedelta(days=1))
    halt(project, cast.agency_user, since=start)


def test_the_first_status_of_a_new_project_is_as_old_as_its_work(cast: Cast) -> None:
    """Work of many years is registered today: its day is then the earliest of the history."""
    project = make_project(cast.agency, status="not_started")
    begun = jalali.gregorian(1395, 1, 1)
    projects.change_status(project.pk, status="in_progress", since=begun, first=True, by=cast.consolidation)
    halt(project, cast.agency_user, since=begun + dt.timedelta(days=1))


@pytest.mark.parametrize("status", ["cancelled", "transferred", "final_handover"])
def test_only_the_group_takes_a_project_out_of_the_budget(cast: Cast, status: str) -> None:
    project = make_project(cast.agency)
    with pytest.raises(NotAllowed):
        halt(project, cast.agency_user, status=status)
    halt(project, cast.consolidation, status=status)
    with pytest.raises(NotAllowed):
        halt(project, cast.agency_user, status="in_progress")


def test_the_history_only_grows_and_the_status_follows_it(cast: Cast) -> None:
    project = make_project(cast.agency)
    row = make_status_change(project, "suspended", cause="land")
    for attempt in (
        lambda: ProjectStatusChange.objects.filter(pk=row.pk).update(cause="legal"),
        lambda: ProjectStatusChange.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            attempt()
    with pytest.raises(IntegrityError, match="last change"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(status="completed")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# --- codes of other systems ---------------------------------------------------------------------------------


def test_a_changed_code_ends_the_one_before_and_keeps_it(cast: Cast) -> None:
    project = make_project(cast.agency)
    old = make_identifier(project, "N4-1")
    register.set_identifier(project.pk, system="nezarat4", code="N4-۲", since=DAY, by=cast.consolidation)
    old.refresh_from_db()
    assert old.valid_to == DAY - dt.timedelta(days=1)
    rows = ProjectIdentifier.objects.filter(project=project)
    assert [row.code for row in rows.valid_on(DAY)] == ["N4-۲"]
    assert [row.code for row in rows.valid_on(old.valid_to)] == ["N4-1"]
    assert rows.get(code="N4-۲").code_folded == "n4-2"
    assert last(project).before["code"] == "N4-1"


def test_several_contract_numbers_hold_together(cast: Cast) -> None:
    project = make_project(cast.agency)
    for code in ("۱۴۰۴/۱", "۱۴۰۴/۲"):
        register.set_identifier(project.pk, system="contract", code=code, since=DAY, by=cast.agency_user)
    assert ProjectIdentifier.objects.valid_on(DAY).count() == 2
    with pytest.raises(RuleBroken):
        register.set_identifier(project.pk, system="contract", code="1404/1", since=DAY, by=cast.agency_user)


def test_nezarat_and_saba_are_the_groups(cast: Cast) -> None:
    project = make_project(cast.agency)
    for system in ("nezarat4", "saba"):
        with pytest.raises(NotAllowed):
            register.set_identifier(project.pk, system=system, code="1", since=DAY, by=cast.agency_user)


def test_a_code_does_not_begin_before_the_one_it_follows(cast: Cast) -> None:
    project = make_project(cast.agency)
    old = make_identifier(project)
    with pytest.raises(RuleBroken):
        register.set_identifier(
            project.pk, system="nezarat4", code="x", since=old.valid_from, by=cast.consolidation
        )


def test_a_code_is_ended_once_and_within_its_days(cast: Cast) -> None:
    row = make_identifier(make_project(cast.agency), system="other")
    with pytest.raises(RuleBroken):
        register.end_identifier(row.pk, last_day=row.valid_from - dt.timedelta(days=1), by=cast.agency_user)
    register.end_identifier(row.pk, last_day=DAY, by=cast.agency_user)
    with pytest.raises(WrongState):
        register.end_identifier(row.pk, last_day=DAY, by=cast.agency_user)


def test_an_identifier_is_never_rewritten(cast: Cast) -> None:
    row = make_identifier(make_project(cast.agency))
    for attempt in (
        lambda: ProjectIdentifier.objects.filter(pk=row.pk).update(code="other"),
        lambda: ProjectIdentifier.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="end it"), transaction.atomic():
            attempt()
