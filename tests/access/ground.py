"""Who may open the pages of budget_portal itself."""

from tests.matrix import Row, by_role, cells

ROWS = {
    ("healthz", "get"): Row(cells(everyone=200, public=200)),
    ("readyz", "get"): Row(cells(everyone=503, public=503)),  # no worker is heard in a test
    ("language", "get"): Row(cells(everyone=302, public=302)),
    ("gallery", "get"): Row(by_role(404, admin=200)),
    ("gallery-public", "get"): Row(by_role(404, admin=200)),
    ("api-root", "get"): Row(cells(everyone=200, public=401)),
    ("ground:api-schema", "get"): Row(cells(everyone=200, public=401)),
    ("ground:api-docs", "get"): Row(cells(everyone=200, public=401)),
}
