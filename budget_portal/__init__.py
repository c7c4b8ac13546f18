"""The ground under all apps; the queue is loaded with Django, so that `.delay()` finds its settings."""

from budget_portal.celery import app as celery_app

__all__ = ["celery_app"]
