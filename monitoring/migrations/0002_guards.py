from django.db import migrations

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0001_initial"),
        ("agreements", "0002_guards"),
    ]

    operations = [
        run_sql(__file__, "guards"),
        run_sql(__file__, "rules"),
    ]
