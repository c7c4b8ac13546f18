"""Whether packages still say what was frozen: names the figure, the file, the signature or the link that differs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from budget_portal import files
from budget_portal.models import AuditEntry, StoredFile
from monitoring import signing, snapshots
from monitoring.models import Package, PerformanceSubmission, Signature, SubmissionSnapshot
from monitoring.packages.chain import FIRST, digest_of
from monitoring.packages.compare import Change, compare
from monitoring.signing.statement import canonical

LABEL = "monitoring.package"


@dataclass(frozen=True)
class Difference:
    package: str  # organization/number
    part: str  # figure, file, signature, chain, log, content
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.package}: {self.part}: {self.where}: {self.text}".replace(": :", ":")


@dataclass
class Verdict:
    packages: int = 0
    files: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.differences


def verify(rows: Iterable[Package] | None = None) -> Verdict:
    """All packages (or some), in the order of their chains."""
    found = Verdict()
    logged = _logged()
    previous: dict[int, tuple[int, str]] = {}
    last = dict(
        Package.objects.exclude(submission=None).order_by("number").values_list("submission", "number")
    )
    seen: dict[str, bool] = {}
    chosen = Package.objects.order_by("organization", "number") if rows is None else rows
    for row in chosen:
        found.packages += 1
        before = previous.get(row.organization_id) if rows is None else _before(row)
        previous[row.organization_id] = row.number, row.digest
        is_last = last.get(row.submission_id) == row.number
        for part, where, text in _problems(row, before, logged, seen, is_last=is_last):
            found.differences.append(Difference(f"{row.organization_id}/{row.number}", part, where, text))
    found.files = len(seen)
    return found


Problem = tuple[str, str, str]


def _before(row: Package) -> tuple[int, str] | None:
    rows = Package.objects.filter(organization=row.organization_id, number__lt=row.number)
    return rows.order_by("-number").values_list("number", "digest").first()


def _logged() -> dict[str, dict[str, Any]]:
    entries = AuditEntry.objects.filter(target_type=LABEL, event="package.frozen")
    return dict(entries.values_list("target_id", "after"))


def _problems(
    row: Package,
    before: tuple[int, str] | None,
    logged: dict[str, dict[str, Any]],
    seen: dict[str, bool],
    *,
    is_last: bool,
) -> Iterator[Problem]:
    content = _parsed(row.text)
    yield from _chain(row, content, before)
    yield from _log(row, logged)
    if content is None:
        yield "content", "", "the text is no JSON any more"
        return
    if row.sort == Package.Sort.CUTOFF:
        yield from _listed(row, content)
        return
    yield from _figures(row, content, is_last=is_last)
    yield from _files(content, seen)
    yield from _signatures(content)


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        content = json.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _chain(row: Package, content: dict[str, Any] | None, before: tuple[int, str] | None) -> Iterator[Problem]:
    number, digest = before or (0, FIRST)
    if row.number != number + 1:
        yield "chain", "number", f"follows number {number}: a package is missing"
    if row.previous_digest != digest:
        yield "chain", "previous", f"names {row.previous_digest[:12]}…, the package before is {digest[:12]}…"
    if digest_of(row.text) != row.digest:
        yield "content", "digest", "the text is not the one whose digest was kept"
    if content is not None and (content.get("number"), content.get("previous")) != (
        row.number,
        row.previous_digest,
    ):
        yield "chain", "text", "the text names another place in the chain"  # fmt: skip


def _log(row: Package, logged: dict[str, dict[str, Any]]) -> Iterator[Problem]:
    entry = logged.get(str(row.pk))
    if entry is None:
        yield "log", "", "the log knows nothing of this package"
    elif (entry.get("digest"), entry.get("number")) != (row.digest, row.number):
        yield "log", "digest", f"the log names {str(entry.get('digest'))[:12]}…"


def _figures(row: Package, content: dict[str, Any], *, is_last: bool) -> Iterator[Problem]:
    """The figures against the snapshot of the approval, and against the rows while they are still approved."""
    kept = SubmissionSnapshot.objects.filter(
        submission=row.submission_id, event="approved", revision=row.revision
    ).last()
    if kept is None:
        yield "figure", "", "the snapshot of the approval is gone"
    else:
        if digest_of(canonical(kept.content)) != kept.digest:
            yield "content", "snapshot", "the snapshot is not the one whose digest was kept"
        yield from _differing(content, kept.content, "the snapshot of the approval says")
    if is_last and _still_approved(row):
        live = json.loads(canonical(snapshots.contents(row.submission)))  # type: ignore[arg-type]
        yield from _differing(content, live, "the rows say")


def _still_approved(row: Package) -> bool:
    now = PerformanceSubmission.objects.filter(packages=row, state="approved", revision=row.revision)
    return bool(now.exists())


def _differing(content: dict[str, Any], figures: dict[str, Any], who: str) -> Iterator[Problem]:
    other = {**content, "figures": figures}
    for change in compare(content, other).changes:
        yield "figure", _place(change), f"{_said(change.before)}, {who} {_said(change.after)}"
    if content["figures"].get("documents") != figures.get("documents"):
        yield "file", "documents", f"another list of documents than {who}"


def _place(change: Change) -> str:
    return f"{change.key}.{change.cell}"


def _said(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _files(content: dict[str, Any], seen: dict[str, bool]) -> Iterator[Problem]:
    wanted = {row["sha256"]: row["title"] for row in content["files"]}
    wanted |= {digest: "photo" for visit in content["visits"] for digest in visit["photos"]}
    for digest, title in wanted.items():
        if digest not in seen:
            seen[digest] = _is_whole(digest)
        if not seen[digest]:
            yield "file", title, f"the file with digest {digest[:12]}… is gone or another"


def _is_whole(digest: str) -> bool:
    stored = StoredFile.objects.filter(sha256=digest).first()
    if stored is None:
        return False
    try:
        return hashlib.sha256(files.read(stored)).hexdigest() == digest
    except OSError:
        return False


def _signatures(content: dict[str, Any]) -> Iterator[Problem]:
    """Each by the key and the words that the package itself holds, and by the row that is kept of it."""
    kept = Signature.objects.select_related("key").in_bulk([part["id"] for part in content["signatures"]])
    for part in content["signatures"]:
        row = kept.get(part["id"])
        where = f"{part['event']} by {part['signer']}"
        if not _holds(part):
            yield "signature", where, "does not hold over the statement in the package"
        elif row is None or bytes(row.signature).hex() != part["signature"] or not signing.verify(row):
            yield "signature", where, "is gone from the portal, or another there"


def _holds(part: dict[str, Any]) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(part["public_key"]))
        key.verify(bytes.fromhex(part["signature"]), part["statement"].encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _listed(row: Package, content: dict[str, Any]) -> Iterator[Problem]:
    numbers = {part["number"]: part for part in content["packages"]}
    kept = Package.objects.filter(organization=row.organization_id, number__in=numbers)
    digests = dict(kept.values_list("number", "digest"))
    for number, part in numbers.items():
        if digests.get(number) != part["digest"]:
            yield "chain", part["name"], f"package {number} is another than the one listed"
