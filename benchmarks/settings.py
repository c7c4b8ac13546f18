"""The product as it runs, with the floors beside it: only the benchmarks use this module."""

import os
from pathlib import Path

os.environ.setdefault("PORTAL_VAR", str(Path(__file__).resolve().parent.parent / "var" / "bench"))
os.environ.setdefault("DEMO", "1")
os.environ.setdefault("LOG_LEVEL", "INFO")
from budget_portal.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.floor_urls"
if _loaded := os.environ.get("BENCH_DATABASE"):  # another database of the same server
    DATABASES["default"]["NAME"] = _loaded  # noqa: F405
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
