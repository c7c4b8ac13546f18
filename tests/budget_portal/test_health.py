"""/healthz asks nobody; /readyz says which part fails, and nothing a stranger could use."""

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from budget_portal import heartbeat, views_health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def heard() -> None:
    heartbeat.note()


def ask(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_ready(client: Client) -> None:
    status, body = ask(client)
    assert status == 200
    assert body.pop("worker") in [{"ok": True, "heard_seconds_ago": seconds} for seconds in range(5)]
    assert body == {"status": "ok", "database": {"ok": True}, "queue": {"ok": True}, "storage": {"ok": True}}


@pytest.mark.parametrize("part", ["database", "queue", "storage", "worker"])
def test_one_failing_part_is_named_without_detail(
    client: Client, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fails() -> dict[str, Any]:
        raise OSError("could not connect to host 10.0.0.7 as portal")

    monkeypatch.setitem(views_health.CHECKS, part, fails)
    status, body = ask(client)
    assert status == 503
    assert body["status"] == "failing"
    assert body[part] == {"ok": False}
    assert [key for key, value in body.items() if value == {"ok": False}] == [part]
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("seconds", [None, 61])
def test_a_silent_worker_is_not_ready(client: Client, seconds: int | None) -> None:
    heartbeat.forget()
    if seconds is not None:
        cache.set(heartbeat.KEY, time.time() - seconds)
    status, body = ask(client)
    assert status == 503
    assert body["worker"] == {"ok": False, "heard_seconds_ago": seconds}


def test_unwritable_storage_is_not_ready(client: Client) -> None:
    with override_settings(MEDIA_ROOT="/proc/nowhere"):
        assert ask(client)[1]["storage"] == {"ok": False}


def test_health_pages_are_read_only_and_never_kept(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.get(path)
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies
        assert client.post(path).status_code == 405


def test_https_does_not_redirect_the_questions_from_inside(client: Client) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert client.get("/healthz").status_code == 200
