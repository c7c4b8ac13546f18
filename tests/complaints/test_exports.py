"""The queue of the desk as a file: the filters of the page, the scope of the person, nobody's identity."""

from __future__ import annotations

import csv
import io

import pytest

from tests.cast import Cast
from tests.complaints.making import PERSON, make_case

pytestmark = pytest.mark.django_db


def test_the_desk_exports_its_queue_without_who_sent_or_what_was_written(cast: Cast) -> None:
    make_case(cast, subject="پل روستا", text="نام من آشکار نشود؛ پل روستا هنوز نیمه‌کاره است.")

    def rows(who: str, query: str = "tab=all") -> list[dict[str, str]]:
        answer = cast.client(who).get(f"/export/complaints.csv?{query}")
        assert all(word not in answer.content.decode() for word in ("آشکار نشود", PERSON.name, "پل روستا"))
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    (row,) = rows("complaints")
    assert set(row) == {
        "شمارهٔ پیگیری", "نوع", "گام خدمت", "دستگاه اجرایی", "کد پروژه", "وضعیت", "ثبت", "مهلت پاسخ",
        "رسیدگی‌کننده", "نتیجه",
    }  # fmt: skip
    assert rows("complaints", "tab=all&kind=opinion") == []
    for who in ("agency_user", "far_complaints", "county_viewer"):
        assert rows(who) == []
