"""The one writer of what a person wants by e-mail: at which hour, on which days, of which kinds, and what not.

No choice takes a reminder off the application's list: an e-mail is a messenger, the row is what is owed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from tracking.models import MailPreference, User
from tracking.models.preferences import EARLIEST_HOUR, LATEST_HOUR, USUAL_HOUR
from tracking.vocabulary import MailKind, ReminderRule, Weekday
from tracking.workflow import Incomplete

_MARKS = Signer(salt="tracking.preferences.stop-mail")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody chose, all of it."""

    hour: int = USUAL_HOUR
    days_off: Collection[Weekday] = ()
    at_once: Collection[ReminderRule] = ()
    muted: Collection[ReminderRule] = ()
    stopped: Collection[MailKind] = field(default=())


def choose(user: User, wishes: Wishes) -> MailPreference:
    """Keeps what this person chose, in the place of what they chose before.

    Raises Incomplete for an hour that is none, where every day is a day off, and where a rule is both told at once and not at all.
    """
    if not EARLIEST_HOUR <= wishes.hour <= LATEST_HOUR:
        raise Incomplete("hour_unknown", "The hour must be from 0 to 23.")
    if set(Weekday) <= set(wishes.days_off):
        raise Incomplete(
            "no_day_left", "Leave one day on which e-mail may come, or end the kinds that you do not want."
        )
    both = set(wishes.at_once) & set(wishes.muted)
    if both:
        named = sorted(rule.label.lower() for rule in both)[0]
        raise Incomplete("at_once_and_muted", f"“{named}” cannot be both told at once and not e-mailed.")
    kept, _ = MailPreference.objects.update_or_create(
        user=user,
        defaults={
            "hour": wishes.hour,
            "days_off": sorted(day.value for day in wishes.days_off),
            "at_once": sorted(rule.value for rule in wishes.at_once),
            "muted": sorted(rule.value for rule in wishes.muted),
            "stopped": sorted(kind.value for kind in wishes.stopped),
        },
    )
    return kept


@transaction.atomic
def stop(user_id: int, kind: MailKind) -> None:
    """Ends one kind of e-mail for this person; the rest of what they chose stays. Twice is as once."""
    User.objects.select_for_update().get(pk=user_id)
    kept, _ = MailPreference.objects.get_or_create(user_id=user_id)
    kept.stopped = sorted({*kept.stopped, kind.value})
    kept.save(update_fields=["stopped", "changed_at"])


def preference_of(user: User) -> MailPreference:
    """What this person chose, or what is usual; reading stores nothing."""
    return MailPreference.objects.filter(user=user).first() or MailPreference(user=user)


def preferences_of(users: Iterable[User]) -> dict[int, MailPreference]:
    """The same for many, by the person's id."""
    people = list(users)
    known = {kept.user_id: kept for kept in MailPreference.objects.filter(user__in=people)}
    return {person.pk: known.get(person.pk) or MailPreference(user=person) for person in people}


def address_to_stop(user: User, kind: MailKind) -> str:
    """Where one press, without signing in, ends this kind of e-mail for this person (RFC 8058). It does nothing else."""
    mark = _MARKS.sign_object([user.pk, kind.value])
    return f"{settings.SITE_ADDRESS.rstrip('/')}{reverse('stop_mail', args=[mark])}"


def whose_mark(mark: str) -> tuple[User, MailKind] | None:
    """The person and the kind of e-mail that a mark stands for; None where it was not made here, or they are gone."""
    try:
        pk, kind = _MARKS.unsign_object(mark)
    except BadSignature:
        return None
    user = User.objects.filter(pk=pk).first()
    return (user, MailKind(kind)) if user else None
