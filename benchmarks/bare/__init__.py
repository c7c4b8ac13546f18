"""The peers of T: the smallest Django project with admin and DRF, the smallest Celery application."""
