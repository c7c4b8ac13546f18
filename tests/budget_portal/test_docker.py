"""The containers' recipe, proved without a container engine.

Each run: both files are parsed and compared with the code, the shell of every step is checked, and the
commands and health checks of docker-compose.yml run in a clean copy on TCP servers. `make drill` runs every
step of the Dockerfile as well, a fresh installation of the pinned packages included. What no test here can
show: the base images, and the network between containers.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml
from django.conf import settings

from budget_portal import local_services, server_binaries
from tests.budget_portal.portal_process import ROOT, eventually, free_port

PORTAL_SERVICES = ["web", "worker", "worker-pdf", "beat"]


def instructions() -> list[tuple[str, str]]:
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [(name, rest.strip()) for name, rest in re.findall(r"^([A-Z]+) (.*)$", joined, re.M)]


def steps(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_the_recipe_is_complete() -> None:
    names = [name for name, _ in instructions()]
    assert names[0] == "FROM"
    assert set(names) <= {"FROM", "ENV", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "EXPOSE", "CMD"}
    assert steps("FROM") == ["python:3.11-slim-bookworm"]
    assert steps("USER") == ["10001:10001"], "not root"
    assert names.index("USER") > max(i for i, name in enumerate(names) if name == "RUN")


def test_every_shell_step_is_valid_shell() -> None:
    for step in steps("RUN"):
        assert subprocess.run(["sh", "-n", "-c", step], capture_output=True).returncode == 0, step


def test_debian_packages_are_those_of_make_run() -> None:
    prepare = (ROOT / "scripts/prepare").read_text()
    needed = set(re.findall(r"\|\| echo ([a-z0-9.-]+)", prepare.split("= run ]; then return")[0]))
    assert needed
    assert needed <= set(shlex.split(steps("RUN")[0]))


def test_nothing_that_the_image_needs_is_kept_out() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    needed = [
        "requirements.txt",
        "manage.py",
        "gunicorn.conf.py",
        "templates",
        "static",
        "locale",
        "budget_portal",
    ]
    needed += ["accounts", "agreements", "monitoring", "complaints", "reports"]
    assert not set(needed) & set(ignored)
    assert {".git", ".venv", "var"} <= set(ignored)


def test_services_wait_for_what_they_need(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"db", "redis", "prepare", *PORTAL_SERVICES}
    for name in PORTAL_SERVICES:
        assert services[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
        assert services[name]["healthcheck"]["test"]
    assert "/readyz" in " ".join(services["web"]["healthcheck"]["test"])
    for name in ("db", "redis"):
        assert services["prepare"]["depends_on"][name]["condition"] == "service_healthy"
        assert services[name]["healthcheck"]["test"]
    assert "C.UTF-8" in services["db"]["environment"]["POSTGRES_INITDB_ARGS"]
    assert shlex.join(services["web"]["command"]) == shlex.join(yaml.safe_load(steps("CMD")[0]))


def test_settings_read_every_variable(compose: dict[str, Any]) -> None:
    source = (ROOT / "budget_portal/settings.py").read_text()
    for name in compose["x-portal"]["environment"]:
        assert f'"{name}"' in source, name


def test_one_engine_everywhere(compose: dict[str, Any]) -> None:
    """The images are of the same major version as the local servers."""
    programs = server_binaries.postgres_installations()[0]
    assert compose["services"]["db"]["image"].split(":")[1].startswith(str(programs.major))
    version = subprocess.run([server_binaries.valkey_server(), "--version"], capture_output=True, text=True)
    assert f"v={compose['services']['redis']['image'].split(':')[1].split('-')[0]}." in version.stdout


# --- the processes, for real ------------------------------------------------------------------


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a checkout holds, less what .dockerignore keeps out: what COPY . would bring."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    target = tmp_path / "app"
    for name in filter(None, listed.split("\0")):
        if not name.startswith(("tests/", "benchmarks/")) and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


@contextmanager
def tcp_valkey(directory: Path) -> Iterator[int]:
    port = free_port()
    command = [server_binaries.valkey_server(), "--port", str(port), "--save", "", "--dir", directory]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    host = str(local_services.socket_dir(settings.VAR))
    link = psycopg2.connect(host=host, user="portal", dbname="postgres")
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgres://portal@/{host}/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
            link.close()


def defaults(value: Any) -> str:
    """Compose's ${NAME:-default} with nothing set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value)).replace("$$", "$")


class Containers:
    """The compose file's processes as plain children, in the clean copy, with the image's environment."""

    def __init__(self, compose: dict[str, Any], clone: Path, python: str, **changes: str) -> None:
        self.services, self.clone, self.python = compose["services"], clone, python
        image = dict(pair.split("=", 1) for env in steps("ENV") for pair in env.split())
        given = {key: defaults(value) for key, value in compose["x-portal"]["environment"].items()}
        self.environment = {"PATH": os.environ["PATH"], "HOSTNAME": "container", **image, **given, **changes}
        self.log = (clone / "container.log").open("wb")

    def arguments(self, command: list[str]) -> list[str]:
        command = [defaults(word).replace(":8000", f":{self.environment['PORT']}") for word in command]
        if command[0] == "CMD-SHELL":
            return ["sh", "-c", command[1].replace("python ", f"{self.python} ")]
        command = command[1:] if command[0] == "CMD" else command
        return [self.python if command[0] == "python" else command[0], *command[1:]]

    def run(self, command: list[str], **options: Any) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            self.arguments(command), cwd=self.clone, env=self.environment, stdin=subprocess.DEVNULL, **options
        )

    @contextmanager
    def up(self, name: str) -> Iterator[None]:
        # A container has a host name of its own; here the node is told apart by name.
        command = self.arguments(self.services[name]["command"])
        if "worker" in command:
            command += ["-n", f"celery@{name}"]
        process = subprocess.Popen(
            command, cwd=self.clone, env=self.environment, stdout=self.log, stderr=self.log
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)

    def healthy(self, name: str) -> bool:
        check = [word.replace("$$HOSTNAME", name) for word in self.services[name]["healthcheck"]["test"]]
        return self.run(check, capture_output=True, timeout=60).returncode == 0


def rise_and_answer(compose: dict[str, Any], clone: Path, python: str, demo: str) -> None:
    """`docker compose up` until every service is healthy, in the order of depends_on."""
    database = f"compose_{os.getpid()}"
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(database))
        port = stack.enter_context(tcp_valkey(clone))
        containers = Containers(
            compose,
            clone,
            python,
            DATABASE_URL=url,
            REDIS_URL=f"redis://127.0.0.1:{port}/0",
            DEMO=demo,
            PORT=str(free_port()),
        )
        stack.callback(containers.log.close)
        done = containers.run(compose["services"]["prepare"]["command"], capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        assert not containers.healthy("web"), "nothing runs yet"
        for name in PORTAL_SERVICES:
            stack.enter_context(containers.up(name))
        for name in PORTAL_SERVICES:
            eventually(lambda name=name: containers.healthy(name), 90)  # type: ignore[misc]


def test_up_ends_in_a_usable_portal(compose: dict[str, Any], clone: Path) -> None:
    rise_and_answer(compose, clone, sys.executable, demo="0")


@pytest.mark.drill
def test_every_step_of_the_dockerfile(compose: dict[str, Any], clone: Path, tmp_path: Path) -> None:
    """As `docker build` would, in a fresh virtual environment; the steps of root only when we are root."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    environment = {**os.environ, "PATH": f"{tmp_path}/venv/bin:{os.environ['PATH']}", "VIRTUAL_ENV": ""}
    skipped = []
    for step in steps("RUN"):
        if os.geteuid() != 0 and re.search("apt-get|chown", step):
            skipped.append(step)
            continue
        began = time.monotonic()
        subprocess.run(["sh", "-ec", step], cwd=clone, env=environment, check=True, stdin=subprocess.DEVNULL)
        assert time.monotonic() - began < 1200, step
    rise_and_answer(compose, clone, str(tmp_path / "venv/bin/python"), demo="1")
    if skipped:
        pytest.skip(f"all but the steps that only root may do: {skipped}")
