"""README keeps up: every setting of the environment and every command it names exists."""

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_of_the_environment_is_in_the_table():
    settings = (ROOT / "budget_portal" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    assert names
    assert sorted(name for name in names if f"`{name}`" not in README) == []


def test_every_command_it_names_exists():
    named = set(re.findall(r"manage\.py (\w+)", README))
    assert named - set(get_commands()) == set()


def test_every_folder_and_picture_it_names_exists():
    folders = re.findall(r"^\| `([a-z_.]+)/`", README, flags=re.MULTILINE)
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    assert all((ROOT / name).exists() for name in (*folders, *pictures))
