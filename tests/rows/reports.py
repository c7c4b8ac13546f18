"""Who sees editions: drafts inside the organization, published ones everybody who acts there."""

from tests.cast import FAR, HOME, NEAR
from tests.matrix import Scoped, sees
from tests.reports.making import make_report

READERS = ("consolidation", "deputy", "head", "auditor")
PUBLISHED, FAR_PUBLISHED = {"published"}, {"far published"}
ALL, FAR_ALL = {"draft", "published"}, {"far draft", "far published"}

ROWS = {
    "reports.SupervisionReport": Scoped(
        make=lambda cast: {
            "draft": make_report(cast),
            "published": make_report(cast, "approved"),
            "far draft": make_report(cast, far=True),
            "far published": make_report(cast, "approved", far=True),
        },
        sees=sees(
            **{
                **dict.fromkeys((*HOME, *NEAR), PUBLISHED),
                **dict.fromkeys(FAR, FAR_PUBLISHED),
                **dict.fromkeys(READERS, ALL),
                **dict.fromkeys((f"far_{name}" for name in READERS), FAR_ALL),
                "national": {"published", "far published"},
            }
        ),
    ),
}
