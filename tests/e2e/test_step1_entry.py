"""Step 1: the agency opens the cut-off, types figures, reads a rule's sentence, attaches a document and sends."""

from __future__ import annotations

import pytest

from tests.builders import make_capital_case
from tests.e2e.stories import DESKTOP, PHONE, Story

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_looks(story: Story) -> None:
    case = make_capital_case(story.cast, projects=4, sources=("general", "misc"), previous=True, filled=True)
    case.type(case.lines[0], "spent", "19000")
    case.type(case.lines[5], "spent", "")
    first = case.projects[1].pk
    story.sign_in("agency_user")
    for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
        story.at(size)
        for page, path in (
            ("entry", "/entry/1405-Q2/capital/"),
            ("entry-open", f"/entry/1405-Q2/capital/?open={first}"),
            ("inbox", "/inbox/"),
            ("check", "/entry/1405-Q2/capital/check/"),
            ("documents", f"/documents/{case.submission.pk}/"),
            ("projects", "/projects/"),
            ("project", f"/projects/{case.projects[0].code}/"),
        ):
            story.go(path)
            story.check(f"{page}-{name}")
