"""From cells of a spreadsheet to columns that are known: which table it is, where its heads are, which column is which
field. A block that was pasted is split here; nothing is read as a figure yet. Pure."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from budget_portal.digits import drop_marks, to_latin
from budget_portal.numbers import is_total_label, read_quantity
from budget_portal.tables.detect import headers_of, key_of, letter, match
from budget_portal.tables.grammar import shown
from budget_portal.tables.reader import Cell
from budget_portal.text import fold
from monitoring.cells import NOT_APPLICABLE
from monitoring.sheets.columns import BY_KIND, PROGRESS_NAMES, Table

MOST_ROWS, MOST_COLUMNS = 5_000, 60
HEAD_ROWS = 15  # a head stands among the first rows; letters and titles above it are passed over
Rows = Sequence[Sequence[Cell]]
Codes = Callable[[str], Iterable[str]]  # a part of the key -> the folded codes that the form has


@dataclass
class Match:
    """How a table is read. Rows are counted from 1, places of columns from 0; header_row 0: there is none."""

    kind: str
    header_row: int = 0
    columns: dict[int, str] = field(default_factory=dict)  # place -> name of a column
    headers: tuple[str, ...] = ()
    unit: str = "million-rials"
    how: str = "heads"  # what the columns of figures are known by: heads, their order, a person's word
    start: str = ""  # «capital:12:spent»: a block without codes, laid on the grid from this cell on

    def place(self, name: str) -> int | None:
        return next((place for place, found in self.columns.items() if found == name), None)

    def as_json(self) -> dict[str, object]:
        columns = {str(place): name for place, name in self.columns.items()}
        return {**vars(self), "columns": columns, "headers": list(self.headers)}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Match:
        columns = {int(place): str(name) for place, name in stored["columns"].items()}  # type: ignore[attr-defined]
        known = {name: stored[name] for name in ("kind", "header_row", "unit", "start")}
        known |= {"headers": tuple(stored["headers"]), "how": stored.get("how", "person")}  # type: ignore[arg-type]
        return cls(columns=columns, **known)  # type: ignore[arg-type]


def split(text: str) -> list[list[str]]:
    """Rows and cells of what Excel puts on the clipboard; a cell with line ends stands in quotes."""
    rows: list[list[str]] = []
    row: list[str] = []
    cell: list[str] = []
    quoted, place, end = False, 0, len(text)
    while place < end:
        sign = text[place]
        if quoted:
            if sign == '"' and text[place + 1 : place + 2] == '"':
                cell.append('"')
                place += 1
            elif sign == '"':
                quoted = False
            else:
                cell.append(sign)
        elif sign == '"' and not cell and _closes(text, place):
            quoted = True
        elif sign in "\t\n\r":
            row.append("".join(cell))
            cell = []
            if sign != "\t":
                rows.append(row)
                row = []
                place += sign == "\r" and text[place + 1 : place + 2] == "\n"
        else:
            cell.append(sign)
        place += 1
    rows.append([*row, "".join(cell)])
    return _trimmed(rows)


def _closes(text: str, place: int) -> bool:
    """Whether the quote that opens here also closes before a cell's end; an inch mark does not."""
    at = place + 1
    while (at := text.find('"', at)) >= 0:
        after = text[at + 1 : at + 2]
        if after == '"':
            at += 2
            continue
        return after in ("", "\t", "\n", "\r")
    return False


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Without the empty rows at the end and the empty cells at the end of each row."""
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


def table_of(rows: Rows, tables: Sequence[Table]) -> tuple[Table, int] | None:
    """The table whose heads stand in one of the first rows, and that row; None without any such row."""
    best: tuple[int, int, Table] | None = None
    for number, row in enumerate(rows[:HEAD_ROWS], start=1):
        names = [text for cell in row if (text := _text(cell))]
        for table in tables:
            found = match(names, _spellings(table)).values()
            roles = {column.role for name in found if (column := table.column(name))}
            if {"key", "cell"} <= roles and (best is None or len(found) > best[0]):
                best = (len(found), number, table)
    return (best[2], best[1]) if best else None


def head_row(rows: Rows, spelt: Container[str]) -> int:
    """The row of words right above the first figures: heads, also where none of them is known; else 0. A row with
    a word of the form's lines (`spelt`: codes and titles, folded) is a line whose figures cannot be read."""
    first = next((at for at, row in enumerate(rows[: HEAD_ROWS + 1]) if any(map(_reads, row))), 0)
    above = rows[first - 1] if first else ()
    words = [text for cell in above if any(map(str.isalpha, text := _text(cell)))]
    of_a_line = total_label(above) or any(
        word in NOT_APPLICABLE or code(word) in spelt or fold(word) in spelt for word in words
    )
    return first if words and not of_a_line else 0


def by_heads(rows: Rows, table: Table, header_row: int, codes: Codes | None = None) -> Match:
    """Columns as the row of heads names them; a head that is not known is no column, whatever stands below it."""
    headers = headers_of(rows[:header_row], header_row)
    found = match(headers, _spellings(table))
    if codes is not None:
        found |= _columns_of_codes(rows[header_row:], table, codes, found)
    return Match(table.kind, header_row, found, headers)


def by_place(rows: Rows, table: Table, codes: Codes, asked: Sequence[str]) -> Match:
    """A block without heads: a column of codes is known by what the form has, figures follow in the form's order."""
    wide = _width(rows)
    columns = _columns_of_codes(rows, table, codes, {})
    figures = [place for place in range(wide) if place not in columns and is_figures(rows, place)]
    names = list(asked)
    if len(figures) == 1 and "spent" in names:
        names = ["spent"]
    if len(figures) <= len(names):
        columns |= dict(zip(figures, names, strict=False))
    return Match(table.kind, 0, columns, ("",) * wide, how="order")


def _columns_of_codes(
    rows: Rows, table: Table, codes: Codes, known_already: Mapping[int, str]
) -> dict[int, str]:
    columns: dict[int, str] = {}
    for key in table.keys:
        if key.name in known_already.values():
            continue
        known = set(codes(key.name))
        places = [place for place in range(_width(rows)) if place not in {*columns, *known_already}]
        counted = {place: _share(rows, place, known) for place in places}
        best = max(places, key=lambda place: counted[place], default=None)
        if best is not None and counted[best] > 0.5:
            columns[best] = key.name
    return columns


def from_cell(rows: Rows, table: Table, start: str, header_row: int = 0) -> Match:
    """A block without codes, laid on the grid from a cell on: its columns are the cells that follow, unless heads
    name them."""
    cell = start.rpartition(":")[2]
    if header_row and (found := by_heads(rows, table, header_row)).columns:
        return replace(found, start=start)
    names = [column.name for column in table.cells]
    wide = _width(rows)
    after = names[names.index(cell) :] if cell in names else []
    headers = headers_of(rows[:header_row], header_row) or ("",) * wide
    columns = dict(zip(range(wide), after, strict=False))
    return Match(table.kind, header_row, columns, headers, start=start, how="order")


def _width(rows: Rows) -> int:
    return min(max((len(row) for row in rows), default=0), MOST_COLUMNS)


def title_of(found: Match, place: int) -> str:
    """«ستون B»، or «ستون B «عملکرد»»."""
    head = found.headers[place] if place < len(found.headers) else ""
    return f"ستون {letter(place)} «{head}»" if head else f"ستون {letter(place)}"


def is_alike(found: Match, place: int) -> bool:
    """Whether a head was taken for its column though it only begins like it: a person should look."""
    column = BY_KIND[found.kind].column(found.columns[place])
    return column is not None and key_of(found.headers[place]) not in column.spellings


def is_progress(header: str) -> bool:
    return key_of(header) in PROGRESS_NAMES


def total_label(row: Sequence[Cell]) -> str:
    """The words of a row that sums up others («جمع کل»), else nothing."""
    for cell in row:
        if isinstance(cell, str) and (text := _text(cell)) and is_total_label(text):
            return text
    return ""


def is_empty(row: Sequence[Cell]) -> bool:
    return not any(_text(cell) for cell in row)


def code(text: str) -> str:
    """A code as it is compared: ASCII digits, folded, without the spaces and zeros that spreadsheets lose."""
    plain = fold(to_latin(drop_marks(text))).replace(" ", "")
    return plain.lstrip("0") or plain[-1:] if plain.isdecimal() else plain


def _text(cell: Cell) -> str:
    return drop_marks(shown(cell)).strip()


def _share(rows: Rows, place: int, known: set[str]) -> float:
    texts = [_text(row[place]) for row in rows if place < len(row) and not is_empty(row)]
    filled = [text for text in texts if text]
    return sum(code(text) in known for text in filled) / len(filled) if filled else 0.0


def is_figures(rows: Rows, place: int) -> bool:
    """Most of a column's cells look like figures; «###» and dashes do not speak against it."""
    texts = [text for row in rows if place < len(row) and (text := _text(row[place]))]
    looked = [text for text in texts if set(text) - set("#-–—")]
    return bool(texts) and sum(map(_reads, looked)) * 2 > len(looked)


def _reads(cell: Cell) -> bool:
    return read_quantity(_text(cell), 6, allow_negative=True).value is not None


def _spellings(table: Table) -> dict[str, tuple[str, ...]]:
    """What is only shown is told apart first, or «عملکرد مقطع قبل» would be taken for a figure to write."""
    columns = sorted(table.columns, key=lambda column: column.role != "shown")
    return {column.name: (column.title, *column.names) for column in columns}
