from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Organization
from reports.demo.load import load


class Command(BaseCommand):
    help = "Load the demo data once: two provinces, their agencies, projects and five approved cut-offs."

    def handle(self, *args: Any, **options: Any) -> None:
        if Organization.objects.exists():
            self.stdout.write("داده هست؛ دادهٔ نمونه بار نشد.")
            return
        load(self.stdout.write)
