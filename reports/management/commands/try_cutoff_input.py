"""Enter public figures through filled templates: `manage.py try_cutoff_input TRIAL FOLDER` (docs/real-input.md)."""

from reports.trials import physical, quarters
from reports.trials.command import PLAN, TrialCommand


class Command(TrialCommand):
    help = "Let every agency fill and upload its template with public figures, in organizations of their own."
    trials = {
        "money": lambda folder, say: quarters.report(quarters.run(folder, PLAN, say=say)),
        "progress": lambda folder, say: physical.report(physical.run(folder, say=say)),
    }
