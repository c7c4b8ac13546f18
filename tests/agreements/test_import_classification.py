"""Classification trees from a file: new codes, new titles, what is refused, exported again and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from agreements.models import Affair, Chapter, FundingSource, Programme
from agreements.workflow import imports
from budget_portal import jalali
from budget_portal.errors import NotAllowed, RuleBroken
from budget_portal.models import AuditEntry, ImportBatch, ImportRow
from tests.agreements.importing import REASON, mapping, stored
from tests.cast import Cast
from tests.factories import make_person

pytestmark = pytest.mark.django_db

HEADERS = ("درخت", "کد", "عنوان", "کد بالادست", "نوع منبع")
FIELDS = ("tree", "code", "title", "parent", "kind")
DAY = "1406/01/01"
TREE = (
    ("برنامه", "20101", "برنامهٔ نو", "201", ""),
    ("فصل", "201", "فصل نو", "20", ""),
    ("امور", "20", "امور نو", "", ""),
)


@pytest.fixture
def admin(cast: Cast) -> User:
    return make_person("admin", cast.national_organization)


def entered(cast: Cast, admin: User, *rows: Any, until: str = "finish", day: str = DAY) -> ImportBatch:
    batch = imports.upload(stored(cast, *rows, by=admin, headers=HEADERS), "classification", by=admin)
    told = mapping(
        cast, columns={name: place for place, name in enumerate(FIELDS)}, constants={}, values={"starts": day}
    )
    imports.choose_columns(
        batch.pk, sheet=1, sheet_name="", header_row=1, headers=batch.headers, mapping=told, by=admin
    )
    for step in ("preview", "apply", "finish"):
        getattr(imports, step)(batch.pk, by=admin, **({"hold": True} if step == "apply" else {}))
        if step == until:
            break
    batch.refresh_from_db()
    return batch


def said(batch: ImportBatch) -> dict[int, str]:
    return dict(ImportRow.objects.filter(batch=batch, kind="error").values_list("number", "text"))


def test_trunks_come_before_branches_in_the_file(cast: Cast, admin: User) -> None:
    assert set(said(entered(cast, admin, *TREE, until="preview"))) == {2, 3}
    entered(cast, admin, *reversed(TREE))
    programme = Programme.objects.get(code="20101")
    assert (programme.chapter.code, programme.chapter.affair.code) == ("201", "20")
    assert programme.valid_from == jalali.parse(DAY)
    assert AuditEntry.objects.filter(event="classification.added").count() == 3


def test_a_new_title_is_a_new_row_and_the_same_is_the_same(cast: Cast, admin: User) -> None:
    entered(cast, admin, *reversed(TREE))
    batch = entered(cast, admin, ("امور", "20", "امور دیگر", "", ""), *TREE[:2], day="1407/01/01")
    assert (batch.counts["changed"], batch.counts["same"]) == (1, 2)
    old, new = Affair.objects.filter(code="20").order_by("valid_from")
    assert (old.title, new.title, new.renames) == ("امور نو", "امور دیگر", old)


def test_what_is_wrong_is_said(cast: Cast, admin: User) -> None:
    entered(cast, admin, *reversed(TREE))
    rows = [
        ("ردیف", "1", "الف", "", ""),
        ("فصل", "202", "الف", "99", ""),
        ("منبع اعتبار", "x", "الف", "", "وام"),
        ("امور", "21", "الف", "", ""),
        ("امور", "21", "ب", "", ""),
        ("فصل", "201", "فصل نو", "21", ""),
        ("برنامه", "20101", "نام دیگر", "201", ""),
    ]
    told = said(entered(cast, admin, *rows, until="preview"))
    words = {2: "درخت", 3: "معتبر نیست", 4: "نوع منبع", 6: "سطر", 7: "جابه‌جا", 8: "پس از آن"}
    assert set(told) == set(words)
    assert all(word in told[number] for number, word in words.items())


def test_it_is_taken_back_while_nothing_hangs_on_it(cast: Cast, admin: User) -> None:
    source = ("منبع اعتبار", "loan", "وام", "", "متفرقه")
    batch = entered(cast, admin, *reversed(TREE), source)
    later = entered(cast, admin, ("امور", "20", "امور دیگر", "", ""), day="1407/01/01")
    with pytest.raises(RuleBroken, match="برگردانده نمی‌شود"):
        imports.undo(batch.pk, reason=REASON, by=admin)
    imports.undo(later.pk, reason=REASON, by=admin)
    assert Affair.objects.get(code="20").valid_to is None
    chapter = Chapter.objects.get(code="201")
    extra = Programme.objects.create(
        organization=chapter.organization, code="20102", title="دیگر", chapter=chapter
    )
    with pytest.raises(RuleBroken):
        imports.undo(batch.pk, reason=REASON, by=admin)
    extra.delete()
    imports.undo(batch.pk, reason=REASON, by=admin)
    assert not Affair.objects.filter(code="20").exists()
    assert not FundingSource.objects.filter(code="loan").exists()


def test_it_is_the_national_administrators(cast: Cast, admin: User) -> None:
    batch = entered(cast, admin, *reversed(TREE), until="preview")
    assert ImportBatch.objects.for_user(admin).get() == batch
    for name in ("admin", "consolidation", "agency_user"):
        assert not ImportBatch.objects.for_user(cast.person(name)).exists()
        with pytest.raises(NotAllowed):
            imports.upload(batch.file, "classification", by=cast.person(name))
    with pytest.raises(NotAllowed):
        imports.upload(batch.file, "plans", by=admin)


def test_the_export_comes_back_unchanged(cast: Cast, admin: User) -> None:
    entered(cast, admin, *reversed(TREE), day="1405/01/01")
    assert cast.fiscal_year
    client = cast.sign_in(admin)
    content = client.get("/export/classification.xlsx?year=1405").content
    file = SimpleUploadedFile("a.xlsx", content)
    page = client.post("/imports/new/", {"table": "classification", "file": file})
    form = client.get(page.url).context["form"]
    chosen = {f"column_{column.place}": column.field for column in form.proposal.columns}
    told = {"sheet": "1", "header_row": "1", "unit": "million-rials", "starts": "۱۴۰۶/۱/۱"}
    answer = client.post(page.url, {**chosen, **told})
    assert answer.status_code == 302, answer.context["form"].errors
    kinds = set(
        ImportRow.objects.filter(batch=ImportBatch.objects.latest("pk")).values_list("kind", flat=True)
    )
    assert kinds == {"same"}
