"""What differs between two documents, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

from agreements.drafting import spec
from agreements.drafting.document import Document
from agreements.drafting.spec import Path


@dataclass(frozen=True)
class Change:
    path: Path
    label: str
    before: str  # as kept: ASCII digits, codes of lists
    after: str


@dataclass(frozen=True)
class RowChange:
    """A row that came or went as a whole."""

    form: str
    part: str
    row: str
    added: bool


def changes(before: Document, after: Document) -> list[Change]:
    """Every cell whose text differs, in the order of the forms; empty exactly when both say the same."""
    old, new = dict(before.values()), dict(after.values())
    paths = [path for path in {**old, **new} if old.get(path, "") != new.get(path, "")]
    return [
        Change(path, label_of(after.kind, path), old.get(path, ""), new.get(path, ""))
        for path in sorted(paths, key=lambda path: _place(after.kind, path))
    ]


def rows_changed(before: Document, after: Document) -> list[RowChange]:
    old, new = set(_rows(before)), set(_rows(after))
    return [RowChange(*row, added=row in new) for row in sorted(old ^ new)]


def label_of(kind: str, path: Path) -> str:
    """«عنوان خانه» of a path."""
    if path.cell == spec.POSITION:
        return "ترتیب"
    form = spec.form_of(kind, path.form)
    section = form.section_of(path.row) if form else None
    cell = section.cell(path.cell) if section else None
    return cell.label if cell else path.cell


def _rows(document: Document) -> list[tuple[str, str, str]]:
    return [
        (form, part, row)
        for form, parts in document.content.items()
        for part, rows in parts.items()
        for row in rows
        if row
    ]


def _place(kind: str, path: Path) -> tuple[object, ...]:
    from agreements.drafting.document import order

    codes = [form.code for form in spec.forms_of(kind, amends=True)]
    form = spec.form_of(kind, path.form)
    section = form.section_of(path.row) if form else None
    names = [cell.name for cell in section.cells] if section else []
    return (
        codes.index(path.form) if path.form in codes else len(codes),
        order(path.part),
        order(path.row),
        names.index(path.cell) if path.cell in names else len(names),
    )
