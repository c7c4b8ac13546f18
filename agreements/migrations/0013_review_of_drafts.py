import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0012_amendments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='agreementremark',
            name='answered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='agreementremark',
            name='answered_by',
            field=models.ForeignKey(help_text='who of the agency says that it is dealt with', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='capitalagreement',
            name='ready',
            field=models.BooleanField(default=False, help_text='a draft that nothing kept from being signed when it was last written'),
        ),
        migrations.AddField(
            model_name='expenseagreement',
            name='ready',
            field=models.BooleanField(default=False, help_text='a draft that nothing kept from being signed when it was last written'),
        ),
        migrations.AddConstraint(
            model_name='agreementremark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='agreementremark_answered'),
        ),
    ]
