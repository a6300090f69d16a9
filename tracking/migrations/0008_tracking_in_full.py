
import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('findings', '0006_recurrence_and_themes'),
        ('tracking', '0007_statutory_comments'),
    ]

    operations = [
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checked_on', models.DateField()),
                ('comment', models.TextField(blank=True)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('tracked_finding', 'checked_on', 'id'),
            },
        ),
        migrations.CreateModel(
            name='FindingLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('cues', 'Cues'), ('wording', 'Wording'), ('person', 'Person')], max_length=10)),
                ('score', models.FloatField(blank=True, help_text='How alike the wordings are, a share of 1.', null=True)),
                ('reason', models.TextField()),
                ('recorded_by_name', models.CharField(max_length=200)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_reason', models.TextField(blank=True)),
            ],
            options={
                'ordering': ('newer', 'older'),
            },
        ),
        migrations.CreateModel(
            name='SignOffRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('comment', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('accepted', 'Accepted'), ('returned', 'Returned'), ('withdrawn', 'Withdrawn')], default='asked', max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
            ],
            options={
                'ordering': ('tracked_finding', 'id'),
            },
        ),
        migrations.CreateModel(
            name='TrackerColumns',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('headers_digest', models.CharField(max_length=64)),
                ('columns', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='TrackerFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('original_name', models.CharField(max_length=255)),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('headers', models.JSONField(default=list)),
                ('rows', models.JSONField(default=list, help_text="Lists of texts, one for each row, with the row's number first.")),
                ('columns', models.JSONField(default=dict, help_text='Field to header.')),
                ('given_at', models.DateTimeField(auto_now_add=True)),
                ('stored_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.JSONField(blank=True, default=dict, help_text='How many rows were new, changed, unchanged, refused.')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='TrackerRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(help_text="SHA-256 of the row's understood fields.", max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name='evidence',
            name='file',
            field=models.FileField(blank=True, upload_to=''),
        ),
        migrations.AddField(
            model_name='evidence',
            name='media_type',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='evidence',
            name='original_name',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name='evidence',
            name='sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='SHA-256'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='size',
            field=models.PositiveIntegerField(blank=True, help_text='Bytes.', null=True),
        ),
        migrations.AddField(
            model_name='statuschange',
            name='request_id',
            field=models.CharField(help_text='The request that it came by; none where it came by the command line.', max_length=36, null=True),
        ),
        migrations.AddField(
            model_name='statutoryresponse',
            name='counted_from',
            field=models.DateField(default=datetime.date(1900, 1, 1), help_text='The day of publication that the term is counted from.'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='trackedfinding',
            name='contradicted',
            field=models.BooleanField(default=False, help_text='Inspectors have said otherwise since the force signed it off.'),
        ),
        migrations.AddField(
            model_name='trackedfinding',
            name='recurs',
            field=models.BooleanField(default=False, help_text='It, or one of its limbs, is due again after each check.'),
        ),
        migrations.AddField(
            model_name='trackedfinding',
            name='shortfall_reason',
            field=models.TextField(blank=True, help_text='Why it is late, will not be met, or waits for another body.', verbose_name='reason for red or white'),
        ),
        migrations.AddField(
            model_name='trackedfinding',
            name='last_word',
            field=models.ForeignKey(blank=True, help_text='What inspectors last said of it: the newest confirmed assessment, whether it moved the status or not.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracking.assessment'),
        ),
        migrations.AddField(
            model_name='trackedfinding',
            name='standing_change',
            field=models.ForeignKey(blank=True, help_text='The newest change of the finding itself, not of an element: its status rests on it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracking.statuschange'),
        ),
        migrations.AddField(
            model_name='trackedfinding',
            name='stands_from',
            field=models.DateField(blank=True, help_text='The first day on which the finding is known to stand.', null=True),
        ),
        migrations.AlterField(
            model_name='datechange',
            name='cause',
            field=models.CharField(choices=[('correction', 'Correction'), ('limb_met', 'Limb met'), ('letter', 'Letter'), ('first', 'First'), ('extension', 'Extension'), ('brought_forward', 'Brought forward'), ('recurrence', 'Recurrence')], max_length=20),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='link',
            field=models.URLField(blank=True, max_length=500),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('sha256', ''), models.Q(('link', ''), _negated=True)), models.Q(models.Q(('file', ''), _negated=True), models.Q(('sha256', ''), _negated=True), ('link', '')), _connector='OR'), name='evidence_is_a_link_or_a_file'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(condition=models.Q(('sha256', ''), _negated=True), fields=('tracked_finding', 'sha256'), name='one_evidence_per_finding_and_file'),
        ),
        migrations.AddField(
            model_name='check',
            name='element',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='tracking.trackedelement'),
        ),
        migrations.AddField(
            model_name='check',
            name='evidence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='tracking.evidence'),
        ),
        migrations.AddField(
            model_name='check',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='check',
            name='tracked_finding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='tracking.trackedfinding'),
        ),
        migrations.AddField(
            model_name='findinglink',
            name='newer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='repeats', to='tracking.trackedfinding'),
        ),
        migrations.AddField(
            model_name='findinglink',
            name='older',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='repeated_by', to='tracking.trackedfinding'),
        ),
        migrations.AddField(
            model_name='findinglink',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='findinglink',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signoffrequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked_sign_offs', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signoffrequest',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signoffrequest',
            name='evidence',
            field=models.ManyToManyField(blank=True, related_name='sign_off_requests', to='tracking.evidence'),
        ),
        migrations.AddField(
            model_name='signoffrequest',
            name='tracked_finding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_off_requests', to='tracking.trackedfinding'),
        ),
        migrations.AddField(
            model_name='trackercolumns',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tracker_columns', to='findings.force'),
        ),
        migrations.AddField(
            model_name='trackerfile',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tracker_files', to='findings.force'),
        ),
        migrations.AddField(
            model_name='trackerfile',
            name='given_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tracker_files', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='trackerrow',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stored_rows', to='tracking.trackerfile'),
        ),
        migrations.AddField(
            model_name='trackerrow',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tracker_rows', to='findings.force'),
        ),
        migrations.AddField(
            model_name='trackerrow',
            name='tracked_finding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tracker_rows', to='tracking.trackedfinding'),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.UniqueConstraint(condition=models.Q(('element__isnull', True)), fields=('tracked_finding', 'checked_on'), name='one_check_per_finding_and_day'),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.UniqueConstraint(fields=('element', 'checked_on'), name='one_check_per_element_and_day'),
        ),
        migrations.AddConstraint(
            model_name='findinglink',
            constraint=models.UniqueConstraint(fields=('newer', 'older'), name='one_link_per_pair_of_findings'),
        ),
        migrations.AddConstraint(
            model_name='findinglink',
            constraint=models.CheckConstraint(condition=models.Q(('newer', models.F('older')), _negated=True), name='a_finding_repeats_another'),
        ),
        migrations.AddConstraint(
            model_name='findinglink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='link_withdrawn_by_someone_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='signoffrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('tracked_finding',), name='one_open_sign_off_request_per_finding'),
        ),
        migrations.AddConstraint(
            model_name='signoffrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'asked')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['accepted', 'returned', 'withdrawn'])), _connector='OR'), name='sign_off_decided_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='signoffrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'returned']), _negated=True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='sign_off_decided_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='signoffrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='sign_off_returned_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='trackercolumns',
            constraint=models.UniqueConstraint(fields=('force', 'headers_digest'), name='columns_remembered_once_per_headers'),
        ),
        migrations.AddConstraint(
            model_name='trackerrow',
            constraint=models.UniqueConstraint(fields=('force', 'digest'), name='one_stored_row_per_content'),
        ),
    ]
