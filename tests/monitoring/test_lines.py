from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.lines import LineKey

IDS = st.none() | st.integers(1, 10**12)
KEYS = st.one_of(
    st.builds(LineKey, project_id=IDS),
    st.builds(LineKey, programme_id=st.integers(1, 99), expense_chapter_id=IDS),
)


@given(KEYS)
def test_a_key_is_read_as_it_was_written(key: LineKey) -> None:
    assert LineKey.parse(str(key)) == key
    assert key.covers(key)
    assert LineKey().covers(key)


@pytest.mark.parametrize(
    "text", ["", "x", "project:", "project:a", "project:۵", "line:3", "line:1:2:3", "whole:1", "project:-1"]
)
def test_other_text_is_no_line(text: str) -> None:
    with pytest.raises(ValueError, match="no line"):
        LineKey.parse(text)


def test_what_covers_what() -> None:
    programme, chapter = LineKey(programme_id=3), LineKey(programme_id=3, expense_chapter_id=7)
    assert programme.covers(chapter)
    assert not chapter.covers(programme)
    assert not LineKey(project_id=3).covers(programme)
    with pytest.raises(ValueError, match="not both"):
        LineKey(project_id=1, programme_id=2)
    with pytest.raises(ValueError, match="under a programme"):
        LineKey(expense_chapter_id=2)
