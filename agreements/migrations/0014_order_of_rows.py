from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0013_review_of_drafts'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='activity',
            options={'ordering': ['position', 'key']},
        ),
        migrations.AlterModelOptions(
            name='workoperation',
            options={'ordering': ['position', 'key']},
        ),
        migrations.AddField(
            model_name='activity',
            name='position',
            field=models.PositiveSmallIntegerField(default=0, help_text='place in the form; 0: in order of keys'),
        ),
        migrations.AddField(
            model_name='workoperation',
            name='position',
            field=models.PositiveSmallIntegerField(default=0, help_text='place in the form; 0: in order of keys'),
        ),
    ]
