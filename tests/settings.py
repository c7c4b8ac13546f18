"""Settings of the tests: the real settings, quick password hashing, an own var/ directory."""

import os
from pathlib import Path

os.environ.setdefault("PORTAL_VAR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
from budget_portal.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Pages find their static files in the source folders: nothing is collected for a test run.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True

# Parallel test processes share the servers: each has its own pair of queue and cache, as it has its database.
_number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1
if not os.environ.get("REDIS_URL"):
    _socket = local_services.redis_socket(VAR)  # noqa: F405
    CELERY_BROKER_URL = f"redis+socket://{_socket}?virtual_host={2 * _number}"
    REDIS_CACHE_URL = f"unix://{_socket}?db={2 * _number + 1}"
    CACHES["default"]["LOCATION"] = REDIS_CACHE_URL  # noqa: F405
# A worker that a test starts works on the test database that the test process made.
if _name := os.environ.get("TEST_DATABASE_NAME"):
    DATABASES["default"]["NAME"] = _name  # noqa: F405
    MAIL_AT_ANY_HOUR = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 — WhiteNoise warns of a missing directory

AUDIT_COPY = ""  # tests take their checkpoints back
