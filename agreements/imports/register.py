"""The register's own tables from files: plans and projects. A code is known for life; what the file says otherwise of
a known one changes it, and an empty cell says nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import County, User
from agreements.codes import code_problem
from agreements.imports.ground import Ground, nearest, padded
from agreements.imports.tables import Sheet, Tick, Verdict, no_tick, require_writer
from agreements.models import Plan, Project
from agreements.models.projects import STATUSES
from agreements.register import NEAR_SEAT_M
from agreements.workflow.arrivals import change_registered, plain, register_rows
from budget_portal.digits import group, to_persian
from budget_portal.numbers import read_quantity
from budget_portal.places import Point, distance_m
from budget_portal.tables.extract import Extract, Row, Spec, title_of
from budget_portal.tables.outcome import Change, Outcome, Refused
from budget_portal.text import fold, name_problem, normalise, strip_invisible

PLANS = Spec(texts=("code", "title", "programme", "county"), optional=frozenset({"county"}))
PROJECTS = Spec(
    texts=(
        "code", "title", "agency", "plan", "county", "address", "latitude", "longitude", "execution_method",
        "status",
    ),
    optional=frozenset({"address", "latitude", "longitude", "execution_method", "status"}),
)  # fmt: skip
CHUNK = 200

TWICE = "همین کد در سطر {first} هم آمده است."
LENGTH = "کد {length} رقم دارد؛ کدهای این سازمان {usual} رقمی است."
NEAREST = "{sentence} نزدیک‌ترین: {code}، «{title}»."
TAKEN = "این کد گرفته شده است."
SAME_TITLE = "«{title}» با کد {code} هم در سامانه هست."
FIXED = "«{label}» یک {what} شناخته از راه پرونده عوض نمی‌شود ({before})."
STATUS = "وضعیت در سامانه «{before}» است و در صفحهٔ پروژه، با تاریخ و علت، تغییر می‌کند."
FAR = "{distance} کیلومتر تا مرکز شهرستان {county}؛ هشدار، مانع نیست."
FAR_REASON = "از پرونده وارد شده و محل آن هنوز بررسی نشده است."
NO_COUNTY = "شهرستان «{text}» در این استان نیست."
NO_METHOD = "روش اجرا یکی از این‌هاست: {choices}."
NO_STATUS = "«{text}» در فهرست وضعیت‌ها نیست."
HIDDEN = "نویسه‌های نادیدنی عنوان برداشته شد."
NO_POINT = "عرض و طول جغرافیایی را با هم و به درجه وارد کنید."


@dataclass(frozen=True)
class Book:
    """One table of the register: what may change, what stays, and how values are called."""

    model: Any
    what: str
    labels: dict[str, str]
    fixed: frozenset[str]
    known: Callable[[Ground], dict[str, Any]]
    read: Callable[[Row, Ground, Places], dict[str, Any]]


class Places:
    """Counties of the organization's province, of the country for a national one, by code and folded name."""

    def __init__(self, ground: Ground) -> None:
        rows = County.objects.all()
        if ground.organization.province_id:
            rows = rows.filter(province=ground.organization.province_id)
        self.rows = {row.pk: row for row in rows}
        names = Counter(fold(row.name) for row in self.rows.values())
        self._by_key = {row.code: row for row in self.rows.values()}
        self._by_key |= {fold(row.name): row for row in self.rows.values() if names[fold(row.name)] == 1}

    def find(self, row: Row, ground: Ground) -> County | None:
        text = row.texts.get("county", "")
        found = self._by_key.get(text) or self._by_key.get(fold(text).removeprefix("شهرستان "))
        if found is None and text:
            row.refuse(title_of(ground.mapping, "county"), NO_COUNTY.format(text=text))
        return found


def _read_plan(row: Row, ground: Ground, places: Places) -> dict[str, Any]:
    county = places.find(row, ground)
    return {
        "title": _title(row, ground),
        "programme_id": ground.find(row, "programme") if row.texts["programme"] else None,
        "county_id": county.pk if county else None,
    }


def _read_project(row: Row, ground: Ground, places: Places) -> dict[str, Any]:
    county = places.find(row, ground)
    agency = ground.agency(row)
    return {
        "title": _title(row, ground),
        "agency_id": agency.pk if agency else None,
        "plan_id": ground.find(row, "plan") if row.texts["plan"] else None,
        "county_id": county.pk if county else None,
        "address": row.texts["address"] or None,
        "execution_method": _choice(
            row, ground, "execution_method", Project.ExecutionMethod.choices, NO_METHOD
        ),
        "status": _choice(row, ground, "status", list(STATUSES.items()), NO_STATUS),
        **_point(row, ground, county),
    }


def _title(row: Row, ground: Ground) -> str | None:
    text = row.texts["title"] = normalise(strip_invisible(row.texts["title"]))
    if text != row.raw.get("title", ""):
        row.warnings.append(HIDDEN)
    if text and (problem := name_problem(text)):
        row.refuse(title_of(ground.mapping, "title"), problem)
    return text or None


def _choice(row: Row, ground: Ground, name: str, choices: Any, sentence: str) -> str | None:
    text = row.texts[name]
    known = {fold(str(label)): value for value, label in choices} | {value: value for value, _ in choices}
    if not text:
        return None
    if fold(text) not in known:
        shown = "، ".join(str(label) for _, label in choices)
        row.refuse(title_of(ground.mapping, name), sentence.format(text=text, choices=shown))
    return known.get(fold(text))


def _point(row: Row, ground: Ground, county: County | None) -> dict[str, Decimal | None]:
    """Degrees with five decimals; far from the county's seat is told, and stops nothing."""
    values = {}
    for name, most in (("latitude", 90), ("longitude", 180)):
        read = read_quantity(_degrees(row.texts[name]), 15, most=Decimal(most), allow_negative=True)
        if read.value is not None and abs(read.value) > most:
            row.refuse(title_of(ground.mapping, name), NO_POINT)
        if read.problem:
            row.refuse(title_of(ground.mapping, name), read.problem)
        values[name] = None if read.value is None else round(read.value, 5)
    latitude, longitude = values["latitude"], values["longitude"]
    if (latitude is None) != (longitude is None) and not row.problems:
        row.refuse("", NO_POINT)
    if latitude is not None and longitude is not None and county is not None:
        far = distance_m(Point(latitude, longitude), Point(county.seat_lat, county.seat_lon))
        if far > NEAR_SEAT_M:
            row.warnings.append(FAR.format(distance=group(round(far / 1000)), county=county.name))
            return {**values, "place_reason": FAR_REASON}  # type: ignore[dict-item]
    return values


PLAN_BOOK = Book(
    Plan,
    "طرح",
    {"title": "عنوان", "programme_id": "برنامه", "county_id": "شهرستان"},
    frozenset(),
    lambda ground: ground.plans,
    _read_plan,
)
PROJECT_BOOK = Book(
    Project,
    "پروژه",
    {
        "title": "عنوان",
        "agency_id": "دستگاه",
        "plan_id": "طرح",
        "county_id": "شهرستان",
        "address": "نشانی",
        "execution_method": "روش اجرا",
        "latitude": "عرض جغرافیایی",
        "longitude": "طول جغرافیایی",
    },
    frozenset({"agency_id", "plan_id"}),
    lambda ground: ground.projects,
    _read_project,
)


# --- judging ------------------------------------------------------------------------------------------------


def judge_plans(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    return _judge(PLAN_BOOK, extract, ground, by=by, hold=hold)


def judge_projects(extract: Extract, ground: Ground, *, by: User, hold: bool = False) -> Sheet:
    return _judge(PROJECT_BOOK, extract, ground, by=by, hold=hold)


def _judge(book: Book, extract: Extract, ground: Ground, *, by: User, hold: bool) -> Sheet:
    require_writer(by)
    if extract.problems:
        raise Refused(extract.problems)
    sheet = Sheet(ground, Outcome.of(book.model._meta.model_name, extract), hold)
    known, places = book.known(ground), Places(ground)
    usual = _usual_length(known)
    titles = {fold(row.title): code for code, row in known.items()}
    taken = _taken_elsewhere(book, extract, known)
    sheet.data = {"book": book, "values": {}}
    for row in extract.rows:
        code = _code(row, ground, known, usual, taken)
        values = book.read(row, ground, places)
        if code in sheet.good:
            row.refuse(
                title_of(ground.mapping, "code"), TWICE.format(first=to_persian(sheet.good[code].number))
            )
        if code in known:
            _compare(book, sheet, row, known[code], values, places)
        elif not row.problems:
            _new(book, sheet, row, values, titles)
        if row.problems:
            sheet.bad.append((row, None))
        else:
            sheet.good[code] = row
            sheet.data["values"][code] = values
    return sheet


def _usual_length(known: dict[str, Any]) -> int:
    """The length that all codes of the organization have, if they have one."""
    lengths = Counter(len(code) for code in known if code.isdecimal())
    return next(iter(lengths)) if len(lengths) == 1 and lengths.total() >= 3 else 0


def _taken_elsewhere(book: Book, extract: Extract, known: dict[str, Any]) -> set[str]:
    """Codes of projects are unique in the whole country."""
    if book.model is not Project:
        return set()
    asked = {row.texts["code"] for row in extract.rows} - set(known)
    return set(Project.objects.filter(code__in=asked).values_list("code", flat=True))


def _code(row: Row, ground: Ground, known: dict[str, Any], usual: int, taken: set[str]) -> str:
    """The code of the row; one that lost its zeros is completed with a warning, and never guessed otherwise."""
    code, title = row.texts["code"], title_of(ground.mapping, "code")
    if code in known or not code:
        return code
    if whole := padded(code, known):
        row.warnings.append(f"کد {to_persian(len(code))} رقم داشت و با صفر، {to_persian(whole)} خوانده شد.")
        row.texts["code"] = whole
        return whole
    if code in taken:
        row.refuse(title, TAKEN)
    elif problem := code_problem(code):
        row.refuse(title, problem)
    elif usual and code.isdecimal() and len(code) != usual:
        sentence = LENGTH.format(length=to_persian(len(code)), usual=to_persian(usual))
        near = nearest(code, known)
        if near:
            sentence = NEAREST.format(sentence=sentence, code=to_persian(near), title=known[near].title)
        row.refuse(title, sentence)
    return code


def _new(book: Book, sheet: Sheet, row: Row, values: dict[str, Any], titles: dict[str, str]) -> None:
    if (other := titles.get(fold(row.texts["title"]))) is not None:
        row.warnings.append(SAME_TITLE.format(title=row.texts["title"], code=to_persian(other)))
    sheet.verdicts[row.number] = Verdict(
        "new", row.texts["title"], [Change(book.what, "", row.texts["title"])]
    )


def _degrees(text: str) -> str:
    """A comma is the decimal mark of degrees in many spreadsheets: 31,32000."""
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def _compare(book: Book, sheet: Sheet, row: Row, before: Any, values: dict[str, Any], places: Places) -> None:
    """What the file says otherwise; cells that are empty say nothing."""
    changes = []
    for name, label in book.labels.items():
        was, now = getattr(before, name), values.get(name)
        if now is None or was == now:
            values.pop(name, None)
            continue
        shown = [_shown(name, value, sheet.ground, places) for value in (was, now)]
        if name in book.fixed:
            row.refuse(label, FIXED.format(label=label, what=book.what, before=shown[0]))
        changes.append(Change(label, *shown))
    status = values.pop("status", None)
    if status and status != before.status:
        row.warnings.append(STATUS.format(before=before.get_status_display()))
    if not {"latitude", "longitude"} & set(values):
        values.pop("place_reason", None)
    kind = "changed" if changes else "same"
    sheet.verdicts[row.number] = Verdict(kind, before.title, changes)


def _shown(name: str, value: Any, ground: Ground, places: Places) -> str:
    if value in (None, ""):
        return ""
    if name == "county_id":
        return str(places.rows.get(value) or value)
    if name == "agency_id":
        return str(ground.agencies.get(value) or value)
    if name in ("programme_id", "plan_id"):
        table = ground.codes[name.removesuffix("_id")]
        return next((code for code, pk in table.items() if pk == value), str(value))
    if name == "execution_method":
        return str(Project.ExecutionMethod(value).label)
    return to_persian(value.normalize()) if isinstance(value, Decimal) else str(value)


# --- writing ------------------------------------------------------------------------------------------------


def write_register(sheet: Sheet, *, by: User, tick: Tick = no_tick) -> Outcome:
    book: Book = sheet.data["book"]
    known = book.known(sheet.ground)
    made: list[Any] = []
    new = [code for code in sheet.good if code not in known]
    for start in range(0, len(new), CHUNK):
        rows = [_row(book, sheet, code) for code in new[start : start + CHUNK]]
        register_rows(rows, by=by)
        made += [[row.pk, None, _written(book, row)] for row in rows]
        tick(len(made), len(sheet.good))
    for code, row in sheet.good.items():
        if code in known and sheet.verdict(row).kind == "changed":
            made.append(change_registered(book.model, known[code].pk, sheet.data["values"][code], by=by))
            tick(len(made), len(sheet.good))
    sheet.outcome.written = len(made)
    sheet.outcome.made[book.model._meta.label_lower] = made
    sheet.outcome.notes.append(f"{group(len(new))} {book.what} تازه، {group(len(made) - len(new))} تغییر")
    return sheet.outcome


def _written(book: Book, row: Any) -> dict[str, Any]:
    """What a new row said when it was made: undoing keeps its hands off a row that says otherwise since."""
    return plain({name: getattr(row, name) for name in book.labels})


def _row(book: Book, sheet: Sheet, code: str) -> Any:
    values = {name: value for name, value in sheet.data["values"][code].items() if value is not None}
    if book.model is Plan:
        values["organization"] = sheet.ground.organization
    return book.model(code=code, title_folded=fold(values["title"])[:300], **values)
