"""Gives the changes that were recorded before there was a feed their events, in the order of recording."""

from django.db import migrations


def fill(apps, schema_editor):
    event = apps.get_model("tracking", "Event")
    made, position = [], 0
    changes = apps.get_model("tracking", "StatusChange").objects.select_related("tracked_finding").order_by("id")
    for position, change in enumerate(changes.iterator(chunk_size=1000), start=1):
        made.append(
            event(
                kind="status_changed" if change.from_status else "finding_opened",
                force_id=change.tracked_finding.force_id,
                tracked_finding_id=change.tracked_finding_id,
                status_change=change,
                subject=change.pk,
                happened_at=change.recorded_at,
                position=position,
            )
        )
    event.objects.bulk_create(made, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0010_keys_events_webhooks")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
