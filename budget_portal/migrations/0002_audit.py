from django.db import migrations

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("budget_portal", "0001_initial"),
    ]

    operations = [
        run_sql(__file__, "audit"),
    ]
