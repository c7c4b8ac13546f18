"""Tables of public data: read as they are, written again with the few columns that the portal asks for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

Record = dict[str, str]


def read(path: Path) -> list[Record]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def written(rows: Iterable[Mapping[str, str]], headers: Iterable[str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(headers), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def read_bytes(content: bytes) -> list[Record]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
