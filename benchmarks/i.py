"""I: a table of 100,000 rows from xlsx into the database: budget notifications of 200 agencies, 500 lines each.

Cost is CPU of this process, the child that reads the workbook, and the database; every writing is judged by all
constraints and then taken back.
I1: read, check and write, as the job of a batch does it (agreements/workflow/imports.py `finish`), against the
columnar limit: fastexcel into polars, codes joined, problems counted, COPY into the same table, in letters that are
drafts. The same table has the same keys, triggers and foreign keys; what COPY into a bare table costs is in the note.
I2: 10,000 of the rows against django-import-export (read by tablib), with defaults and in its bulk mode.
I3: the preview of a file in which every row is wrong, all sentences kept, against the preview of the right file.
I4: the largest sum of memory that the process of the job and its child hold at one moment, sampled.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks import cpu, portal
from benchmarks.table import Result, taking_turns
from benchmarks.w import SMALL

ROWS, FEW = 100_000, 10_000
LINES = 500  # of one agency
HEADERS = ("کد دستگاه", "کد برنامه", "کد فصل", "کد منبع اعتبار", "مبلغ ابلاغ")
PERSON, ORGANIZATION, YEAR = "load-02-consolidation", "load-02", 1404
LETTER = "bench"


def run() -> list[Result]:
    with portal.services(), portal.loaded(*SMALL):
        found = [*columnar(), *resources(), every_row_wrong()]
    return [*found, memory()]


# --- files --------------------------------------------------------------------------------------------------


def rows(count: int) -> Iterator[tuple[str, str, str, str, int]]:
    sources = ("general", "own-revenue", "oil-gas")
    for number in range(count):
        agency, line = divmod(number, LINES)
        chapter, rest = line % 7 + 1, line // 7
        source, programme = sources[rest // 60], rest % 60
        yield f"{1001 + agency}", f"{2000 + programme}", f"{chapter}", source, 1_000 + number * 7 % 90_000


def workbook(name: str, count: int, *, wrong: bool = False) -> Path:
    """Codes as text, as people send them; a wrong row has a chapter that is none and a figure that is no number."""
    import rustpy_xlsxwriter as writer
    from django.conf import settings

    path = Path(settings.VAR) / f"{name}.xlsx"
    records = (
        dict(zip(HEADERS, ((*row[:2], "99", row[3], f"{row[4]}؟") if wrong else row), strict=True))
        for row in rows(count)
    )
    writer.write_worksheet(records, str(path), "ابلاغ")
    return path


def batch_of(path: Path) -> int:
    """A batch whose columns are chosen, as the pages leave it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from agreements.imports import batches
    from agreements.workflow import imports
    from budget_portal import files

    by = person()
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    stored = files.store_table(upload, organization=by.acting.organization, by=by)
    batch = imports.upload(stored, "notifications-expense", by=by)
    found = batches.propose(batches.table_of(batch), batches.heads_of(stored), [])
    columns = {column.field: column.place for column in found.columns if column.field}
    if len(columns) != len(HEADERS):
        raise RuntimeError(f"columns were found for {sorted(columns)} only")
    values = {"year": str(YEAR), "letter_number": LETTER, "letter_date": f"{YEAR}/02/01"}
    mapping = {
        "columns": columns, "constants": {}, "unit": "million-rials", "repeated": "refuse", "values": values,
    }  # fmt: skip
    imports.choose_columns(
        batch.pk,
        sheet=found.sheet,
        sheet_name=found.sheet_name,
        header_row=found.header_row,
        headers=found.headers,
        mapping=mapping,
        by=by,
    )
    return int(batch.pk)


def person() -> Any:
    from accounts.models import User

    return User.objects.get(username=PERSON)


# --- measuring ----------------------------------------------------------------------------------------------


def spent(work: Callable[[], object]) -> float:
    """CPU of a writing that is taken back, deferred constraints included."""
    from django.db import connection, transaction

    roots = (os.getpid(), portal.postmaster())
    before = cpu.seconds(*roots)
    with transaction.atomic():
        work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return cpu.seconds(*roots) - before


def applied(batch: int) -> None:
    """What the job does with a batch that was previewed."""
    from agreements.workflow import imports
    from budget_portal.models import ImportBatch

    for state in ("previewed", "applying"):
        ImportBatch.objects.filter(pk=batch).update(state=state)
    done = imports.finish(batch, by=person())
    if not done.made["agreements.budgetnotification"]:
        raise RuntimeError("nothing was written")


def previewed(batch: int) -> dict[str, int]:
    from agreements.workflow import imports

    return imports.preview(batch, by=person()).counts


# --- I1 -----------------------------------------------------------------------------------------------------


def columnar() -> list[Result]:
    path = workbook("import-right", ROWS)
    batch = batch_of(path)
    bare: list[float] = []

    def floor() -> float:
        bare.append(spent(lambda: limit(path, drafts=False)))
        return spent(lambda: limit(path, drafts=True))

    least, ours, ratio = taking_turns(floor, lambda: spent(lambda: applied(batch)), 3)
    preview = spent(lambda: previewed(batch))
    return [
        Result(
            "I1",
            f"import of {ROWS:,} xlsx rows: read, check, write (CPU)",
            "fastexcel + polars + COPY, same table",
            f"{least:.2f} s",
            f"{ours:.2f} s",
            f"{ratio:.2f}×",
            "≤ 2×",
            ratio <= 2,
            f"the same COPY into a table without keys and triggers {min(bare):.2f} s; preview with the list of "
            f"all rows {preview:.2f} s",
        )
    ]


def limit(path: Path, *, drafts: bool) -> None:
    """Columns all the way: codes by joins, problems by counting what did not join."""
    import fastexcel
    import polars as pl
    from django.db import connection

    sheet = fastexcel.read_excel(path).load_sheet(0, dtypes=dict.fromkeys(range(4), "string")).to_polars()
    sheet.columns = ["agency", "programme", "chapter", "source", "amount"]
    keys = known(drafts=drafts)
    for name, table in keys.items():
        frame = pl.DataFrame({name: list(table), f"{name}_id": list(table.values())})
        sheet = sheet.join(frame, on=name, how="left")
    wrong = sheet.filter(
        pl.any_horizontal(pl.col(f"{name}_id").is_null() for name in keys)
        | (pl.col("amount") < 0)
        | pl.struct("agency", "programme", "chapter", "source").is_duplicated()
    )
    if len(wrong) or len(sheet) != ROWS:
        raise RuntimeError("the peer finds faults in a right file")
    text = sheet.select(
        "agency_id",
        "programme_id",
        "chapter_id",
        "source_id",
        pl.col("amount").cast(pl.Int64),
        pl.lit("provincial").alias("scope"),
        pl.lit("").alias("budget_row"),
    ).write_csv(include_header=False)
    table = "agreements_notificationline" if drafts else "bench_lines"
    with connection.cursor() as cursor:
        if not drafts:
            cursor.execute("CREATE TEMP TABLE bench_lines (LIKE agreements_notificationline) ON COMMIT DROP")
            cursor.execute("ALTER TABLE bench_lines ALTER id DROP NOT NULL")
        cursor.copy_expert(
            f"COPY {table} (notification_id, programme_id, expense_chapter_id, funding_source_id, amount, scope,"
            " budget_row) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (budget_row))",
            BytesIO(text.encode()),
        )


def known(*, drafts: bool) -> dict[str, dict[str, int]]:
    """Code -> key; the agency's is that of its letter."""
    from accounts.models import Agency
    from agreements.models import ExpenseChapter, FundingSource, Programme

    agencies = Agency.objects.filter(organization__code=ORGANIZATION)
    letters = letters_of(list(agencies)) if drafts else {row.code: row.pk for row in agencies}
    codes = {
        name: dict(model.objects.filter(organization__code="load-iran").values_list("code", "pk"))
        for name, model in (("programme", Programme), ("chapter", ExpenseChapter), ("source", FundingSource))
    }
    return {"agency": letters, **codes}


def letters_of(agencies: list[Any]) -> dict[str, int]:
    """A draft for every agency: its code -> its letter."""
    from django.utils import timezone

    from agreements.models import BudgetNotification, FiscalYear

    year = FiscalYear.objects.get(organization__code="load-iran", year=YEAR)
    made = BudgetNotification.objects.bulk_create(
        BudgetNotification(
            agency=row, kind="expense", letter_number=LETTER, letter_date=year.starts_on,
            valid_from=year.starts_on, recorded_at=timezone.now(), fiscal_year=year,
        )
        for row in agencies
    )  # fmt: skip
    return {row.agency.code: row.pk for row in made}


# --- I2 -----------------------------------------------------------------------------------------------------


def resources() -> list[Result]:
    path = workbook("import-few", FEW)
    batch = batch_of(path)
    ours = min(spent(lambda: applied(batch)) for _ in range(3))
    found = []
    for name, goal, bulk in (("defaults", 50, False), ("bulk mode", 15, True)):
        peer = spent(lambda bulk=bulk: imported(path, bulk=bulk))
        found.append(
            Result(
                "I2",
                f"import of {FEW:,} xlsx rows (CPU)",
                f"django-import-export, {name}",
                f"{peer:.2f} s",
                f"{ours:.2f} s",
                f"{peer / ours:.0f}× faster",
                f"≥ {goal}×",
                peer / ours >= goal,
            )
        )
    return found


def imported(path: Path, *, bulk: bool) -> None:
    """A resource of the line as its documentation writes one: keys by code, letters of the agencies at hand."""
    from import_export import fields, resources, widgets
    from tablib import Dataset

    from accounts.models import Agency
    from agreements.models import (
        BudgetNotification,
        ExpenseChapter,
        FundingSource,
        NotificationLine,
        Programme,
    )

    letters_of(list(Agency.objects.filter(organization__code=ORGANIZATION)))

    class Letter(widgets.ForeignKeyWidget):
        def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> Any:
            return BudgetNotification.objects.filter(
                letter_number=LETTER, agency__organization__code=ORGANIZATION
            )

    class Own(widgets.ForeignKeyWidget):
        def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> Any:
            return self.model.objects.filter(organization__code="load-iran")

    def column(name: str, header: str, widget: Any) -> Any:
        return fields.Field(attribute=name, column_name=header, widget=widget)

    class Lines(resources.ModelResource):
        notification = column("notification", HEADERS[0], Letter(BudgetNotification, "agency__code"))
        programme = column("programme", HEADERS[1], Own(Programme, "code"))
        expense_chapter = column("expense_chapter", HEADERS[2], Own(ExpenseChapter, "code"))
        funding_source = column("funding_source", HEADERS[3], Own(FundingSource, "code"))
        amount = column("amount", HEADERS[4], widgets.IntegerWidget())

        class Meta:
            model = NotificationLine
            import_id_fields = ("notification", "programme", "expense_chapter", "funding_source")
            force_init_instance = bulk  # the documentation's advice where every row is new
            use_bulk = bulk
            batch_size = 1_000
            skip_html_diff = bulk

    with path.open("rb") as file:
        data = Dataset().load(file.read(), format="xlsx")
    result = Lines().import_data(data, dry_run=False, raise_errors=True)
    if result.totals["new"] != FEW:
        raise RuntimeError(f"the peer wrote {dict(result.totals)}")


# --- I3, I4 -------------------------------------------------------------------------------------------------


def every_row_wrong() -> Result:
    right = batch_of(workbook("import-right", ROWS))
    wrong = batch_of(workbook("import-wrong", ROWS, wrong=True))
    counts: dict[str, int] = {}

    def listed() -> None:
        counts.update(previewed(wrong))

    floor, ours, ratio = taking_turns(lambda: spent(lambda: previewed(right)), lambda: spent(listed), 2)
    if counts["error"] != ROWS:
        raise RuntimeError(f"of {ROWS} wrong rows {counts['error']} are told")
    return Result(
        "I3",
        f"preview of {ROWS:,} rows, every one wrong, each told (CPU)",
        "preview of the right file",
        f"{floor:.2f} s",
        f"{ours:.2f} s",
        f"{ratio:.2f}×",
        "≤ 1.5×",
        ratio <= 1.5,
    )


def memory() -> Result:
    """In a process of its own, as the worker's is."""
    with portal.services(), portal.loaded(*SMALL):
        batch = batch_of(workbook("import-right", ROWS))
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.i", str(batch)], cwd=portal.ROOT, env=portal.environment()
        )
        most = 0
        while process.poll() is None:
            most = max(most, sum(map(resident, cpu.tree(process.pid))))
            time.sleep(0.02)
        if process.returncode:
            raise RuntimeError("the import failed")
    return Result(
        "I4",
        f"peak memory of an import of {ROWS:,} rows, job and reader together",
        "–",
        "–",
        f"{most / 2**20:.0f} MB",
        "–",
        "≤ 300 MB",
        most <= 300 * 2**20,
    )


def resident(pid: int) -> int:
    try:
        return int((cpu.PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


if __name__ == "__main__":
    portal.set_up()
    spent(lambda: applied(int(sys.argv[1])))
