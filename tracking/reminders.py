"""The one writer of reminders: makes what is owed, cancels what is not any more, and has each person told of it.

Each step asks "owed by now and not yet made", so running them again, late, or at the same time from several places changes
nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from tracking.digests import send_digests
from tracking.events import announce_reminders
from tracking.models import Reminder
from tracking.owed import Key, Owed, owed_by
from tracking.vocabulary import DigestState

LAST_MINUTE = time(23, 59)
AT_ONCE = 500  # rows a statement
NO_LONGER, LATER_STEP = "No longer owed.", "A later reminder tells it."
KEY = ("recipient_id", "subject", "rule", "occasion", "about_on")


@dataclass(frozen=True, slots=True)
class Made:
    """What one sweep did to the record: reminders made, cancelled, and restored as they are owed again."""

    made: int
    cancelled: int
    restored: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What one run did: reminders made or restored, e-mails sent, e-mails tried that were not, reminders cancelled."""

    made: int
    sent: int
    failed: int
    cancelled: int = 0


def remind(today: date, *, dry_run: bool = False) -> Swept:
    """Makes the reminders due by `today` and sends each person's digest of them; with `dry_run`, only counts them."""
    if dry_run:
        return Swept(len(not_made_yet(today)), 0, 0)
    swept = sweep(today)
    announce_reminders()
    states = [digest.state for digest in send_digests(_moment_of(today))]
    sent = states.count(DigestState.SENT.value)
    return Swept(swept.made + swept.restored, sent, len(states) - sent, swept.cancelled)


def make_reminders(today: date) -> int:
    """Brings the record of reminders to what is owed by `today`; returns how many were made or restored."""
    swept = sweep(today)
    return swept.made + swept.restored


def sweep(today: date) -> Made:
    """Makes what is owed by `today`, restores what is owed again, cancels what was not told and is not owed any more."""
    owed = {one.key: one for one in owed_by(today)}
    cancelled = _cancel(owed)
    known = _known(owed.values())
    restored = _restore([pk for key, (pk, off) in known.items() if off and key in owed])
    missing = [_row(one) for key, one in owed.items() if key not in known]
    Reminder.objects.bulk_create(missing, ignore_conflicts=True, batch_size=AT_ONCE)
    return Made(len(missing), cancelled, restored)


def not_made_yet(today: date) -> list[Reminder]:
    """The reminders that are due by `today` and do not stand yet, as they would be."""
    owed = owed_by(today)
    standing = {key for key, (_, off) in _known(owed).items() if not off}
    return [_row(one) for one in owed if one.key not in standing]


def not_told(rows: QuerySet[Reminder]) -> QuerySet[Reminder]:
    """Those of `rows` that no e-mail told of, or may have, or is to tell of because an administrator said so."""
    failed = Q(digest__state=DigestState.FAILED.value, digest__decided_at__isnull=True)
    return rows.filter(Q(digest__isnull=True) | failed)


def _moment_of(today: date) -> datetime:
    """This moment, where it is of that day; else the day's last minute, at which everybody's hour has come."""
    now = timezone.localtime()
    return now if now.date() == today else datetime.combine(today, LAST_MINUTE, ZoneInfo(settings.TIME_ZONE))


def _known(owed: Iterable[Owed]) -> dict[Key, tuple[int, bool]]:
    """The rows there are on the days of what is owed: each with its id and whether it is cancelled."""
    days = sorted({one.occasion.on for one in owed})
    rows = Reminder.objects.filter(occasion__in=days).order_by().values_list(*KEY, "pk", "cancelled_at")
    return {(*key, about): (pk, off is not None) for *key, about, pk, off in rows.iterator(2000)}


def _cancel(owed: dict[Key, Owed]) -> int:
    """Cancels what stands untold and is owed no more, saying whether another reminder tells of the same."""
    standing = not_told(Reminder.objects.filter(cancelled_at__isnull=True)).order_by()
    rows: list[tuple[Any, ...]] = list(standing.values_list("pk", *KEY))
    told = {(key[0], key[1], key[4]) for key in owed}
    gone = [(pk, (key[0], key[1], key[4]) in told) for pk, *key in rows if tuple(key) not in owed]
    later = _cancel_rows([pk for pk, again in gone if again], LATER_STEP)
    return later + _cancel_rows([pk for pk, again in gone if not again], NO_LONGER)


def _cancel_rows(pks: list[int], because: str) -> int:
    rows = [not_told(Reminder.objects.filter(pk__in=part, cancelled_at__isnull=True)) for part in _parts(pks)]
    return sum(part.update(cancelled_at=timezone.now(), cancelled_because=because) for part in rows)


def _restore(pks: list[int]) -> int:
    rows = [Reminder.objects.filter(pk__in=part, cancelled_at__isnull=False) for part in _parts(pks)]
    return sum(part.update(cancelled_at=None, cancelled_because="") for part in rows)


def _parts(pks: list[int]) -> Iterable[list[int]]:
    return (pks[start : start + AT_ONCE] for start in range(0, len(pks), AT_ONCE))


def _row(owed: Owed) -> Reminder:
    occasion = owed.occasion
    return Reminder(
        recipient_id=owed.recipient_id,
        force_id=owed.force_id,
        subject=owed.subject,
        rule=occasion.rule.value,
        occasion=occasion.on,
        about_on=occasion.about,
        **owed.about,
    )
