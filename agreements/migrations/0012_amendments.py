import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_persian_order'),
        ('agreements', '0011_contract_removal'),
        ('budget_portal', '0003_imports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='capitalagreement',
            name='imported_from',
            field=models.CharField(blank=True, help_text='file and digest of a version that came in a table', max_length=300),
        ),
        migrations.AddField(
            model_name='expenseagreement',
            name='imported_from',
            field=models.CharField(blank=True, help_text='file and digest of a version that came in a table', max_length=300),
        ),
        migrations.AlterField(
            model_name='capitalagreement',
            name='document',
            field=models.ForeignKey(help_text='the letter or minutes on whose ground the version before was amended', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budget_portal.storedfile'),
        ),
        migrations.AlterField(
            model_name='expenseagreement',
            name='document',
            field=models.ForeignKey(help_text='the letter or minutes on whose ground the version before was amended', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budget_portal.storedfile'),
        ),
        run_sql(__file__, "amendments"),
        migrations.AddConstraint(
            model_name='agreementproject',
            constraint=models.CheckConstraint(condition=models.Q(('original_estimate', models.F('latest_estimate')), models.Q(('estimate_reason', ''), _negated=True), _connector='OR'), name='agreementproject_estimate_reason', violation_error_message='آخرین برآورد با برآورد اولیه یکی نیست؛ دلیل آن را بنویسید.'),
        ),
        migrations.AddConstraint(
            model_name='capitalagreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['exchanged', 'superseded']), _negated=True), ('version', 1), models.Q(models.Q(('reason', ''), _negated=True), models.Q(('document__isnull', False), models.Q(models.Q(('imported_from', ''), _negated=True), models.Q(('number', ''), _negated=True), ('agreed_on__isnull', False)), _connector='OR')), _connector='OR'), name='capitalagreement_amendment_grounds', violation_error_message='اصلاحیه دلیل و سند می\u200cخواهد؛ نسخه\u200cای که از پرونده وارد شود، شماره و تاریخ نامه.'),
        ),
        migrations.AddConstraint(
            model_name='expenseagreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['exchanged', 'superseded']), _negated=True), ('version', 1), models.Q(models.Q(('reason', ''), _negated=True), models.Q(('document__isnull', False), models.Q(models.Q(('imported_from', ''), _negated=True), models.Q(('number', ''), _negated=True), ('agreed_on__isnull', False)), _connector='OR')), _connector='OR'), name='expenseagreement_amendment_grounds', violation_error_message='اصلاحیه دلیل و سند می\u200cخواهد؛ نسخه\u200cای که از پرونده وارد شود، شماره و تاریخ نامه.'),
        ),
    ]
