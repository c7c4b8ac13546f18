import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_persian_order'),
        ('agreements', '0009_letters'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClassificationMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tree', models.CharField(choices=[('affair', 'امور'), ('chapter', 'فصل\u200cها'), ('programme', 'برنامه\u200cها'), ('expense-chapter', 'فصل\u200cهای هزینه'), ('capital-chapter', 'فصل\u200cهای سرمایه\u200cای'), ('capital-sub-chapter', 'ریزفصل\u200cهای سرمایه\u200cای'), ('funding-source', 'منابع اعتبار')], max_length=20)),
                ('from_code', models.CharField(help_text='code in the year before', max_length=30)),
                ('to_code', models.CharField(max_length=30)),
                ('share', models.DecimalField(decimal_places=6, max_digits=7)),
            ],
            options={
                'ordering': ['tree', 'from_code', 'to_code'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='affair',
            name='affair_code',
        ),
        migrations.RemoveConstraint(
            model_name='capitalchapter',
            name='capitalchapter_code',
        ),
        migrations.RemoveConstraint(
            model_name='capitalsubchapter',
            name='capitalsubchapter_code',
        ),
        migrations.RemoveConstraint(
            model_name='chapter',
            name='chapter_code',
        ),
        migrations.RemoveConstraint(
            model_name='expensechapter',
            name='expensechapter_code',
        ),
        migrations.RemoveConstraint(
            model_name='fundingsource',
            name='fundingsource_code',
        ),
        migrations.RemoveConstraint(
            model_name='programme',
            name='programme_code',
        ),
        migrations.AddField(
            model_name='affair',
            name='renames',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renamed_as', to='agreements.affair'),
        ),
        migrations.AddField(
            model_name='capitalchapter',
            name='renames',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renamed_as', to='agreements.capitalchapter'),
        ),
        migrations.AddField(
            model_name='capitalsubchapter',
            name='renames',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renamed_as', to='agreements.capitalsubchapter'),
        ),
        migrations.AddField(
            model_name='chapter',
            name='renames',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renamed_as', to='agreements.chapter'),
        ),
        migrations.AddField(
            model_name='expensechapter',
            name='renames',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renamed_as', to='agreements.expensechapter'),
        ),
        migrations.AddField(
            model_name='fundingsource',
            name='renames',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renamed_as', to='agreements.fundingsource'),
        ),
        migrations.AddField(
            model_name='programme',
            name='renames',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renamed_as', to='agreements.programme'),
        ),
        migrations.AlterField(
            model_name='affair',
            name='valid_to',
            field=models.DateField(blank=True, help_text='last day; empty: holds', null=True),
        ),
        migrations.AlterField(
            model_name='capitalchapter',
            name='valid_to',
            field=models.DateField(blank=True, help_text='last day; empty: holds', null=True),
        ),
        migrations.AlterField(
            model_name='capitalsubchapter',
            name='valid_to',
            field=models.DateField(blank=True, help_text='last day; empty: holds', null=True),
        ),
        migrations.AlterField(
            model_name='chapter',
            name='valid_to',
            field=models.DateField(blank=True, help_text='last day; empty: holds', null=True),
        ),
        migrations.AlterField(
            model_name='expensechapter',
            name='valid_to',
            field=models.DateField(blank=True, help_text='last day; empty: holds', null=True),
        ),
        migrations.AlterField(
            model_name='fundingsource',
            name='valid_to',
            field=models.DateField(blank=True, help_text='last day; empty: holds', null=True),
        ),
        migrations.AlterField(
            model_name='programme',
            name='valid_to',
            field=models.DateField(blank=True, help_text='last day; empty: holds', null=True),
        ),
        migrations.AddConstraint(
            model_name='affair',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('organization'), '='), (models.F('code'), '='), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[]'), function='daterange'), '&&')], name='affair_code_once', violation_error_message='این کد در این روزها معتبر است و دوباره تعریف نمی\u200cشود.'),
        ),
        migrations.AddConstraint(
            model_name='affair',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='affair_days', violation_error_message='پایان اعتبار پیش از آغاز آن است.'),
        ),
        migrations.AddConstraint(
            model_name='capitalchapter',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('organization'), '='), (models.F('code'), '='), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[]'), function='daterange'), '&&')], name='capitalchapter_code_once', violation_error_message='این کد در این روزها معتبر است و دوباره تعریف نمی\u200cشود.'),
        ),
        migrations.AddConstraint(
            model_name='capitalchapter',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='capitalchapter_days', violation_error_message='پایان اعتبار پیش از آغاز آن است.'),
        ),
        migrations.AddConstraint(
            model_name='capitalsubchapter',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('organization'), '='), (models.F('code'), '='), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[]'), function='daterange'), '&&')], name='capitalsubchapter_code_once', violation_error_message='این کد در این روزها معتبر است و دوباره تعریف نمی\u200cشود.'),
        ),
        migrations.AddConstraint(
            model_name='capitalsubchapter',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='capitalsubchapter_days', violation_error_message='پایان اعتبار پیش از آغاز آن است.'),
        ),
        migrations.AddConstraint(
            model_name='chapter',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('organization'), '='), (models.F('code'), '='), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[]'), function='daterange'), '&&')], name='chapter_code_once', violation_error_message='این کد در این روزها معتبر است و دوباره تعریف نمی\u200cشود.'),
        ),
        migrations.AddConstraint(
            model_name='chapter',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='chapter_days', violation_error_message='پایان اعتبار پیش از آغاز آن است.'),
        ),
        migrations.AddConstraint(
            model_name='expensechapter',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('organization'), '='), (models.F('code'), '='), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[]'), function='daterange'), '&&')], name='expensechapter_code_once', violation_error_message='این کد در این روزها معتبر است و دوباره تعریف نمی\u200cشود.'),
        ),
        migrations.AddConstraint(
            model_name='expensechapter',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='expensechapter_days', violation_error_message='پایان اعتبار پیش از آغاز آن است.'),
        ),
        migrations.AddConstraint(
            model_name='fundingsource',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('organization'), '='), (models.F('code'), '='), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[]'), function='daterange'), '&&')], name='fundingsource_code_once', violation_error_message='این کد در این روزها معتبر است و دوباره تعریف نمی\u200cشود.'),
        ),
        migrations.AddConstraint(
            model_name='fundingsource',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='fundingsource_days', violation_error_message='پایان اعتبار پیش از آغاز آن است.'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('organization'), '='), (models.F('code'), '='), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[]'), function='daterange'), '&&')], name='programme_code_once', violation_error_message='این کد در این روزها معتبر است و دوباره تعریف نمی\u200cشود.'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='programme_days', violation_error_message='پایان اعتبار پیش از آغاز آن است.'),
        ),
        migrations.AddField(
            model_name='classificationmapping',
            name='fiscal_year',
            field=models.ForeignKey(help_text='the later year', on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='agreements.fiscalyear'),
        ),
        migrations.AddConstraint(
            model_name='classificationmapping',
            constraint=models.UniqueConstraint(fields=('fiscal_year', 'tree', 'from_code', 'to_code'), name='classificationmapping_once'),
        ),
        migrations.AddConstraint(
            model_name='classificationmapping',
            constraint=models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 1)), name='classificationmapping_share', violation_error_message='سهم، بیش از صفر و تا یک است.'),
        ),
        run_sql(__file__, "mapping"),
    ]
