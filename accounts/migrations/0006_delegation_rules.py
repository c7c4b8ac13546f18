from django.db import migrations

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_delegations"),
        ("budget_portal", "0003_imports"),
    ]

    operations = [
        run_sql(__file__, "delegations"),
    ]
