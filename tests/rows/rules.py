"""Who sees rules that are being made, rules that hold, and what trials found."""

from __future__ import annotations

from monitoring.models import RuleTrial
from tests.cast import FAR, HOME, NEAR, Cast
from tests.matrix import Scoped, sees
from tests.monitoring.ruling import make_rule

MAKERS = ("consolidation", "deputy", "head", "auditor")
FAR_MAKERS = tuple(f"far_{name}" for name in MAKERS)


def rules(cast: Cast) -> dict[str, object]:
    cast.window(state="open")
    cast.period("Q3")
    return {
        "own": make_rule(cast, "live"),
        "draft": make_rule(cast, code="OTHER"),
        "far": make_rule(cast, "live", far=True),
    }


def trials(cast: Cast) -> dict[str, object]:
    found = rules(cast)
    return {tag: RuleTrial.objects.get(version=found[tag]) for tag in ("own", "far")}


ROWS = {
    "monitoring.RuleVersion": Scoped(
        make=rules,
        sees=sees(
            **{name: {"own", "draft"} if name in MAKERS else {"own"} for name in (*HOME, *NEAR)},
            **{key: {"far"} for key in FAR},
            national={"own", "far"},
        ),
    ),
    "monitoring.RuleTrial": Scoped(
        make=trials,
        sees=sees(**{key: {"own"} for key in MAKERS}, **{key: {"far"} for key in FAR_MAKERS}),
    ),
}
