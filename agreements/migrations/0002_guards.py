from django.db import migrations

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0001_initial"),
        ("budget_portal", "0002_audit"),
    ]

    operations = [
        run_sql(__file__, "guards"),
    ]
