"""S1: the first page from an empty folder (packages installed, demo data loaded), and later starts. Wall time."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import portal
from benchmarks.table import Result


def run() -> list[Result]:
    place = portal.ROOT / "var" / "bench-start"
    shutil.rmtree(place, ignore_errors=True)
    first = start(place)
    later = sorted(start(place) for _ in range(3))[1]
    shutil.rmtree(place, ignore_errors=True)
    return [
        Result(
            "S1",
            "first page from an empty folder / later starts (wall)",
            "–",
            "–",
            f"{first:.1f} s / {later:.1f} s",
            "–",
            "≤ 60 s / ≤ 15 s",
            first <= 60 and later <= 15,
        )
    ]


def start(place: Path) -> float:
    """Seconds until the front page answers; then everything is stopped again."""
    port = portal.free_port()
    place.mkdir(parents=True, exist_ok=True)
    environment = portal.environment(
        PORTAL_VAR=str(place), PORT=str(port), DJANGO_SETTINGS_MODULE="budget_portal.settings"
    )
    began = time.monotonic()
    with (place / "start.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "portal"], cwd=portal.ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        while not _shows(port):
            if process.poll() is not None or time.monotonic() - began > 300:
                raise RuntimeError(f"the portal did not start: see {place}/start.log")
            time.sleep(0.05)
        return time.monotonic() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def _shows(port: int) -> bool:
    try:
        return bool(portal.Browser(port).get("/"))
    except (OSError, RuntimeError):
        return False
