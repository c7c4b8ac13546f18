"""README keeps up: every setting of the environment and every command it names exists."""

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PERSIAN = (ROOT / "README.fa.md").read_text(encoding="utf-8")


def test_every_setting_of_the_environment_is_in_the_table():
    settings = (ROOT / "budget_portal" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    assert names
    assert sorted(name for name in names if f"`{name}`" not in README) == []


def test_every_command_it_names_exists():
    named = set(re.findall(r"manage\.py (\w+)", README + PERSIAN))
    assert named - set(get_commands()) == set()


def test_every_folder_and_picture_it_names_exists():
    for text in (README, PERSIAN):
        folders = re.findall(r"^\| `([a-z_.]+)/`", text, flags=re.MULTILINE)
        linked = re.findall(r"\[[^]]*\]\(([^)#]+)", text)
        assert folders
        assert [name for name in (*folders, *linked) if not (ROOT / name).exists()] == []


def test_both_files_name_the_same_people_and_settings():
    accounts = set(
        re.findall(r"`([a-z_]+\d?)`", "\n".join(re.findall(r"^\| `[a-z].*?\|", PERSIAN, re.MULTILINE)))
    )
    english = set(
        re.findall(r"`([a-z_]+\d?)`", "\n".join(re.findall(r"^\| `[a-z].*?\|", README, re.MULTILINE)))
    )
    assert "treasurer2" in accounts
    assert accounts - english == set()
    settings = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PERSIAN))
    assert settings - set(re.findall(r"`([A-Z]+_[A-Z_]+)`", README)) == set()
