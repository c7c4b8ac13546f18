"""R1 on paper: what a reader finds in it, the same bytes each time, and nothing fetched from anywhere."""

import hashlib
import io
import os
import re
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from django.conf import settings

from budget_portal.text import fold
from reports import pdf
from reports.figures import Flow
from reports.layout import Layout
from reports.package import R1Report, Silence
from reports.parts import AgencyGroup, AgencyRow
from reports.tables import LongTable, Measure, Row, cuts
from tests.reports import sample_r1

Text = Callable[[bytes], list[str]]
MARKS = re.compile("[\\s:=()،.؛\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def pages_of(content: bytes, tmp_path: Path) -> list[str]:
    """The text of each page as poppler reads it, folded."""
    file = tmp_path / "report.pdf"
    file.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return [folded(page) for page in done.stdout.decode().split("\f")[:-1]]


def folded(text: str) -> str:
    """Letters and Latin digits without any space: a reader of PDF guesses spaces from distances.

    Poppler gives the two letters of the ligature «لا» in the order of the eye: both sides have it so.
    """
    return MARKS.sub("", fold(text)).replace("لا", "ال")


@pytest.fixture(scope="module")
def report() -> R1Report:
    return sample_r1.sample()


@pytest.fixture(scope="module")
def cost() -> dict[str, float]:
    """Processor seconds of printing the sample once, and the memory of the whole test process after it."""
    return {}


@pytest.fixture(scope="module")
def printed(report: R1Report, cost: dict[str, float]) -> bytes:
    before = resource.getrusage(resource.RUSAGE_SELF)
    content = pdf.render_pdf(report, draft=False, photos=sample_r1.photos())
    after = resource.getrusage(resource.RUSAGE_SELF)
    cost["seconds"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    cost["megabytes"] = after.ru_maxrss / 1024
    return content


@pytest.fixture(scope="module")
def pages(printed: bytes, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return pages_of(printed, tmp_path_factory.mktemp("pdf"))


def page_with(pages: list[str], *words: str) -> str:
    found = [page for page in pages if all(folded(word) in page for word in words)]
    assert found, words
    return found[0]


# --- what is read --------------------------------------------------------------------------------
def test_words_are_joined_in_text_tables_and_charts(pages: list[str]) -> None:
    whole = " ".join(pages)
    for word in ("فصل هزینه", "خلاصهٔ مدیریتی", "ذیحساب", "شهرستان", "تخصیص‌یافته", "پیوست"):
        assert folded(word) in whole, word
    for word in ("تخصیص‌نیافته", "مقطع گزارش", "دیرکرد پرداخت به پیمانکار", "گنبد کاووس", "اعلام دستگاه"):
        assert folded(word) in whole, word  # these stand in charts


def test_every_page_but_the_cover_says_page_n_of_m(pages: list[str]) -> None:
    count = len(pages)
    assert "صفحه" not in pages[0]
    for number, page in enumerate(pages[1:], 2):
        assert folded(f"صفحهٔ {number} از {count}") in page


def test_contents_name_the_page_on_which_each_section_stands(report: R1Report, pages: list[str]) -> None:
    for section in Layout(report, draft=False).sections[:6]:
        line = folded(section.title)
        number = next(n for n, page in enumerate(pages[2:], 3) if folded(section.number) + line in page)
        assert f"{number}{line}{folded(section.number)}" in pages[1], line


def test_the_long_table_repeats_its_head_and_carries_its_total(report: R1Report, pages: list[str]) -> None:
    first, second = page_with(pages, "نقل به صفحهٔ بعد"), page_with(pages, "نقل از صفحهٔ قبل")
    assert pages.index(second) == pages.index(first) + 1
    for page in (first, second):
        assert folded("دستگاه اجرایی") in page
        assert folded("تملک دارایی‌های سرمایه‌ای") in page
    carried = sum(row.capital.agreed or 0 for group in report.groups[:2] for row in group.rows if row.capital)
    assert folded(f"{carried:,}".replace(",", "٬")) in first
    assert folded(f"{carried:,}".replace(",", "٬")) in second


def test_worked_example_a_stands_on_its_page(pages: list[str]) -> None:
    page = page_with(pages, "برگهٔ پروژه", "مقطع گزارش")
    for figure in ("62٫25", "−7٫75", "58٫85", "87٫50", "−3٫30", "35٫77", "23٫81", "366", "3٫40"):
        assert folded(figure.replace("−", "")) in page, figure
    for term in ("306٬000", "520٬000", "100٬000", "420٬000"):
        assert folded(term) in page


def test_worked_example_b_stands_in_the_expense_section(pages: list[str]) -> None:
    page = page_with(pages, "بهزیستی", "به خزانه برگشت")
    for figure in ("91٫47", "0٫9780", "93٫53", "600", "93٬300", "95٬400"):
        assert folded(figure) in page, figure
    activities = page_with(pages, "ویزیت توان‌بخشی در منزل")
    for figure in ("95٫00", "6٫750", "3٫85", "80٫00", "7٫688", "3٫91"):
        assert folded(figure) in activities, figure


def test_the_difference_is_that_of_unrounded_figures_and_a_note_says_so(pages: list[str]) -> None:
    assert folded("6٫8") in page_with(pages, "ارزش کار برنامه")  # 54.0 − 60.7
    page_with(pages, "از ارقام گردنشده حساب شده است")


def test_coverage_undefined_and_signers_are_printed(report: R1Report, pages: list[str]) -> None:
    assert folded("36 از 38 دستگاه") in pages[2]
    assert "—" in page_with(pages, "شرکت آب منطقه‌ای")
    last = page_with(pages, "محل امضا و مهر")
    for word in ("تهیه‌کننده", "تأییدکننده", "تصویب‌کننده", "فرهاد کاویان‌مهر"):
        assert folded(word) in last
    assert report.digest[:32] in pages[0]
    assert all(f"{report.digest[:4]}-{report.digest[4:8]}" in page for page in pages[1:])


def test_no_page_is_nearly_empty(pages: list[str]) -> None:
    for number, page in enumerate(pages, 1):
        assert len(page) > 350, number


def test_the_draft_says_so_on_every_page(tmp_path: Path) -> None:
    small = sample_r1.small()
    content = pdf.render_pdf(small, draft=True)
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:  # poppler leaves slanted text out
        assert "فاقد اعتبار" in page.extract_text()
    assert folded("پیش‌نویس – فاقد اعتبار") in pages_of(content, tmp_path)[0]


def test_sections_without_data_vanish_or_say_why(tmp_path: Path) -> None:
    small = sample_r1.small()
    keys = [section.key for section in Layout(small, draft=False).sections]
    assert keys == ["summary", "stages", "expense", "definitions", "method", "signers"]
    told = replace(small, silences=(Silence("visits", "در این مقطع بازدیدی انجام نشده است."),))
    whole = " ".join(pages_of(pdf.render_pdf(told, draft=False), tmp_path))
    assert folded("در این مقطع بازدیدی انجام نشده است") in whole
    assert folded("شهرستان‌ها") not in whole


# --- the same bytes ------------------------------------------------------------------------------
def test_the_same_report_gives_the_same_bytes(report: R1Report, printed: bytes) -> None:
    again = R1Report.from_json(report.to_json())
    assert pdf.render_pdf(again, draft=False, photos=sample_r1.photos()) == printed


SCRIPT = """
import hashlib, sys, django
django.setup()
from reports.pdf import render_pdf
from tests.reports import sample_r1
sys.stdout.write(hashlib.sha256(render_pdf(sample_r1.small(), draft=False)).hexdigest())
"""


def test_another_process_gives_the_same_bytes() -> None:
    """Neither the order of sets nor the hour of the day may show."""
    digests = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            check=True,
        )
        digests.add(done.stdout)
        time.sleep(1.1)
    assert len(digests) == 1


def test_the_file_is_tagged_and_dated_by_the_report(report: R1Report, printed: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True or str(root["/MarkInfo"]["/Marked"]) == "true"  # noqa: E712
    assert str(root["/Lang"]).startswith("fa")
    assert reader.metadata is not None
    assert reader.metadata.creation_date == report.header.data_as_of
    assert report.header.number in (reader.metadata.title or "")
    assert len(reader.outline) >= 12


# --- what it may fetch ---------------------------------------------------------------------------
@pytest.fixture
def listener() -> Iterator[tuple[int, list[object]]]:
    """A socket on this machine that notes whoever knocks."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    server.settimeout(0.1)
    knocks: list[object] = []
    stop = threading.Event()

    def wait() -> None:
        while not stop.is_set():
            try:
                knocks.append(server.accept()[1])
            except TimeoutError:
                continue

    thread = threading.Thread(target=wait)
    thread.start()
    yield server.getsockname()[1], knocks
    stop.set()
    thread.join()
    server.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/x.css",
        "https://127.0.0.1:{port}/x.css",
        "ftp://127.0.0.1:{port}/x.css",
        "//127.0.0.1:{port}/x.css",
        "file://127.0.0.1:{port}/x.css",
        "file:///etc/passwd",
        "file:///etc/passwd#x.css",
        "../../manage.py",
        "../../../../../../etc/hostname",
        "data:text/css,p",
        "photo:0000",
    ],
)
def test_whatever_is_not_ours_stops_the_rendering(url: str, listener: tuple[int, list[object]]) -> None:
    port, knocks = listener
    printer = pdf.Printer({})
    html = f'<html lang="fa"><link rel="stylesheet" href="{url.format(port=port)}"><p>سلام</p></html>'
    with pytest.raises(pdf.FetchRefused):
        printer.render(html)
    image = f'<html lang="fa"><img alt="" src="{url.format(port=port)}"></html>'
    with pytest.raises(pdf.FetchRefused):
        printer.render(image)
    assert knocks == []


def test_a_link_out_of_static_is_no_way_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p{}")
    static = tmp_path / "static"
    static.mkdir()
    (static / "link.css").symlink_to(secret)
    monkeypatch.setattr(pdf, "static_root", lambda: static)
    with pytest.raises(pdf.FetchRefused):
        pdf.own_file((static / "link.css").as_uri())


def test_text_of_a_report_never_becomes_markup(tmp_path: Path, listener: tuple[int, list[object]]) -> None:
    port, knocks = listener
    evil = f'<img src="http://127.0.0.1:{port}/a.png"><script>x</script>{{% include "x" %}}'
    small = sample_r1.small()
    header = replace(small.header, organization=evil, subject=evil, contact=evil)
    whole = " ".join(pages_of(pdf.render_pdf(replace(small, header=header), draft=False), tmp_path))
    assert "<script>" in whole
    assert knocks == []


def test_a_picture_must_be_the_one_that_the_digest_covers() -> None:
    name = hashlib.sha256(b"one").hexdigest()
    with pytest.raises(ValueError, match="not the one"):
        pdf.render_pdf(sample_r1.small(), draft=False, photos={name: b"another"})


# --- long tables ---------------------------------------------------------------------------------
def many(count: int) -> R1Report:
    """Agencies with long names and ten-digit money, as a whole country has them."""
    small = sample_r1.small()
    flow = Flow(agreed=9_876_543_210, allocated=8_765_432_109, received=7_654_321_098, spent=6_543_210_987)
    name = "ادارهٔ کل نوسازی، توسعه و تجهیز مدارس و مراکز آموزشی شمارهٔ"
    rows = [AgencyRow(str(n), f"{name} {n}" if n % 3 else f"دستگاه {n}", expense=flow) for n in range(count)]
    groups = tuple(
        AgencyGroup(f"گروه {first // 30 + 1}", tuple(rows[first : first + 30]))
        for first in range(0, count, 30)
    )
    whole = Flow(*(value * count if value else None for value in (None, 9_876_543_210, 8_765_432_109)))
    return replace(small, groups=groups, expense=whole, leads=(), kpis=())


def test_a_table_of_many_pages_is_cut_so_that_every_piece_fits(tmp_path: Path) -> None:
    report = many(130)
    layout = Layout(report, draft=False)
    printer = pdf.Printer({})
    splits = printer.measure(layout)
    document = printer.fitted(layout, splits)
    anchors = {name: number for number, page in enumerate(document.pages) for name in page.anchors}
    (split,) = splits.values()
    assert split.holds(anchors)
    assert len(split.cuts) >= 3
    assert len(document.pages) < 20
    texts = pages_of(document.write_pdf(), tmp_path)
    assert sum(folded("نقل به صفحهٔ بعد") in page for page in texts) == len(split.cuts)
    assert folded(f"{9_876_543_210 * 130:,}".replace(",", "٬")) in " ".join(texts)


def test_counties_and_critical_projects_go_on_under_their_captions(report: R1Report, tmp_path: Path) -> None:
    """As many as Khuzestan has: both tables say on each page what they are."""
    assert report.counties is not None
    counties = tuple(
        replace(report.counties.rows[0], code="", title=f"شهرستان نمونهٔ {place}") for place in range(100, 130)
    )
    critical = tuple(
        replace(report.critical[0], title=f"طرح بحرانی {place}", remedy="تأمین تخصیص و تسریع در رسیدگی. " * 3)
        for place in range(100, 130)
    )
    wide = replace(
        report, counties=replace(report.counties, rows=counties), critical=critical, deviating=(), leads=()
    )
    found = pages_of(pdf.render_pdf(wide, draft=True), tmp_path)
    for title in ("اعتبار، تخصیص و عملکرد سرمایه‌ای", "پروژه‌های منحرف به ترتیب انحراف"):
        holding = [page for page in found[2:] if folded(title) in page]
        assert len(holding) > 1, title
        assert all("ادامه" in page for page in holding[1:])
    whole = " ".join(found)
    for place in range(100, 130):
        assert whole.count(folded(f"طرح بحرانی {place}")) == 1
        assert whole.count(folded(f"شهرستان نمونهٔ {place}")) == 1


def test_photos_of_visits_stand_together_after_the_projects(report: R1Report) -> None:
    keys = [section.key for section in Layout(report, draft=False, photos=sample_r1.photos()).sections]
    assert keys.index("evidence") == keys.index("pages") + len(report.pages)
    without = replace(report, pages=tuple(replace(page, visit=None) for page in report.pages))
    assert "evidence" not in [section.key for section in Layout(without, draft=False).sections]


def test_cuts_prefer_a_seam_and_never_leave_a_lone_head() -> None:
    kinds = ["group", *["row"] * 8, "sub", "group", *["row"] * 9, "sub"]
    rows = tuple(Row(kind, None, (Flow(agreed=1),), n, n) for n, kind in enumerate(kinds))  # type: ignore[arg-type]
    table = LongTable("t", "expense", rows)
    measure = Measure(tuple([10.0] * len(rows)), first_top=0, next_top=0, tail=10, bottom=120, carry=10)
    assert cuts(table, measure) == [10]
    assert [chunk.carried_out.flows[0].agreed for chunk in table.chunks([10])[:1]] == [8]  # type: ignore[union-attr]


# --- time and memory -----------------------------------------------------------------------------
def test_a_report_takes_seconds_and_little_memory(printed: bytes, cost: dict[str, float]) -> None:
    count = len(pypdf.PdfReader(io.BytesIO(printed)).pages)
    assert cost["seconds"] / count < 1.0
    assert cost["megabytes"] < 700


def test_weasyprint_is_loaded_only_when_a_report_is_made() -> None:
    script = "import django; django.setup(); import reports.pdf, sys; sys.exit('weasyprint' in sys.modules)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", script], cwd=settings.BASE_DIR, env=environment, check=True)
