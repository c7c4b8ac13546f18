"""A project enters the register: one code for life, a plan, a place that is checked, its first status.

The consolidation group enters it, because title, county and the codes of Nezarat 4 are theirs. Operations with their
weights are no part of the register: they belong to the agreement of a year (form CA-4).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from accounts.decisions import require
from accounts.models import Agency, County
from agreements import register
from agreements.codes import code_problem
from agreements.models import Plan, Programme, Project
from agreements.register import rights
from agreements.workflow import projects
from budget_portal import audit, jalali
from budget_portal.digits import to_latin, to_persian
from budget_portal.errors import RuleBroken
from budget_portal.moves import verb
from budget_portal.text import normalise

if TYPE_CHECKING:
    from accounts.models import User

STARTING = ("not_started", "study", "tendering", "in_progress")  # what a project may be when it is registered
TAKEN = "کد «{code}» از آنِ پروژهٔ دیگری است؛ کد هر پروژه همیشگی است و دوباره داده نمی‌شود."
NO_NUMBER = "از کد طرح «{plan}» شماره‌ای برای پروژه ساخته نمی‌شود؛ کد پروژه را بنویسید."
PLAN_TAKEN = "طرحی با کد «{code}» هست؛ همان را از فهرست برگزینید."
ENDED = "برنامهٔ «{title}» دیگر معتبر نیست."
FOREIGN = "طرح از همین سازمان است."


@dataclass(frozen=True)
class NewPlan:
    """A plan that the organization does not have yet."""

    code: str
    title: str
    programme: Programme


@dataclass(frozen=True)
class NewProject:
    """What is known of a project on the day on which it is registered."""

    agency: Agency
    plan: Plan | NewPlan
    title: str
    county: County
    code: str = ""  # empty: the next number of the plan
    execution_method: str = "contract"
    beneficiary_agency: Agency | None = None
    address: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    place_reason: str = ""
    status: str = "not_started"
    since: dt.date | None = None
    nezarat4: str = ""


@verb
def add_project(new: NewProject, *, by: User) -> Project:
    """The project with its plan, first status and code of Nezarat 4, or nothing of them."""
    require(rights.can_register(by, new.agency))
    plan = _plan(new, by)
    project = Project(
        agency=new.agency,
        plan=plan,
        code=_code(new.code, plan),
        title=normalise(new.title),
        county=new.county,
        execution_method=new.execution_method,
        beneficiary_agency=new.beneficiary_agency,
        address=normalise(new.address),
        latitude=new.latitude,
        longitude=new.longitude,
        place_reason=normalise(new.place_reason, multiline=True),
        status="not_started",
    )
    register.judge_place(project)
    _save(project)
    facts = {"code": project.code, "plan": str(plan), **register.facts(project)}
    audit.record("project.added", project, by=by, after=facts, note=project.place_reason)
    today = jalali.today()
    if new.status != project.status:
        projects.change_status(project.pk, status=new.status, since=new.since or today, first=True, by=by)
    if new.nezarat4:
        register.set_identifier(project.pk, system="nezarat4", code=new.nezarat4, since=today, by=by)
    project.refresh_from_db()
    return project


def _plan(new: NewProject, by: User) -> Plan:
    """The plan, locked: two projects never get the same next number of it."""
    if isinstance(new.plan, Plan):
        plan: Plan = Plan.objects.for_user(by).select_for_update(of=("self",)).get(pk=new.plan.pk)
        if plan.organization_id != new.agency.organization_id:
            raise RuleBroken(FOREIGN)
        return plan
    code, programme = _read_code(new.plan.code), new.plan.programme
    if not Programme.objects.for_user(by).valid_on(jalali.today()).filter(pk=programme.pk).exists():
        raise RuleBroken(ENDED.format(title=programme))
    made = Plan(
        organization=new.agency.organization,
        programme=programme,
        code=code,
        title=normalise(new.plan.title),
        county=new.county,
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as refusal:
        raise RuleBroken(PLAN_TAKEN.format(code=to_persian(code))) from refusal
    facts = {"code": code, "title": made.title, "programme": str(programme)}
    audit.record("plan.added", made, by=by, after=facts)
    return made


def _read_code(text: str) -> str:
    code = to_latin(normalise(text))
    if problem := code_problem(code):
        raise RuleBroken(problem)
    return code


def _code(text: str, plan: Plan) -> str:
    """The code that was typed, else the first free number behind the code of the plan."""
    if text.strip():
        return _read_code(text)
    if code_problem(f"{plan.code}001"):
        raise RuleBroken(NO_NUMBER.format(plan=to_persian(plan.code)))
    used = set(Project.objects.filter(code__startswith=plan.code).values_list("code", flat=True))
    numbers = (f"{plan.code}{number:03d}" for number in range(1, len(used) + 2))
    return next(code for code in numbers if code not in used)


def _save(project: Project) -> None:
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError as refusal:
        if "code" not in str(refusal):
            raise
        raise RuleBroken(TAKEN.format(code=to_persian(project.code))) from refusal
