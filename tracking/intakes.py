"""The one writer of intakes: several documents given together, each taken in on its own, none lost for another's fault."""

import hashlib
import logging

from findings.importing import shown_name
from findings.models import Report
from findings.reading.values import NotReadable
from tracking import access
from tracking.intake import IntakeResult, NotYours, take_in
from tracking.models import Intake, IntakeItem, User
from tracking.vocabulary import IntakeState
from tracking.workflow import Refused

log = logging.getLogger(__name__)

MOST_AT_ONCE = 50
COUNTED = ("created", "changed", "unchanged", "tracked_findings", "assessments", "linked", "unlinked", "notes")


def open_intake(by: User) -> Intake:
    """An intake for documents that `by` gives together. Raises NotYours where their role takes nothing in."""
    if not access.may_take_in_anything(by):
        raise NotYours("Your role does not take reports in.")
    return Intake.objects.create(given_by=by)


def announce(intake: Intake, name: str) -> IntakeItem:
    """The row of one document of `intake`, waiting. Raises Refused where the intake holds as many as it may."""
    if intake.items.count() >= MOST_AT_ONCE:
        raise Refused("too_many_documents", f"At most {MOST_AT_ONCE} documents at once: give the rest afterwards.")
    return IntakeItem.objects.create(intake=intake, name=shown_name(name))


def read_item(item: IntakeItem, content: bytes) -> IntakeItem:
    """Takes the document of `item` in and keeps what became of it: the report and its counts, or why it was refused.

    Raises nothing for a document at fault, nor for a fault of the service with it: the row says so, the log says why,
    and the documents beside it go on.
    """
    _keep(item, state=IntakeState.READING.value)
    known = Report.objects.filter(document__sha256=hashlib.sha256(content).hexdigest()).exists()
    try:
        result = take_in(item.name, content, item.intake.given_by)
    except NotReadable as error:
        return _refuse(item, error.message, error.line)
    except NotYours as error:
        return _refuse(item, str(error))
    except Exception:
        log.exception("intake item %s could not be taken in", item.pk)
        return _refuse(item, "The service failed on this document. The fault is logged; nothing was stored.")
    state = IntakeState.ALREADY_IN if known else IntakeState.TAKEN_IN
    return _keep(item, state=state.value, report=result.report, counts=_counts(result))


def _refuse(item: IntakeItem, message: str, line: int = 0) -> IntakeItem:
    return _keep(item, state=IntakeState.REFUSED.value, message=message, line=line)


def _keep(item: IntakeItem, **values: object) -> IntakeItem:
    for name, value in values.items():
        setattr(item, name, value)
    item.save(update_fields=[*values, "changed_at"])
    return item


def _counts(result: IntakeResult) -> dict[str, int]:
    return {**{name: getattr(result, name) for name in COUNTED}, "warnings": len(result.warnings)}
