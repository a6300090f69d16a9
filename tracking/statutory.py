"""The one writer of statutory comments: what a local policing body must publish about each report.

Police Act 1996, section 55: the comments, with the chief officer's, are published within 56 days beginning with the
day on which the report is published. Day one is publication day, so the last lawful day is publication plus 55. They
explain, for each recommendation, the action taken or proposed, or why there is none, and go to the inspectors and to
the Secretary of State.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from findings.models import Force, Report
from findings.vocabulary import FindingKind, Precision
from tracking.evidence import check_link
from tracking.models import Explanation, StatutoryResponse, TrackedFinding, User
from tracking.vocabulary import ResponseState
from tracking.workflow import Incomplete, Refused, Stale

DAYS = 56  # beginning with the day of publication
SENT = ("sent_to_inspectors_on", "sent_to_secretary_of_state_on")


def last_day(published_on: date) -> date:
    """The last lawful day for the comments on a report published on this day (section 55: publication + 55)."""
    return published_on + timedelta(days=DAYS - 1)


@transaction.atomic
def open_responses(report: Report, forces: Iterable[Force]) -> int:
    """Opens the response to `report` for each of `forces` that has none; brings a corrected date to those not published yet.

    A report whose day of publication is not known opens none: the term has no beginning. Returns how many are new.
    """
    if report.published_on is None or not _gives_its_day(report):
        return 0
    due_on = last_day(report.published_on)
    known = set(StatutoryResponse.objects.filter(report=report).values_list("force_id", flat=True))
    made = StatutoryResponse.objects.bulk_create(
        StatutoryResponse(report=report, force=force, counted_from=report.published_on, due_on=due_on)
        for force in forces
        if force.pk not in known
    )
    StatutoryResponse.objects.filter(report=report, published_on__isnull=True).exclude(due_on=due_on).update(
        counted_from=report.published_on, due_on=due_on
    )
    return len(made)


@transaction.atomic
def open_by_hand(report: Report, force: Force, published_on: date, by: User) -> StatutoryResponse:
    """Opens the response to a report whose day of publication the document does not give, from the day that `by` knows.

    A day that was entered wrongly is entered anew, until the comments are published. Raises Refused where the report is not
    about the force, gives its day itself, or is answered already; Incomplete for a day that cannot be: in the future, or
    outside the month or the years that the report gives.
    """
    if report.force_id not in {None, force.pk} or report.is_brought_over:
        raise Refused("not_about_the_force", "The report is about another force.")
    opened = StatutoryResponse.objects.select_for_update().filter(report=report, force=force).first()
    if opened and (opened.published_on or _gives_its_day(report)):
        raise Refused("opened_already", "The comments on this report are open already.")
    _check_day(published_on, "published_on", None)
    _check_within(report, published_on)
    if opened:
        opened.counted_from, opened.due_on = published_on, last_day(published_on)
        opened.recorded_by, opened.version = by, opened.version + 1
        opened.save(update_fields=["counted_from", "due_on", "recorded_by", "version"])
        return opened
    return StatutoryResponse.objects.create(
        report=report, force=force, counted_from=published_on, due_on=last_day(published_on), recorded_by=by
    )


def _gives_its_day(report: Report) -> bool:
    return report.published_on is not None and report.published_precision == Precision.DAY


def _check_within(report: Report, day: date) -> None:
    """Raises Incomplete where the report cannot have been published on this day, by what it says of its time itself."""
    known = report.published_on
    if known and report.published_precision == Precision.MONTH and _month(known) != _month(day):
        raise Incomplete("date_outside_month", f"The report was published in {known:%B %Y}.")
    first, latest = report.earliest, report.updated_on
    if (first and day < first) or (latest and day > latest):
        until = f", and its page was there on {latest:%-d %B %Y}" if latest else ""
        raise Incomplete("date_outside_report", f"{report} is not older than {first:%-d %B %Y}{until}.")


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a response stands on a day, by how many days it is late (0 where it is not), and what it leaves open."""

    state: ResponseState
    days_late: int
    unexplained: tuple[int, ...]


def standing(response: StatutoryResponse, today: date) -> Standing:
    """What `response` is on `today`; `unexplained` are the tracked recommendations that it says nothing of."""
    until = response.published_on or today
    late = max((until - response.due_on).days, 0)
    explained = {explanation.tracked_finding_id for explanation in response.explanations.all()}
    missing = tuple(tracked.pk for tracked in recommendations(response) if tracked.pk not in explained)
    if missing and response.same_findings_as and _is_explained_there(response):
        missing = ()
    return Standing(_state(response, late, missing), late, missing)


def _is_explained_there(response: StatutoryResponse) -> bool:
    """Whether the comments on the other report, to which these refer, explain all of that report's recommendations."""
    assert response.same_findings_as is not None  # noqa: S101 - the caller asked
    for other in response.same_findings_as.responses.all():
        if other.force_id == response.force_id:
            explained = {explanation.tracked_finding_id for explanation in other.explanations.all()}
            asked = _asked_of(response.same_findings_as, response.force_id)
            return bool(asked) and all(tracked.pk in explained for tracked in asked)
    return False


def recommendations(response: StatutoryResponse) -> list[TrackedFinding]:
    """The tracked recommendations of the report that the force's comments must explain, in order.

    Costs no query where `with_recommendations` has fetched the row.
    """
    return _asked_of(response.report, response.force_id)


def _asked_of(report: Report, force_id: int) -> list[TrackedFinding]:
    standing = [finding for finding in report.findings.all() if finding.merged_into_id is None]
    asked = [finding for finding in standing if finding.kind == FindingKind.RECOMMENDATION]
    return [tracked for finding in asked for tracked in finding.tracked.all() if tracked.force_id == force_id]


def with_recommendations(rows: QuerySet[StatutoryResponse]) -> QuerySet[StatutoryResponse]:
    """The rows with all that their standing asks for, in a number of queries that does not grow with them."""
    return rows.select_related("force", "report__cycle", "report__force").prefetch_related(
        "explanations__recorded_by",
        "report__findings__tracked",
        "same_findings_as__responses__explanations",
        "same_findings_as__findings__tracked",
    )


@transaction.atomic
def record_response(
    response_id: int, values: Mapping[str, Any], by: User, version: int | None = None
) -> StatutoryResponse:
    """Writes when comments were published and sent, where, and which other report they refer to.

    Raises Stale where `version` is not the row's, Incomplete where a day cannot be: before the report, in the future, or
    sent before published.
    """
    response = StatutoryResponse.objects.select_for_update(of=("self",)).select_related("report").get(pk=response_id)
    if version is not None and version != response.version:
        raise Stale(response.version)
    for name, value in values.items():
        setattr(response, name, value)
    _check(response)
    response.recorded_by = by
    response.version += 1
    response.save(update_fields=[*values, "recorded_by", "version"])
    return response


@transaction.atomic
def explain(response_id: int, tracked: TrackedFinding, text: str, by: User, *, no_action: bool = False) -> Explanation:
    """Adds what the comments say of one recommendation of that report. Raises Incomplete or Refused otherwise."""
    response = StatutoryResponse.objects.select_for_update().get(pk=response_id)
    if not text.strip():
        raise Incomplete("text_missing", "Say what action is taken or proposed, or why there is none.")
    if tracked not in recommendations(response):
        raise Refused("not_of_this_report", "The comments explain the recommendations of this report to this force.")
    return Explanation.objects.create(
        response=response, tracked_finding=tracked, text=text.strip(), no_action=no_action, recorded_by=by
    )


def _state(response: StatutoryResponse, late: int, missing: tuple[int, ...]) -> ResponseState:
    if response.published_on is None:
        return ResponseState.LATE if late else ResponseState.WAITING
    if not all(getattr(response, name) for name in SENT):
        return ResponseState.PUBLISHED
    return ResponseState.INCOMPLETE if missing else ResponseState.DONE


def _check(response: StatutoryResponse) -> None:
    if response.link:
        check_link(response.link)
    if response.same_findings_as:
        _check_reference(response, response.same_findings_as)
    for name in ("published_on", *SENT):
        _check_day(getattr(response, name), name, response.counted_from)
    sent = [day for name in SENT if (day := getattr(response, name))]
    if sent and (response.published_on is None or min(sent) < response.published_on):
        raise Incomplete("sent_before_published", "Comments are sent once they are published.")


def _check_reference(response: StatutoryResponse, other: Report) -> None:
    if other.pk == response.report_id:
        raise Incomplete("same_report", "Name another report.")
    if other.force_id not in {None, response.force_id} or other.is_brought_over:
        raise Incomplete("report_of_another_force", "Name a report about this force, or a national one.")
    seen = {response.report_id}
    following: int | None = other.pk
    while following is not None:
        if following in seen:
            raise Refused("refers_in_a_circle", "The comments on that report refer to this one themselves.")
        seen.add(following)
        rows = StatutoryResponse.objects.filter(force=response.force_id, report=following)
        following = rows.values_list("same_findings_as", flat=True).first()


def _check_day(day: date | None, name: str, report: date | None) -> None:
    if day and day > timezone.localdate():
        raise Incomplete("date_in_future", f"{day:%-d %B %Y} is in the future ({name.replace('_', ' ')}).")
    if day and report and day < report:
        raise Incomplete("date_before_report", f"The report was published on {report:%-d %B %Y}.")
