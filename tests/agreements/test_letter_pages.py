"""Pages of letters: a conflict shows both values, the scanned letter follows its letter, lists add up."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements import letters
from agreements.letters import ALLOCATION, NOTIFICATION
from agreements.models import AllocationNotice
from tests.agreements import letter_cases as cases
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def png() -> SimpleUploadedFile:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    return SimpleUploadedFile("letter.png", out.getvalue(), content_type="image/png")


def test_two_people_at_one_line_see_both_values_and_one_decides(cast: Cast) -> None:
    letter = cases.make(cast, ALLOCATION)
    line, client = cases.line_of(ALLOCATION, letter), cast.client("consolidation")
    typed = {
        "project": line.project_id,
        "funding_source": line.funding_source_id,
        "instrument": "cash",
        "seen": letters.seen(line, ALLOCATION.parts),
    }
    url = f"/allocations/lines/{line.pk}/"
    assert client.post(url, {**typed, "amount": "۴٬۰۰۰"}).status_code == 302
    clash = client.post(url, {**typed, "amount": "۳٬۰۰۰"})
    page = clash.content.decode()
    assert clash.status_code == 409
    assert "مقدار شما" in page
    assert "۳٬۰۰۰" in page
    assert "۴٬۰۰۰" in page
    assert cases.line_of(ALLOCATION, letter).amount == 4_000
    now = clash.context["form"].data["seen"]
    assert client.post(url, {**typed, "amount": "۳٬۰۰۰", "seen": now}).status_code == 302
    assert cases.line_of(ALLOCATION, letter).amount == 3_000


def test_the_scanned_letter_is_checked_and_served_through_its_letter(cast: Cast) -> None:
    client = cast.client("consolidation")
    typed: dict[str, Any] = {
        "agency": cast.agency.pk,
        "kind": "capital",
        "period": cast.period("Q1").pk,
        "letter_number": "۹۹/۱",
        "letter_date": "۱۴۰۵/۰۲/۰۱",
    }
    wrong = SimpleUploadedFile("letter.pdf", b"MZ no document", content_type="application/pdf")
    refused = client.post("/allocations/new/", {**typed, "document": wrong})
    assert refused.status_code == 422
    assert client.post("/allocations/new/", {**typed, "document": png()}).status_code == 302
    letter = AllocationNotice.objects.get()
    assert letter.valid_from == letter.letter_date
    url = f"/allocations/{letter.pk}/letter/"
    served = client.get(url)
    assert b"".join(served.streaming_content).startswith(b"\x89PNG")
    assert cast.client("agency_user").get(url).status_code == 404  # a draft


def test_the_list_adds_up_what_is_issued(cast: Cast) -> None:
    first = cases.make(cast, NOTIFICATION, "issued")
    cases.make(cast, NOTIFICATION, "cancelled")
    cases.make(cast, NOTIFICATION)
    client = cast.client("consolidation")
    answer = client.get("/budget-notices/")
    assert (answer.context["count"], answer.context["total"]) == (1, 9_000)
    assert len(answer.context["rows"]) == 3
    found = client.get("/budget-notices/", {"state": "issued", "year": "۱۴۰۵", "kind": "capital"})
    assert [row.letter.pk for row in found.context["rows"]] == [first.pk]
    assert len(cast.client("agency_user").get("/budget-notices/").context["rows"]) == 2
