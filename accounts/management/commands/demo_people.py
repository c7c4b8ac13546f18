from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.demo import DEMO_PEOPLE
from accounts.models import Role


class Command(BaseCommand):
    help = "Print the demo people, what they are and what they see."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"گذرواژهٔ همه: {settings.DEMO_PASSWORD}")
        for person in DEMO_PEOPLE:
            self.stdout.write(f"  {person.username:<15} {Role(person.role).label} – {person.sees}")
