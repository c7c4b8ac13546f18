from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0002_guards'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='activityperformance',
            options={'ordering': ['activity__position', 'activity__key']},
        ),
        migrations.AlterModelOptions(
            name='operationprogress',
            options={'ordering': ['operation__position', 'operation__key']},
        ),
        migrations.AlterModelOptions(
            name='visitmeasurement',
            options={'ordering': ['operation__position', 'operation__key']},
        ),
    ]
