import agreements.models.contracts
import budget_portal.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_persian_order'),
        ('agreements', '0004_register'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        run_sql(__file__, "contracts"),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('legal_id', models.CharField(max_length=11)),
                ('name', models.CharField(max_length=200)),
                ('name_folded', models.CharField(editable=False, max_length=200)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('contractor', 'پیمانکار'), ('consultant', 'مشاور'), ('supervisor', 'ناظر')], max_length=10)),
                ('number', models.CharField(max_length=60)),
                ('number_folded', models.CharField(editable=False, max_length=60)),
                ('signed_on', models.DateField()),
                ('subject', models.CharField(max_length=300)),
                ('amount', budget_portal.fields.MillionRialField(help_text='as signed')),
                ('duration_days', models.PositiveIntegerField()),
                ('starts_on', models.DateField()),
                ('guarantee', budget_portal.fields.MillionRialField(blank=True, help_text='performance bond', null=True)),
                ('retention', budget_portal.fields.PercentField(default=10, help_text='held back from each statement')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='agreements.company')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='agreements.project')),
            ],
            options={
                'ordering': ['-signed_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ContractChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decided_on', models.DateField()),
                ('old_amount', budget_portal.fields.MillionRialField()),
                ('new_amount', budget_portal.fields.MillionRialField()),
                ('reason', models.TextField()),
                ('recorded_at', models.DateTimeField()),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='agreements.contract')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-decided_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ContractStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort', models.CharField(choices=[('interim', 'موقت'), ('final', 'قطعی'), ('adjustment', 'تعدیل')], default='interim', max_length=10)),
                ('number', models.PositiveSmallIntegerField()),
                ('worked_from', models.DateField()),
                ('worked_to', models.DateField()),
                ('stated_on', models.DateField()),
                ('gross', budget_portal.fields.MillionRialField(help_text='of these days alone, before deductions')),
                ('paid', budget_portal.fields.MillionRialField(default=0)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='agreements.contract')),
            ],
            options={
                'ordering': ['-worked_to', '-number', 'sort'],
            },
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.UniqueConstraint(fields=('organization', 'legal_id'), name='company_legal_id_once'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=agreements.models.contracts.LegalIdValid(models.F('legal_id')), name='company_legal_id', violation_error_message='شناسهٔ ملی درست نیست؛ رقم\u200cها را بازبینی کنید.'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['number_folded'], name='contract_number'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='contract_number_once', violation_error_message='پیمانی با این شماره برای همین پروژه ثبت است.'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('amount__lte', 999999999999999), ('guarantee__gte', 0), ('guarantee__lte', 999999999999999)), name='contract_money', violation_error_message='مبلغ باید عدد صحیح میلیون ریال باشد، از ۰ تا ۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹.'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('duration_days__gte', 1), ('duration_days__lte', 36500)), name='contract_duration', violation_error_message='مدت پیمان دست\u200cکم یک روز است.'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('retention__gte', 0), ('retention__lte', 100)), name='contract_retention'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('part__in', ['contractor', 'consultant', 'supervisor']), models.Q(('number', ''), _negated=True)), name='contract_part'),
        ),
        migrations.AddConstraint(
            model_name='contractchange',
            constraint=models.CheckConstraint(condition=models.Q(('old_amount__gte', 0), ('old_amount__lte', 999999999999999), ('new_amount__gte', 0), ('new_amount__lte', 999999999999999)), name='contractchange_money', violation_error_message='مبلغ باید عدد صحیح میلیون ریال باشد، از ۰ تا ۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹.'),
        ),
        migrations.AddConstraint(
            model_name='contractchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('old_amount', models.F('new_amount')), _negated=True), models.Q(('reason', ''), _negated=True)), name='contractchange_differs', violation_error_message='مبلغ تازه با مبلغ کنونی یکی است.'),
        ),
        migrations.AddConstraint(
            model_name='contractstatement',
            constraint=models.UniqueConstraint(fields=('contract', 'sort', 'number'), name='contractstatement_once', violation_error_message='این شماره پیش\u200cتر ثبت شده است.'),
        ),
        migrations.AddConstraint(
            model_name='contractstatement',
            constraint=models.CheckConstraint(condition=models.Q(('gross__gte', 0), ('gross__lte', 999999999999999), ('paid__gte', 0), ('paid__lte', 999999999999999)), name='contractstatement_money', violation_error_message='مبلغ باید عدد صحیح میلیون ریال باشد، از ۰ تا ۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹٬۹۹۹.'),
        ),
        migrations.AddConstraint(
            model_name='contractstatement',
            constraint=models.CheckConstraint(condition=models.Q(('paid__lte', models.F('gross'))), name='contractstatement_paid', violation_error_message='پرداخت از مبلغ ناخالص بیشتر است.'),
        ),
        migrations.AddConstraint(
            model_name='contractstatement',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), ('stated_on__gte', models.F('worked_from')), ('worked_to__gte', models.F('worked_from'))), name='contractstatement_days', violation_error_message='پایان کارکرد پیش از آغاز آن است.'),
        ),
        migrations.AddConstraint(
            model_name='contractstatement',
            constraint=models.CheckConstraint(condition=models.Q(('sort__in', ['interim', 'final', 'adjustment'])), name='contractstatement_sort'),
        ),
        run_sql(__file__, "contract_guards"),
    ]
