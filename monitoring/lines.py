"""The identity of one line of a submission, everywhere the same: a project, or a programme with its chapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SORTS = ("project", "line", "programme")


@dataclass(frozen=True)
class LineKey:
    """The triple of a return mark, a remark, a decision. As text: `project:5`, `line:3:7`, `programme:3`, `whole`.

    A programme without chapter means all its chapters and its activities; nothing at all means the whole.
    """

    project_id: int | None = None
    programme_id: int | None = None
    expense_chapter_id: int | None = None

    def __post_init__(self) -> None:
        if self.project_id is not None and self.programme_id is not None:
            raise ValueError("a line is a project or an expense line, not both")
        if self.expense_chapter_id is not None and self.programme_id is None:
            raise ValueError("a chapter stands under a programme")

    def __str__(self) -> str:
        if self.project_id is not None:
            return f"project:{self.project_id}"
        if self.programme_id is None:
            return "whole"
        if self.expense_chapter_id is None:
            return f"programme:{self.programme_id}"
        return f"line:{self.programme_id}:{self.expense_chapter_id}"

    @classmethod
    def parse(cls, text: str) -> LineKey:
        """What `str` gave; ValueError for anything else."""
        sort, *ids = text.split(":")
        if not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in ids):
            raise ValueError(f"no line: {text}")
        numbers = [int(part) for part in ids]
        match sort, numbers:
            case "whole", []:
                return cls()
            case "project", [project]:
                return cls(project_id=project)
            case "programme", [programme]:
                return cls(programme_id=programme)
            case "line", [programme, chapter]:
                return cls(programme_id=programme, expense_chapter_id=chapter)
        raise ValueError(f"no line: {text}")

    @classmethod
    def of(cls, row: Any) -> LineKey:
        """Of any row that has (some of) the three columns: a figure row, a mark, a remark, a decision."""
        project = getattr(row, "project_id", None)
        if project is not None:
            return cls(project_id=project)
        return cls(
            programme_id=getattr(row, "programme_id", None),
            expense_chapter_id=getattr(row, "expense_chapter_id", None),
        )

    @property
    def columns(self) -> dict[str, int | None]:
        """For `filter`, `create` and `Return`."""
        return {
            "project_id": self.project_id,
            "programme_id": self.programme_id,
            "expense_chapter_id": self.expense_chapter_id,
        }

    @property
    def is_whole(self) -> bool:
        return self.project_id is None and self.programme_id is None

    def covers(self, other: LineKey) -> bool:
        """Whether what is said of this holds for the other: the whole covers all, a programme its chapters."""
        if self.is_whole:
            return True
        if self.project_id is not None:
            return self.project_id == other.project_id
        if self.programme_id != other.programme_id:
            return False
        return self.expense_chapter_id is None or self.expense_chapter_id == other.expense_chapter_id
