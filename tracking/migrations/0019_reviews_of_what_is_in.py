from django.db import migrations


def open_for_what_is_in(apps, schema_editor):
    """Reports taken in before reviews were kept wait for one; what was not understood in them is read anew when asked."""
    Report = apps.get_model("findings", "Report")
    Review = apps.get_model("tracking", "Review")
    for report in Report.objects.filter(document__isnull=False).iterator():
        Review.objects.create(report=report, document_id=report.document_id)


class Migration(migrations.Migration):

    dependencies = [("tracking", "0018_reviews")]

    operations = [migrations.RunPython(open_for_what_is_in, migrations.RunPython.noop)]
