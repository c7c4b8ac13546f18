"""scripts/prepare on machines that lack something: the exact line to type, or the line carried out."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ["bash", "env", "dirname", "tr", "grep", "cat", "sha256sum", "true"]
RUN = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The programs of a machine with no library and no browser; `id`, `sudo` and `apt-get` only say so."""
    for name in TOOLS:
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    give(tmp_path, "ldconfig", "exit 0")
    give(tmp_path, "apt-get", f'echo "$@" >>{tmp_path}/apt.log')
    give(tmp_path, "sudo", "exit 1")
    give(tmp_path, "id", "echo 1000")
    return tmp_path


def give(place: Path, name: str, script: str) -> None:
    program = place / name
    program.unlink(missing_ok=True)
    program.write_text(f"#!/bin/bash\n{script}\n")
    program.chmod(0o755)


def prepare(place: Path, purpose: str) -> "subprocess.CompletedProcess[str]":
    # The script looks into sbin after PATH, so the bare ldconfig is found first.
    environment = {"PATH": str(place), "HOME": os.environ.get("HOME", "/")}
    command = [str(place / "bash"), "scripts/prepare", purpose]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("purpose", "packages"), [("run", RUN), ("test", f"{RUN} chromium poppler-utils gettext")]
)
def test_without_root_and_sudo_the_line_is_named(bare: Path, purpose: str, packages: str) -> None:
    done = prepare(bare, purpose)
    assert done.returncode != 0
    assert f"sudo apt-get install {packages}" in done.stderr
    assert not (bare / "apt.log").exists()


@pytest.mark.parametrize("root", [True, False])
def test_root_and_free_sudo_install(bare: Path, root: bool) -> None:
    give(bare, "id", "echo 0") if root else give(bare, "sudo", 'shift; exec "$@"')
    prepare(bare, "run")
    lines = (bare / "apt.log").read_text().splitlines()
    assert lines[0].startswith("update")
    assert lines[1].startswith("install")
    assert lines[1].endswith(RUN)


def test_checks_need_no_debian_packages(bare: Path) -> None:
    assert "apt-get" not in prepare(bare, "check").stderr
