"""Settings of the tests: the real settings, quick password hashing, an own var/ directory."""

import os
from pathlib import Path

os.environ.setdefault("PORTAL_VAR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
from budget_portal.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
