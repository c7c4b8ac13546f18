from django.db import migrations

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0003_wrong_tries_and_drafts"),
    ]

    operations = [
        run_sql(__file__, "edges"),
    ]
