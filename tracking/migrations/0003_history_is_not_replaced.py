"""SQLite's INSERT OR REPLACE removes the row in its way without asking the triggers of deletes: refuse it as well."""

from django.db import migrations

TABLE = "tracking_statuschange"
TRIGGER = f"""
    CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}
    WHEN EXISTS (
        SELECT 1 FROM {TABLE}
        WHERE id = NEW.id OR (tracked_finding_id = NEW.tracked_finding_id AND previous_hash = NEW.previous_hash)
    )
    BEGIN SELECT RAISE(ABORT, 'recorded status changes are never replaced'); END
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(TRIGGER)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_replace")


class Migration(migrations.Migration):
    dependencies = [("tracking", "0002_history_is_append_only")]
    operations = [migrations.RunPython(install, remove)]
