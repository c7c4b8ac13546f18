"""What every test may use; the pieces live in tests/plugins/, one file per matter."""

from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.plugins.order",
    "tests.plugins.services",
    "tests.plugins.template",
    "tests.plugins.database",
    "tests.plugins.figures",
    "tests.plugins.people",
    "tests.plugins.browser",
]

# A slow moment of a shared machine is no failure of the code.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")
