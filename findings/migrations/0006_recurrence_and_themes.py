
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('findings', '0005_limb_precision'),
    ]

    operations = [
        migrations.AddField(
            model_name='element',
            name='recurs_every',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Months, as for a finding.', null=True),
        ),
        migrations.AddField(
            model_name='finding',
            name='recurs_every',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Months after which it is due again; empty where it is done once.', null=True),
        ),
        migrations.AddField(
            model_name='finding',
            name='themes_corrected',
            field=models.BooleanField(default=False, help_text='A person chose the themes: no rule replaces them.'),
        ),
        migrations.AddField(
            model_name='theme',
            name='areas',
            field=models.JSONField(blank=True, default=list, help_text='The questions and areas of policing under which inspectors look at it.'),
        ),
    ]
