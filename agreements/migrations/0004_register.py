import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from budget_portal.sqlfiles import run_sql


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0003_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='place_reason',
            field=models.TextField(blank=True, help_text='why the point is far from its county or province'),
        ),
        migrations.CreateModel(
            name='ProjectIdentifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(choices=[('nezarat4', 'نظارت ۴'), ('saba', 'سبا'), ('contract', 'شمارهٔ پیمان'), ('other', 'سامانهٔ دیگر')], max_length=10)),
                ('code', models.CharField(max_length=60)),
                ('code_folded', models.CharField(editable=False, max_length=60)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, help_text='last day; empty: holds', null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identifiers', to='agreements.project')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['system', '-valid_from', '-pk'],
                'indexes': [models.Index(fields=['code_folded'], name='projectidentifier_code')],
                'constraints': [models.CheckConstraint(condition=models.Q(('system__in', ['nezarat4', 'saba', 'contract', 'other']), models.Q(('code', ''), _negated=True)), name='projectidentifier_system'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='projectidentifier_dates', violation_error_message='پایان اعتبار شناسه پیش از آغاز آن است.'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('system__in', ['nezarat4', 'saba'])), expressions=[(models.F('project'), '='), (models.F('system'), '='), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[]'), function='daterange'), '&&')], name='projectidentifier_one_at_a_time', violation_error_message='در هر روز تنها یک شناسهٔ این سامانه معتبر است.')],
            },
        ),
        migrations.CreateModel(
            name='ProjectStatusChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.CharField(choices=[('not_started', 'شروع\u200cنشده'), ('study', 'در دست مطالعه'), ('tendering', 'در جریان ارجاع کار'), ('in_progress', 'در حال اجرا'), ('suspended', 'متوقف'), ('idle', 'راکد'), ('contract_terminated', 'فسخ پیمان'), ('provisional_handover', 'تحویل موقت'), ('completed', 'خاتمه\u200cیافته'), ('in_operation', 'در حال بهره\u200cبرداری'), ('final_handover', 'تحویل قطعی'), ('transferred', 'واگذارشده'), ('cancelled', 'حذف\u200cشده')], max_length=24)),
                ('status', models.CharField(choices=[('not_started', 'شروع\u200cنشده'), ('study', 'در دست مطالعه'), ('tendering', 'در جریان ارجاع کار'), ('in_progress', 'در حال اجرا'), ('suspended', 'متوقف'), ('idle', 'راکد'), ('contract_terminated', 'فسخ پیمان'), ('provisional_handover', 'تحویل موقت'), ('completed', 'خاتمه\u200cیافته'), ('in_operation', 'در حال بهره\u200cبرداری'), ('final_handover', 'تحویل قطعی'), ('transferred', 'واگذارشده'), ('cancelled', 'حذف\u200cشده')], max_length=24)),
                ('since', models.DateField()),
                ('cause', models.CharField(blank=True, choices=[('credit-short', 'کمبود اعتبار مصوب'), ('allocation', 'کمبود یا تأخیر تخصیص'), ('late-payment', 'تأخیر در پرداخت به پیمانکار'), ('land', 'مشکل زمین و معارض'), ('design', 'تغییر نقشه یا ضعف مطالعات'), ('contractor', 'ضعف پیمانکار'), ('permits', 'تأخیر در مجوزها'), ('legal', 'دعوای حقوقی'), ('force-majeure', 'حوادث قهری'), ('no-need', 'رفع نیاز یا ادغام در پروژهٔ دیگر'), ('other', 'سایر (با توضیح)')], max_length=20)),
                ('note', models.TextField(blank=True)),
                ('recorded_at', models.DateTimeField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='status_changes', to='agreements.project')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-since', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['not_started', 'study', 'tendering', 'in_progress', 'suspended', 'idle', 'contract_terminated', 'provisional_handover', 'completed', 'in_operation', 'final_handover', 'transferred', 'cancelled']), models.Q(('status', models.F('before')), _negated=True)), name='projectstatuschange_status'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('suspended', 'idle', 'contract_terminated', 'cancelled')), _negated=True), models.Q(('cause', ''), _negated=True), _connector='OR'), name='projectstatuschange_cause', violation_error_message='برای این وضعیت علت لازم است.')],
            },
        ),
        run_sql(__file__, "register_codes"),
        migrations.RemoveField(
            model_name="project",
            name="external_codes",
        ),
        run_sql(__file__, "register"),
    ]
