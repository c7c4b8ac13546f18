#!/usr/bin/env python
"""Entry point of the management commands; `manage.py portal` starts everything."""

import gc
import os
import sys

if __name__ == "__main__":
    gc.set_threshold(100_000)  # what is loaded stays: looking it through again and again finds nothing
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "budget_portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
    gc.freeze()  # nor when the process ends, where it would cost a third of a short command
