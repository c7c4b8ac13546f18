"""The steps before the first page: each once, and a cut loading of the demo begins anew."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.conf import settings

from budget_portal import preparation


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Mock:
    settings.VAR = tmp_path
    recorder = Mock()
    recorder.user_model()._default_manager.exists.return_value = False
    recorder.static.return_value = None
    monkeypatch.setattr(preparation, "collect_static", recorder.static)
    monkeypatch.setattr(preparation, "call_command", lambda name, **_: recorder.command(name))
    monkeypatch.setattr(preparation, "get_user_model", recorder.user_model)
    monkeypatch.setattr(preparation, "_empty_database", recorder.empty_database)
    return recorder


def called(steps: Mock) -> list[str]:
    return [call.args[0] for call in steps.command.call_args_list]


def prepare(demo: bool = True) -> None:
    preparation.prepare(demo=demo, say=lambda sentence: None)


@pytest.mark.django_db
def test_demo_data_comes_only_into_an_empty_portal(steps: Mock) -> None:
    prepare()
    assert called(steps) == ["migrate", "load_reference", "load_demo"]
    steps.command.reset_mock()
    steps.user_model()._default_manager.exists.return_value = True
    prepare()
    assert called(steps) == ["migrate", "load_reference"]


@pytest.mark.django_db
def test_without_demo_nobody_is_invented(steps: Mock) -> None:
    prepare(demo=False)
    assert called(steps) == ["migrate", "load_reference"]


@pytest.mark.django_db
def test_a_cut_loading_begins_anew(steps: Mock) -> None:
    steps.command.side_effect = lambda name: (
        (_ for _ in ()).throw(KeyboardInterrupt) if "demo" in name else None
    )
    with pytest.raises(KeyboardInterrupt):
        prepare()
    assert (settings.VAR / "demo.unfinished").exists()
    steps.command.side_effect = None
    prepare()
    steps.empty_database.assert_called_once()
    assert not (settings.VAR / "demo.unfinished").exists()
