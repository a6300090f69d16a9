"""The one writer of evidence: recorded by one person, signed off by another."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from tracking.models import Evidence, TrackedFinding, User
from tracking.workflow import Incomplete, Refused


def record_evidence(tracked: TrackedFinding, title: str, link: str, by: User) -> Evidence:
    """Keeps a link (http or https) that shows work done on a finding; raises Incomplete where it is none."""
    if not title.strip():
        raise Incomplete("title_missing", "Say what the evidence is.")
    check_link(link)
    return Evidence.objects.create(tracked_finding=tracked, title=title.strip(), link=link, recorded_by=by)


def check_link(link: str) -> None:
    """Raises Incomplete where `link` is no full web address, http or https."""
    try:
        URLValidator(schemes=["http", "https"])(link)
    except ValidationError as error:
        raise Incomplete("link_invalid", "The link must be a full web address (https://…).") from error


@transaction.atomic
def sign_off(evidence_id: int, by: User) -> Evidence:
    """Signs evidence off, once, by somebody other than who recorded it; raises Refused otherwise."""
    evidence = Evidence.objects.select_for_update().get(pk=evidence_id)
    if evidence.signed_off_by_id is not None:
        raise Refused("already_signed_off", "The evidence is signed off already.")
    if evidence.recorded_by_id == by.pk:
        raise Refused("second_person_needed", "Whoever recorded the evidence cannot sign it off.")
    evidence.signed_off_by = by
    evidence.signed_off_at = timezone.now()
    evidence.save(update_fields=["signed_off_by", "signed_off_at"])
    return evidence
