"""Every reminder names its force, its subject and its date; the changes of a force's rules are never altered or deleted."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "tracking_remindersettingchange"

SQLITE = [
    f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, 'changes of reminder rules are never altered'); END",
    f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, 'changes of reminder rules are never deleted'); END",
    f"""
    CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'changes of reminder rules are never replaced'); END
    """,
]
SQLITE_BACK = [f"DROP TRIGGER {TABLE}_{name}" for name in ("no_update", "no_delete", "no_replace")]

# Emptying an empty table harms nothing, and lets a test database be reset.
POSTGRESQL = [
    f"""
    CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM {TABLE}) THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'changes of reminder rules are never altered or deleted';
    END $$
    """,
    f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()",
]
POSTGRESQL_BACK = [
    f"DROP TRIGGER {TABLE}_append_only ON {TABLE}",
    f"DROP TRIGGER {TABLE}_no_truncate ON {TABLE}",
    f"DROP FUNCTION {TABLE}_refuse()",
]


def run(statements):
    def execute(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return execute


class Migration(migrations.Migration):
    dependencies = [("tracking", "0019_fill_reminders")]
    operations = [
        migrations.AlterField(
            model_name='reminder',
            name='about_on',
            field=models.DateField(verbose_name='date'),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='force',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='findings.force'),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='subject',
            field=models.CharField(help_text='What it is about, as kind and number.', max_length=40),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('recipient', 'subject', 'rule', 'occasion', 'about_on'), name='one_reminder_per_occasion'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('tracked_finding__isnull', False), ('response__isnull', False), ('report__isnull', False), _connector='OR'), name='reminder_is_about_something'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', True), ('cancelled_because', '')), models.Q(('cancelled_at__isnull', False), models.Q(('cancelled_because', ''), _negated=True)), _connector='OR'), name='reminder_cancelled_with_a_reason'),
        ),
        migrations.RunPython(
            run({"sqlite": SQLITE, "postgresql": POSTGRESQL}),
            run({"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}),
        ),
    ]
