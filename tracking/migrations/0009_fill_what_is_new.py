"""Fills the new columns of rows that were there before: what each status rests on, since when a finding stands, and
which day a statutory term counts from; a position that waits for sign-off gets its request."""

from datetime import date, timedelta

from django.db import migrations

DAYS = 56


def known_from(report):
    if report.published_on or report.updated_on:
        return report.published_on or report.updated_on
    years = [int(report.cycle.code[:4])] if report.cycle else []
    years += [report.named_year] if report.named_year else []
    return date(min(years), 12, 31) if years else None


def fill(apps, schema_editor):
    tracked_findings = apps.get_model("tracking", "TrackedFinding").objects
    for tracked in tracked_findings.select_related("finding__report__cycle").iterator(chunk_size=500):
        standing = tracked.changes.filter(element__isnull=True).order_by("id").last()
        said = tracked.assessments.filter(state="confirmed").order_by("decided_at").last()
        tracked_findings.filter(pk=tracked.pk).update(
            last_word=said, standing_change=standing, stands_from=known_from(tracked.finding.report)
        )
    for response in apps.get_model("tracking", "StatutoryResponse").objects.iterator(chunk_size=500):
        response.counted_from = response.due_on - timedelta(days=DAYS - 1)
        response.save(update_fields=["counted_from"])
    request = apps.get_model("tracking", "SignOffRequest")
    for tracked in tracked_findings.filter(position="ready_for_sign_off"):
        asked = [u for u in tracked.updates.order_by("id") if u.moved.get("position", [""])[-1] == "ready_for_sign_off"]
        if asked:
            request.objects.create(tracked_finding=tracked, comment=asked[-1].comment, asked_by=asked[-1].recorded_by)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0008_tracking_in_full")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
