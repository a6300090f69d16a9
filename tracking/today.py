"""What needs a person today, and how their forces stand: the figures of the first page, each with the list behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from findings.models import Force
from findings.vocabulary import FindingKind
from tracking import access
from tracking.access import Act
from tracking.models import Assessment, Review, SignOffRequest, StatutoryResponse, TrackedFinding, User
from tracking.past import moment
from tracking.querysets import STILL_UNMET, due_within, overdue_on
from tracking.statistics import Dimension, Point, Step, cross_table, series, summaries_by_force, summary_of
from tracking.uninspected import EvidenceAge, aged
from tracking.vocabulary import AssessmentState, Rag, ReviewState, SignOffState, Status

SOON = timedelta(days=30)
NEXT = 8
YEARS_OF_TREND = 8


@dataclass(frozen=True, slots=True)
class Card:
    """One question, its answer, and the list behind it; `tone` says whether it calls (`calls`) or is late (`late`)."""

    asks: str
    figure: int
    url: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a drawn table: what it counts, its parts by status or colour, the list behind each part."""

    label: str
    parts: list[tuple[str, str, int, str]]
    url: str = ""

    @property
    def total(self) -> int:
        return sum(count for _, _, count, _ in self.parts)


class Today:
    """The figures for one person and the forces that they look at; each is asked for once."""

    def __init__(self, user: User, forces: list[Force], today: date, chosen: Force | None = None) -> None:
        self.user, self.forces, self.today, self.chosen = user, forces, today, chosen
        self.rows = TrackedFinding.objects.filter(force__in=[force.pk for force in forces])

    def cards(self) -> list[Card]:
        """What waits for this person, what is late and what is coming; only what they can act on or must know."""
        found = self.rows.order_by().aggregate(
            late=Count("pk", filter=overdue_on(self.today)),
            soon=Count("pk", filter=due_within(self.today, SOON)),
            unowned=Count("pk", filter=STILL_UNMET & Q(owner__isnull=True)),
            mine=Count("pk", filter=STILL_UNMET & Q(owner=self.user)),
        )
        return [
            Card("Overdue", found["late"], self.listed(due="overdue"), "past the inspectors’ date, or the target", "late" if found["late"] else ""),
            Card("Due in the next 30 days", found["soon"], self.listed(due="soon"), tone="calls" if found["soon"] else ""),
            *self._verdicts(),
            *self._reviews(),
            *self._sign_offs(),
            *self._comments(),
            Card("Without an owner", found["unowned"], self.listed(owner="none"), "open or partly complied"),
            Card("Yours to deliver", found["mine"], self.listed(owner="me"), "open or partly complied, and you own them"),
        ]  # fmt: skip

    def next_dates(self) -> list[TrackedFinding]:
        """The nearest dates of what is still owed, from today on."""
        coming = self.rows.filter(due_within(self.today, timedelta(days=3650)))
        return list(
            coming.select_related("force", "owner", "finding__report__cycle").order_by(
                Coalesce("due_on", "target_on"), "pk"
            )[:NEXT]
        )

    def by_kind(self) -> list[Bar]:
        """Statuses by kind of finding."""
        counted = cross_table(self.rows, [Dimension.KIND, Dimension.STATUS], self.today)
        found = {(row["kind"], row["status"]): row["count"] for row in counted}
        kinds = [kind for kind in FindingKind if kind.has_status and any(key[0] == kind for key in found)]
        return [
            Bar(
                kind.label,
                [
                    (s.value, s.label, found.get((kind.value, s.value), 0), self.listed(finding__kind__exact=kind.value, status=s.value))
                    for s in Status
                ],
                self.listed(finding__kind__exact=kind.value, status="all"),
            )
            for kind in kinds
        ]  # fmt: skip

    def by_colour(self) -> list[Bar]:
        """One bar of the four colours."""
        counts = summary_of(self.rows, self.today)["rag"]
        parts = [(rag.value, rag.label, counts[rag.value], self.listed(rag=rag.value)) for rag in Rag]
        return [Bar("All findings", parts, self.listed(status="all"))]

    def by_age(self) -> list[Bar]:
        """How old the newest word or evidence is on what is not achieved."""
        ages = aged(self.rows.filter(STILL_UNMET), self.today)
        counted = dict(ages.order_by().values_list("evidence_age").annotate(Count("pk")))
        return [Bar(age.label, [("age", age.label, counted.get(age.value, 0), self.listed(evidence=age.value))]) for age in EvidenceAge]  # fmt: skip

    def trend(self) -> list[Point]:
        """Statuses at the end of each year, and today."""
        at = moment(self.today, None)
        assert at is not None  # noqa: S101 - a day is given
        since = date(self.today.year - YEARS_OF_TREND, 1, 1)
        return series(self.rows, since, at, Step.YEAR)

    def by_force(self) -> list[Bar]:
        """Forces side by side, for who reads more than one."""
        counts = summaries_by_force(self.rows, self.today)
        return [
            Bar(
                str(force),
                [(s.value, s.label, counts[force.pk]["status"][s.value], address(force=force.slug, status=s.value)) for s in Status],
                f"?{urlencode({'force': force.slug})}",
            )
            for force in self.forces
            if force.pk in counts
        ]  # fmt: skip

    def listed(self, **asked: str) -> str:
        """The address of the list of findings, of the chosen force where one is."""
        return address(**({"force": self.chosen.slug} if self.chosen else {}), **asked)

    def _verdicts(self) -> Iterable[Card]:
        deciding = self._within(Act.DECIDE)
        if deciding:
            waiting = Assessment.objects.filter(force__in=deciding, state=AssessmentState.PROPOSED.value).count()
            yield Card("Verdicts for you to decide", waiting, self._of("assessment", **{"for": "me"}), "what later reports say", "calls" if waiting else "")  # fmt: skip

    def _reviews(self) -> Iterable[Card]:
        if self._within(Act.TAKE_IN):
            open_ones = Review.objects.filter(report__force__in=self.forces, state=ReviewState.IN_REVIEW.value)
            waiting = access.to_review(open_ones, self.user).count()
            yield Card("Reports to review", waiting, reverse("admin:tracking_review_changelist"), "what was read in them", "calls" if waiting else "")  # fmt: skip

    def _sign_offs(self) -> Iterable[Card]:
        signing = self._within(Act.SIGN_OFF)
        asked = SignOffRequest.objects.filter(state=SignOffState.ASKED.value, tracked_finding__in=self.rows)
        if signing:
            count = asked.filter(tracked_finding__force__in=signing).exclude(asked_by=self.user).count()
            yield Card(
                "Waiting for your sign-off",
                count,
                self.listed(sign_off="for_me"),
                "asked by somebody else",
                "calls" if count else "",
            )
        else:
            yield Card(
                "Waiting for sign-off",
                asked.count(),
                self.listed(sign_off="asked"),
                "a signatory accepts or returns each",
            )

    def _comments(self) -> Iterable[Card]:
        waiting = StatutoryResponse.objects.filter(force__in=self.forces, published_on__isnull=True)
        found = waiting.order_by().aggregate(count=Count("pk"), nearest=Min("due_on"))
        if found["count"]:
            yield Card("Statutory comments to publish", found["count"], self._of("statutoryresponse"), _until(found["nearest"], self.today), "late" if found["nearest"] < self.today else "calls")  # fmt: skip
        else:
            yield Card("Statutory comments to publish", 0, self._of("statutoryresponse"), "none is owed")

    def _within(self, act: Act) -> list[int]:
        allowed = access.force_ids(self.user, act)
        return [force.pk for force in self.forces if force.pk in allowed]

    def _of(self, model: str, **asked: str) -> str:
        where = reverse(f"admin:tracking_{model}_changelist")
        asked = {**({"force": self.chosen.slug} if self.chosen else {}), **asked}
        return f"{where}?{urlencode(asked)}" if asked else where


def address(**asked: str) -> str:
    """The address of the list of findings with these filters."""
    return f"{reverse('admin:tracking_trackedfinding_changelist')}?{urlencode(asked)}"


def forces_of(user: Any) -> QuerySet[Force]:
    """The forces whose work the person reads and that have any; a national user's are the real ones."""
    reach = access.visible(Force.objects.all(), user, "pk")
    return reach.exclude(is_example=True) if access.reads_all_forces(user) else reach


def _until(day: date, today: date) -> str:
    """How long it is to a lawful day, in words."""
    days = (day - today).days
    if days < 0:
        return f"the first was due {-days} day{'' if days == -1 else 's'} ago"
    return f"the nearest is due in {days} day{'' if days == 1 else 's'}" if days else "the nearest is due today"
