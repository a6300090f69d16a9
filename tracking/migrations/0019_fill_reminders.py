"""Reminders from before there were several rules: each keeps its date, and counts as told by the rule that would tell it now."""

from datetime import timedelta

from django.db import migrations
from django.db.models import F, OuterRef, Subquery

DUE_SOON, OVERDUE, TARGET_PASSED = "due_soon", "overdue", "target_passed"
BEFORE = {"due_within_30_days": DUE_SOON}
WISHES = ("at_once", "muted")


def fill(apps, schema_editor):
    Reminder = apps.get_model("tracking", "Reminder")
    tracked = apps.get_model("tracking", "TrackedFinding").objects.filter(pk=OuterRef("tracked_finding"))
    Reminder.objects.filter(about_on=None).update(about_on=F("occasion"), force=Subquery(tracked.values("force")))
    of_target = Reminder.objects.filter(rule=OVERDUE, tracked_finding__due_on__isnull=False)
    of_target = of_target.filter(about_on=F("tracked_finding__target_on")).exclude(about_on=F("tracked_finding__due_on"))
    Reminder.objects.filter(pk__in=list(of_target.values_list("pk", flat=True))).update(rule=TARGET_PASSED)
    for reminder in Reminder.objects.filter(subject=None).iterator(2000):
        reminder.subject = f"finding:{reminder.tracked_finding_id}"
        soon = reminder.rule in BEFORE
        reminder.rule = BEFORE.get(reminder.rule, reminder.rule)
        reminder.occasion = reminder.about_on + timedelta(days=-30 if soon else 1)
        reminder.save(update_fields=["subject", "rule", "occasion"])
    for kept in apps.get_model("tracking", "MailPreference").objects.all():
        for name in WISHES:
            setattr(kept, name, [BEFORE.get(rule, rule) for rule in getattr(kept, name)])
        kept.save(update_fields=WISHES)


def unfill(apps, schema_editor):
    """The two rules of before know fewer words: what they cannot say goes."""
    Reminder = apps.get_model("tracking", "Reminder")
    Reminder.objects.exclude(rule__in=[DUE_SOON, OVERDUE]).delete()
    for rule, before in ((DUE_SOON, "due_within_30_days"), (OVERDUE, OVERDUE)):
        kept = set()
        for reminder in Reminder.objects.filter(rule=rule).order_by("pk"):
            key = (reminder.recipient_id, reminder.tracked_finding_id, reminder.about_on)
            if key in kept:
                reminder.delete()
                continue
            kept.add(key)
            reminder.rule, reminder.occasion, reminder.subject = before, reminder.about_on, None
            reminder.about_on = None
            reminder.save(update_fields=["rule", "occasion", "subject", "about_on"])
    back = {after: before for before, after in BEFORE.items()}
    for kept in apps.get_model("tracking", "MailPreference").objects.all():
        for name in WISHES:
            rules = [back.get(rule, rule) for rule in getattr(kept, name)]
            setattr(kept, name, [rule for rule in rules if rule in {*BEFORE, OVERDUE}])
        kept.save(update_fields=WISHES)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0018_reminders")]
    operations = [migrations.RunPython(fill, unfill)]
