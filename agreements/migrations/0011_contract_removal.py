from django.db import migrations

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ("agreements", "0010_classification"),
    ]

    operations = [
        run_sql(__file__, "contract_removal"),
    ]
