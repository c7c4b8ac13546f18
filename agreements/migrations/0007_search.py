from django.db import migrations

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0006_letter_numbers"),
    ]

    operations = [
        run_sql(__file__, "search"),
    ]
