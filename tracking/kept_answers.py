"""The one writer of kept answers: a request that comes twice with one key does its work once (Idempotency-Key)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tracking import access
from tracking.models import KeptAnswer, User
from tracking.workflow import Refused

KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the HTTP status, the body as JSON has it, and the headers that belong to it."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False


@transaction.atomic
def answered_once(user: User, key: str, fingerprint: str, work: Callable[[], Answer]) -> Answer:
    """Does `work` and keeps its answer in the same transaction; a second request with the key gets the kept one.

    A second one that comes while the first is at work waits for it. Work that raises keeps nothing: the key is free again.
    Raises Refused where the key came with another request before, or where the person lost a force since.
    """
    kept, first = KeptAnswer.objects.get_or_create(user=user, key=key, defaults={"fingerprint": fingerprint})
    if not first:
        return _again(kept, user, fingerprint)
    answer = work()
    kept.http_status, kept.body, kept.headers = answer.status, answer.body, answer.headers
    kept.forces = sorted(access.force_ids(user, access.Act.READ))
    kept.save()
    return answer


def forget_answers() -> int:
    """Drops the answers that are older than a week; returns how many."""
    return KeptAnswer.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _again(kept: KeptAnswer, user: User, fingerprint: str) -> Answer:
    if kept.fingerprint != fingerprint:
        raise Refused("key_used_before", "This Idempotency-Key came with another request before. Use a new one.")
    if not access.reads_all_forces(user) and not set(kept.forces) <= access.force_ids(user, access.Act.READ):
        raise Refused("answer_withheld", "Your access has changed since that request was answered.")
    return Answer(kept.http_status, kept.body, kept.headers, replayed=True)
