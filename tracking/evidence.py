"""The one writer of evidence: a link or a file, recorded by one person, signed off by another."""

import hashlib
import uuid

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from findings.importing import shown_name
from tracking.events import announce
from tracking.file_types import EXPECTED, MAX_BYTES, kind_of
from tracking.models import Evidence, TrackedFinding, User
from tracking.querysets import set_aside
from tracking.vocabulary import EventKind
from tracking.workflow import Incomplete, Refused


@transaction.atomic
def record_evidence(tracked: TrackedFinding, title: str, link: str, by: User) -> Evidence:
    """Keeps a link (http or https) that shows work done on a finding; raises Incomplete where it is none."""
    _check_title(title)
    check_link(link)
    evidence = Evidence.objects.create(tracked_finding=tracked, title=title.strip(), link=link, recorded_by=by)
    announce(EventKind.EVIDENCE_RECORDED, tracked, evidence.pk)
    return evidence


@transaction.atomic
def record_file(tracked: TrackedFinding, title: str, name: str, content: bytes, by: User) -> Evidence:
    """Keeps a file that shows work done, under a generated name; `name` is only shown and offered for download.

    Raises Incomplete for what may be no evidence (told by its content), Refused where the finding has that file already.
    """
    _check_title(title)
    if not content or len(content) > MAX_BYTES:
        raise Incomplete("file_size", f"A file has 1 byte to {MAX_BYTES // 2**20} MB; this has {len(content):,} bytes.")
    kind = kind_of(content)
    if kind is None:
        raise Incomplete("file_type", f"The file is none that can be evidence. Expected {EXPECTED}.")
    sha256 = hashlib.sha256(content).hexdigest()
    TrackedFinding.objects.select_for_update().get(pk=tracked.pk)
    known = tracked.evidence.filter(sha256=sha256).first()
    if known:
        raise Refused("file_known", f"The same file is there already: “{known.title}”.")
    media_type, ending = kind
    evidence = Evidence(
        tracked_finding=tracked,
        title=title.strip(),
        original_name=shown_name(name),
        media_type=media_type,
        size=len(content),
        sha256=sha256,
        recorded_by=by,
    )
    evidence.file.save(f"evidence/{uuid.uuid4().hex}.{ending}", ContentFile(content), save=False)
    try:
        evidence.save()
        announce(EventKind.EVIDENCE_RECORDED, tracked, evidence.pk)
    except Exception:
        evidence.file.delete(save=False)  # no row, no file; the error goes on to whoever asked
        raise
    return evidence


def check_link(link: str) -> None:
    """Raises Incomplete where `link` is no full web address, http or https."""
    try:
        URLValidator(schemes=["http", "https"])(link)
    except ValidationError as error:
        raise Incomplete("link_invalid", "The link must be a full web address (https://…).") from error


@transaction.atomic
def sign_off(evidence_id: int, by: User) -> Evidence:
    """Signs evidence off, by somebody other than who recorded it; again only after a correction. Raises Refused otherwise."""
    evidence = Evidence.objects.select_for_update().get(pk=evidence_id)
    if evidence.signed_off_by_id is not None and not is_set_aside(evidence):
        raise Refused("already_signed_off", "The evidence is signed off already.")
    if evidence.recorded_by_id == by.pk:
        raise Refused("second_person_needed", "Whoever recorded the evidence cannot sign it off.")
    evidence.signed_off_by = by
    evidence.signed_off_at = timezone.now()
    evidence.save(update_fields=["signed_off_by", "signed_off_at"])
    return evidence


def is_set_aside(evidence: Evidence) -> bool:
    """Whether a correction of the status came after this sign-off: it counts again once it is signed off anew."""
    return Evidence.objects.filter(set_aside(), pk=evidence.pk, signed_off_at__isnull=False).exists()


def _check_title(title: str) -> None:
    if not title.strip():
        raise Incomplete("title_missing", "Say what the evidence is.")
