"""Carry public files through the pages of imports: `manage.py try_real_input TRIAL FOLDER` (docs/real-input.md)."""

from reports.trials import armenia, iran, works
from reports.trials.command import PLAN, TrialCommand


class Command(TrialCommand):
    help = "Upload, preview and apply public files as a person would, in organizations of their own."
    trials = {
        "versions": lambda folder, say: armenia.report(armenia.run(folder, PLAN)),
        "tree": lambda folder, say: iran.report(iran.run(folder)),
        "register": lambda folder, say: works.report(works.run(folder)),
    }
