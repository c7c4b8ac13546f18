"""States of an import: mapped and previewed as often as one likes, applied once, undone once."""

from agreements.workflow import imports
from tests.agreements.importing import REASON, STATES, make_batch
from tests.matrix import Machine

WRITER = {"consolidation"}


def again(batch, by):
    imports.choose_columns(
        batch.pk,
        sheet=1,
        sheet_name="",
        header_row=1,
        headers=batch.headers,
        mapping=batch.mapping or {"columns": {}, "constants": {}, "unit": "rial", "values": {}},
        by=by,
    )


MACHINE = Machine(
    name="import",
    moves=imports.MOVES,
    states=STATES,
    make=make_batch,
    call={
        "map": again,
        "preview": lambda batch, by: imports.preview(batch.pk, by=by),
        "apply": lambda batch, by: imports.apply(batch.pk, hold=False, by=by),
        "finish": lambda batch, by: imports.finish(batch.pk, by=by),
        "halt": lambda batch, by: imports.halt(batch.pk, by=by),
        "fail": lambda batch, by: imports.fail(batch.pk, by=by, error="چیزی در این میان عوض شد."),
        "discard": lambda batch, by: imports.discard(batch.pk, by=by),
        "undo": lambda batch, by: imports.undo(batch.pk, reason=REASON, by=by),
    },
    expected={
        **{(state, "map"): WRITER for state in ("uploaded", "mapped", "previewed", "failed")},
        ("mapped", "preview"): WRITER,
        ("previewed", "apply"): WRITER,
        ("applying", "finish"): WRITER,
        ("applying", "halt"): WRITER,
        ("applying", "fail"): WRITER,
        **{(state, "discard"): WRITER for state in ("uploaded", "mapped", "previewed", "failed")},
        ("applied", "undo"): WRITER,
    },
)
