"""A version as a document: form -> part -> row -> cell -> text. Kept as JSON while it is drawn up, in tables when it
holds; the tables are replaced from the document when it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model

from agreements.drafting import cells, figures, spec
from agreements.drafting.lists import Lists
from agreements.drafting.spec import POSITION, Cell, Form, Path, Section
from agreements.models import AgreementProject, CapitalAgreement, ExpenseAgreement
from agreements.models.versions import AgreementState
from budget_portal.errors import RuleBroken

Agreement = CapitalAgreement | ExpenseAgreement
Content = dict[str, dict[str, dict[str, dict[str, str]]]]
HELD = frozenset({AgreementState.EXCHANGED, AgreementState.SUPERSEDED})
PROJECTS = "CA-2"  # the form whose parts say which projects the version has
PER_PROJECT = "agreement_project"
INCOMPLETE = "«{label}» خالی است یا خوانده نمی‌شود؛ موافقتنامه هنوز کامل نیست."


@dataclass
class Document:
    kind: str
    content: Content = field(default_factory=dict)

    def text(self, path: Path) -> str:
        return self.row(path.form, path.part, path.row).get(path.cell, "")

    def row(self, form: str, part: str, row: str) -> dict[str, str]:
        return self.content.get(form, {}).get(part, {}).get(row, {})

    def rows(self, form: Form, part: str, section: Section) -> list[tuple[str, dict[str, str]]]:
        """The rows of one section, as people placed them, else in the order of their keys."""
        found = self.content.get(form.code, {}).get(part, {})
        mine = [(key, row) for key, row in found.items() if form.section_of(key) is section]
        return sorted(mine, key=lambda pair: (place(pair[1]), order(pair[0])))

    @property
    def projects(self) -> list[str]:
        return sorted(self.content.get(PROJECTS, {}), key=order)

    def parts(self, form: Form) -> list[str]:
        return self.projects if form.per_project else [""]

    def put(self, path: Path, text: str) -> None:
        row = self.content.setdefault(path.form, {}).setdefault(path.part, {}).setdefault(path.row, {})
        if text:
            row[path.cell] = text
        else:
            row.pop(path.cell, None)
            self._forget_empty(path)

    def _forget_empty(self, path: Path) -> None:
        """Nothing typed and nothing kept are the same; a row that was added stays until it is removed."""
        form = spec.form_of(self.kind, path.form)
        section = form.section_of(path.row) if form else None
        part = self.content[path.form][path.part]
        comes_by_itself = section is not None and (
            section.rows in {"single", "chapters"}
            or (section.rows == "points" and path.row.endswith(("-1", "-2", "-3")))
        )
        if comes_by_itself and not part[path.row]:
            del part[path.row]
        if not part and path.form != PROJECTS:
            del self.content[path.form][path.part]
            if not self.content[path.form]:
                del self.content[path.form]

    def add_row(self, form: str, part: str, row: str) -> None:
        self.content.setdefault(form, {}).setdefault(part, {}).setdefault(row, {})

    def remove_row(self, form: str, part: str, row: str) -> dict[str, str]:
        gone = self.content.get(form, {}).get(part, {}).pop(row, {})
        if form in self.content and not self.content[form].get(part, True) and form != PROJECTS:
            del self.content[form][part]
            if not self.content[form]:
                del self.content[form]
        return gone

    def copy(self) -> Document:
        return Document(self.kind, deepcopy(self.content))

    def values(self) -> Iterator[tuple[Path, str]]:
        for form, parts in self.content.items():
            for part, rows in parts.items():
                for row, texts in rows.items():
                    for cell, text in texts.items():
                        yield Path(form, part, row, cell), text


def place(row: dict[str, str]) -> int:
    """Where people put a row of an ordered section; 0 until somebody moved one."""
    return int(row.get(POSITION) or 0)


def order(key: str) -> list[tuple[int, int, str]]:
    """Keys in the order that people expect: 2 before 10, figures before letters."""
    pieces = re.findall(r"\d+|\D+", key)
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces]


def kind_of(agreement: Agreement) -> str:
    return "capital" if isinstance(agreement, CapitalAgreement) else "expense"


def read(agreement: Agreement) -> Document:
    """What the version says: as typed until it holds, then as the tables have it."""
    if agreement.state in HELD or not agreement.draft:
        return from_tables(agreement)
    return Document(kind_of(agreement), deepcopy(agreement.draft))


def has_place(agreement: Agreement, text: str) -> bool:
    """Whether a path names a form of this version, or a cell that its page shows."""
    path = Path.parse(text)
    form = path and spec.form_of(kind_of(agreement), path.form)
    if not path or not form or (form.amendment_only and not agreement.amends_id):
        return False
    found = read(agreement)
    if path.part and path.part not in found.projects:
        return False
    if not (path.row or path.cell):
        return True
    section = form.section_of(path.row)
    if section is None or section.cell(path.cell) is None:
        return False
    typed = found.content.get(path.form, {}).get(path.part, {})
    return section.rows in {"single", "points", "chapters"} or path.row in typed


# --- reading the tables ----------------------------------------------------------------------------------------


def from_tables(agreement: Agreement) -> Document:
    kind = kind_of(agreement)
    document = Document(kind)
    if kind == "capital":
        rows = AgreementProject.objects.filter(agreement=agreement.pk)
        document.content[PROJECTS] = {code: {} for code in rows.values_list("project__code", flat=True)}
    for form, section in spec.sections(kind):
        if form.amendment_only and not agreement.amends_id:
            continue
        for part, row in _stored(agreement, form, section):
            _take(document, form, part, section, row)
    return document


def _stored(agreement: Agreement, form: Form, section: Section) -> Iterator[tuple[str, Any]]:
    """(part, row of the table) of a section."""
    model: Any = apps.get_model("agreements", section.model)
    refs = [cell.name for cell in section.cells if cell.sort == cells.REF]
    if isinstance(agreement, model):
        yield "", agreement
    elif form.per_project and model is AgreementProject:
        for row in model.objects.filter(agreement=agreement.pk).select_related("project"):
            yield row.project.code, row
    elif form.per_project:
        rows = model.objects.filter(**{f"{PER_PROJECT}__agreement": agreement})
        for row in rows.select_related(f"{PER_PROJECT}__project", *refs):
            yield row.agreement_project.project.code, row
    else:
        yield from (
            ("", row)
            for row in model.objects.filter(agreement=agreement, **dict(section.fixed)).select_related(*refs)
        )


def _take(document: Document, form: Form, part: str, section: Section, row: Any) -> None:
    texts = {cell.name: _text(cell, row) for cell in section.cells}
    if section.rows == "points" and row.interpolated:
        return
    key = _key(section, row, texts)
    kept = {name: text for name, text in texts.items() if text}
    if section.ordered and row.position:
        kept[POSITION] = str(row.position)
    if kept or section.rows != "single":
        document.content.setdefault(form.code, {}).setdefault(part, {})[key] = kept


def _text(cell: Cell, row: Any) -> str:
    value = getattr(row, cell.name)
    return value.code if cell.sort == cells.REF and value is not None else cells.write(value)


def _key(section: Section, row: Any, texts: dict[str, str]) -> str:
    if section.rows == "single":
        return ""
    if section.rows == "free":
        return f"{section.prefix}{row.key}"
    if section.rows == "points":
        return f"{section.prefix}{row.year}-{row.quarter}"
    if section.rows == "years":
        return f"{section.prefix}{row.year}"
    if section.rows == "chapters":
        return f"{section.prefix}{row.expense_chapter.code}"
    return natural_key(section, texts)


def natural_key(section: Section, texts: dict[str, str]) -> str:
    words = [re.sub(r"[^\w.]", "_", texts.get(name, "")) for name in section.keys]
    return section.prefix + "-".join(words)


def settled(document: Document) -> Document:
    """The document as the tables will give it back: rows without a key of their own are named by what they say."""
    found = document.copy()
    for form, section in spec.sections(document.kind):
        for part in list(found.content.get(form.code, {})):
            if section.rows == "natural":
                for key, row in document.rows(form, part, section):
                    del found.content[form.code][part][key]
                    found.content[form.code][part][natural_key(section, row)] = row
            _settle(found, form, section, part)
    return found


def _settle(document: Document, form: Form, section: Section, part: str) -> None:
    """Cells whose emptiness means something say it; rows that say nothing are gone."""
    rows = document.content.get(form.code, {}).get(part, {})
    for key, _ in document.rows(form, part, section):
        for cell in section.cells:
            if cell.blank:
                rows[key].setdefault(cell.name, cell.blank)
        if not rows[key] and section.rows in {"single", "points", "chapters"}:
            document.remove_row(form.code, part, key)


# --- writing the tables ----------------------------------------------------------------------------------------


def write_tables(agreement: Agreement) -> None:
    """Replace the parts of a version in the tables by what its document says. Called with the version locked."""
    Writer(agreement, read(agreement)).write()


@dataclass
class Writer:
    agreement: Agreement
    document: Document

    def __post_init__(self) -> None:
        self.lists = Lists(self.agreement)
        self.parents: dict[str, AgreementProject] = {}

    def write(self) -> None:
        self._clear()
        if self.document.kind == "capital":
            self._projects()
        self._own_fields()
        for form, section in spec.sections(self.document.kind):
            if section.rows != "single":
                self._rows(form, section)

    def _clear(self) -> None:
        for model, link in part_models(self.document.kind):
            model._default_manager.filter(**{link: self.agreement}).delete()

    def _own_fields(self) -> None:
        """Single fields that belong to the version itself."""
        changed: list[str] = []
        for form, section in spec.sections(self.document.kind):
            if section.model == type(self.agreement).__name__:
                if form.amendment_only and not self.agreement.amends_id:
                    continue
                values = self._values(section, self.document.row(form.code, "", ""))
                for name, value in values.items():
                    setattr(self.agreement, name, value)
                changed += [name.removesuffix("_id") for name in values]
        if changed:
            self.agreement.save(update_fields=changed)

    def _projects(self) -> None:
        agreement: Any = self.agreement
        known = {project.code: project for project in agreement.plan.projects.filter(agency=agreement.agency)}
        for code in self.document.projects:
            if code not in known:
                raise RuleBroken(f"پروژهٔ {code} در این طرح نیست.")
            values: dict[str, Any] = {}
            for form, section in spec.sections("capital"):
                if section.model == "AgreementProject":
                    values |= self._values(section, self.document.row(form.code, code, ""))
            values["progress_before"] = figures.progress_before(self.document, code)
            self.parents[code] = AgreementProject.objects.create(
                agreement=agreement, project=known[code], **values
            )

    def _rows(self, form: Form, section: Section) -> None:
        model: Any = apps.get_model("agreements", section.model)
        made = []
        for part in self.document.parts(form):
            parent = {PER_PROJECT: self.parents[part]} if form.per_project else {"agreement": self.agreement}
            if section.rows == "points":
                made += [model(**parent, **values) for values in self._points(part)]
                continue
            for key, row in self.document.rows(form, part, section):
                values = self._values(section, row) | dict(section.fixed) | self._of_key(section, key)
                if section.ordered:
                    values[POSITION] = place(row)
                made.append(model(**parent, **values))
        model.objects.bulk_create(made)

    def _of_key(self, section: Section, key: str) -> dict[str, Any]:
        name = key[len(section.prefix) :]
        if section.rows == "free":
            return {"key": int(name)}
        if section.rows == "years":
            return {"year": int(name)}
        if section.rows == "chapters":
            return {"expense_chapter_id": self.lists.chapter[name].pk}
        return {}

    def _points(self, part: str) -> Iterator[dict[str, Any]]:
        for point in figures.schedule(self.document, part, self.agreement.fiscal_year.year):
            if point.planned is not None:
                yield {
                    "year": point.year,
                    "quarter": point.quarter,
                    "planned": point.planned,
                    "interpolated": point.interpolated,
                }

    def _values(self, section: Section, texts: dict[str, str]) -> dict[str, Any]:
        model: Any = apps.get_model("agreements", section.model)
        found: dict[str, Any] = {}
        for cell in section.cells:
            value, problem = self._value(cell, texts.get(cell.name, ""))
            column = model._meta.get_field(cell.name)
            if value is None and not problem:
                if column.null:
                    found[column.attname] = None
                elif column.has_default():
                    found[column.attname] = column.get_default()
                elif column.empty_strings_allowed:
                    found[column.attname] = ""
                else:
                    problem = INCOMPLETE
            else:
                found[column.attname] = value
            if problem:
                raise RuleBroken(INCOMPLETE.format(label=cell.label))
        return found

    def _value(self, cell: Cell, text: str) -> tuple[Any, str | None]:
        if problem := cells.problem(cell, text):
            return None, problem
        if cell.sort == cells.REF and text:
            entry = self.lists.of(cell.listed).get(text)
            return (entry.pk, None) if entry else (None, cells.NOT_LISTED)
        return cells.read(cell.sort, text)


def part_models(kind: str) -> list[tuple[type[Model], str]]:
    """The tables that hang on a version, children before parents, with the way to it."""
    found: dict[type[Model], str] = {}
    for form, section in spec.sections(kind):
        model = apps.get_model("agreements", section.model)
        if section.rows != "single":
            found[model] = f"{PER_PROJECT}__agreement" if form.per_project else "agreement"
    if kind == "capital":
        found[AgreementProject] = "agreement"
    return list(found.items())
