"""What every test may use; the pieces live in tests/plugins/, one file per matter."""

pytest_plugins = [
    "tests.plugins.order",
    "tests.plugins.services",
    "tests.plugins.database",
    "tests.plugins.figures",
    "tests.plugins.people",
    "tests.plugins.browser",
]
