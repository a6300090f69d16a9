"""What the inspectorate published: forces, cycles, documents, reports, judgments, findings.

These rows know nothing of statuses or officers. `findings.importing` is their only writer, but for the
reference data (forces, cycles, themes), which `findings.reference` loads and administrators may correct.
"""

from datetime import date

from django.db import models

from findings.grades import Grade, Scale
from findings.querysets import BROUGHT_OVER, FindingQuerySet, ForceQuerySet, ReportQuerySet
from findings.reading.sentences import folded
from findings.vocabulary import CorrectionKind, FindingKind, Pillar, Precision, Scope


class Force(models.Model):
    """A territorial police force; `slug` is that of data.police.uk and never changes, names do."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    ons_code = models.CharField("ONS code", max_length=9, unique=True, null=True, blank=True)
    is_example = models.BooleanField(default=False, help_text="A fictional force, left out of national figures.")

    objects = ForceQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name} (example)" if self.is_example else self.name


class Cycle(models.Model):
    """An inspection cycle. Grades of cycles with different scales must not be compared."""

    code = models.CharField(max_length=10, unique=True)
    scale = models.CharField(max_length=9, choices=Scale.choices())
    order = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ("order",)
        constraints = (
            models.CheckConstraint(condition=models.Q(scale__in=[s.value for s in Scale]), name="cycle_scale_known"),
        )

    def __str__(self) -> str:
        return self.code


class Theme(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    areas = models.JSONField(
        default=list, blank=True, help_text="The questions and areas of policing under which inspectors look at it."
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A document as it was given, known by the SHA-256 of its bytes; `text` holds the lines as read."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    original_name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    file = models.FileField(max_length=100)
    text = models.TextField()
    received_at = models.DateTimeField(auto_now_add=True)
    given_by = models.CharField(max_length=200, blank=True, help_text="Empty where it came by the command line.")

    class Meta:
        ordering = ("-received_at",)

    def __str__(self) -> str:
        return self.original_name


class Report(models.Model):
    """A published report about one force, or a national one (no force).

    A web page's update date is not its publication date: both are kept, either may be unknown.
    """

    reference = models.CharField(max_length=120, unique=True)
    force = models.ForeignKey(Force, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    programme = models.CharField(max_length=20, default="PEEL")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    pillar = models.CharField(max_length=15, choices=Pillar.choices(), blank=True)
    title = models.CharField(max_length=200)
    published_on = models.DateField(null=True, blank=True)
    published_precision = models.CharField(max_length=5, choices=Precision.choices(), blank=True)
    updated_on = models.DateField(null=True, blank=True)
    overall_grade = models.CharField(max_length=20, choices=Grade.choices(), blank=True)
    inspector = models.CharField(max_length=100, blank=True)
    named_year = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The year that later reports name it by, where nothing else dates it."
    )
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ("-cycle__order", "force__name", "pillar")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(published_on__isnull=True, published_precision="")
                | models.Q(published_on__isnull=False, published_precision__in=[p.value for p in Precision]),
                name="report_published_date_has_precision",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}, {self.pillar}" if self.pillar else self.title

    @property
    def dated_on(self) -> date | None:
        """The earliest day on which this report's words are known to stand: published, else last updated."""
        return self.published_on or self.updated_on

    @property
    def is_brought_over(self) -> bool:
        """Whether it stands for a force's own tracker, and not for anything that was published."""
        return self.programme == BROUGHT_OVER

    @property
    def known_from(self) -> date | None:
        """The first day on which this report is known to stand: its own, else the last of the year it is named by."""
        return self.dated_on or (date(self.year, 12, 31) if self.year else None)

    @property
    def earliest(self) -> date | None:
        """The first day on which anything can be true by this report's word: its publication, else its year's first day."""
        return self.published_on or (date(self.year, 1, 1) if self.year else None)

    @property
    def years(self) -> set[int]:
        """The years by which a later report may name this one."""
        cycle = {int(self.cycle.code[:4])} if self.cycle else set()
        published = {self.published_on.year} if self.published_on else set()
        return cycle | published | ({self.named_year} if self.named_year else set())

    @property
    def year(self) -> int | None:
        """The earliest of its years, None where nothing says."""
        return min(self.years, default=None)


class Judgment(models.Model):
    """A question or area of policing as one report judged it; an unknown grade is empty, never guessed."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="judgments")
    key = models.CharField(max_length=100, help_text="Question as in references: q2, or the area's name as a slug.")
    position = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    question = models.CharField(max_length=300)
    also_called = models.JSONField(default=list, blank=True)
    grade = models.CharField(max_length=20, choices=Grade.choices(), blank=True)
    carried_over_from = models.CharField(max_length=10, blank=True)
    ungraded_reason = models.CharField(max_length=200, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("report", "position")
        constraints = (models.UniqueConstraint(fields=("report", "key"), name="one_judgment_per_report_and_question"),)

    def __str__(self) -> str:
        return self.question


class Finding(models.Model):
    """What one report found. `reference` is stable: force, cycle, pillar, question, kind and number.

    `text` is the report's own wording, empty until the document itself is taken in; `summary` is in this
    service's words. `cues` tell a national recommendation in the different words of later reports:
    a year and phrases that must all occur.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="findings")
    judgment = models.ForeignKey(Judgment, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations")
    reference = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=FindingKind.choices())
    scope = models.CharField(max_length=10, choices=Scope.choices(), default=Scope.FORCE.value)
    number = models.PositiveSmallIntegerField(help_text="Among the findings of its kind under its question.")
    heading = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    summary = models.CharField(max_length=300, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    end_line = models.PositiveIntegerField(null=True, blank=True)
    deadline_wording = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_precision = models.CharField(max_length=5, choices=Precision.choices(), blank=True)
    recurs_every = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Months after which it is due again; empty where it is done once."
    )
    cues = models.JSONField(default=dict, blank=True)
    addressed_to = models.CharField(max_length=240, blank=True, help_text="Whom a national report makes it to.")
    binds_forces = models.BooleanField(default=True, help_text="Every force answers it; else another body does.")
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        help_text="A person said that this is a part of that one, read as a finding of its own.",
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="findings")
    themes_corrected = models.BooleanField(default=False, help_text="A person chose the themes: no rule replaces them.")

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ("report", "judgment__position", "kind", "number")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in FindingKind]), name="finding_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(scope__in=[s.value for s in Scope]), name="finding_scope_known"),
            models.CheckConstraint(
                condition=models.Q(due_precision="") | models.Q(due_on__isnull=False),
                name="finding_due_precision_needs_a_date",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The shortest words that say what this finding is about."""
        return self.summary or self.heading or self.text

    def is_told_by(self, text: str) -> bool:
        """Whether `text` says every phrase by which this national recommendation is told; False where it has none."""
        phrases = self.cues.get("phrases", [])
        return bool(phrases) and all(phrase in folded(text) for phrase in phrases)


class Element(models.Model):
    """One limb of a finding that asks for several things."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="elements")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    due_on = models.DateField(null=True, blank=True)
    due_precision = models.CharField(max_length=5, choices=Precision.choices(), blank=True)
    recurs_every = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Months, as for a finding.")

    class Meta:
        ordering = ("finding", "position")
        constraints = (
            models.UniqueConstraint(fields=("finding", "position"), name="one_element_per_position"),
            models.CheckConstraint(
                condition=models.Q(due_precision="") | models.Q(due_on__isnull=False),
                name="element_due_precision_needs_a_date",
            ),
        )

    def __str__(self) -> str:
        return self.text


class Correction(models.Model):
    """One thing that a person put right in our reading of a report; written by `findings.corrections` alone, never changed.

    `before` and `after` hold findings as they were said (kind, question, heading, text), or the themes' slugs; taking the
    report in again makes each correction again. `finding` is the one that stands, `other` the one that went into it or came
    out of it.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="corrections")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="corrections")
    other = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=CorrectionKind.choices())
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)
    reason = models.TextField()
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("report", "id")
        constraints = (
            models.CheckConstraint(condition=~models.Q(reason=""), name="correction_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in CorrectionKind]), name="correction_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[CorrectionKind.MERGED.value, CorrectionKind.SPLIT.value], other__isnull=False
                )
                | models.Q(
                    kind__in=[CorrectionKind.WORDING.value, CorrectionKind.KIND.value, CorrectionKind.THEMES.value],
                    other__isnull=True,
                ),
                name="correction_of_two_names_the_other",
            ),
        )

    def __str__(self) -> str:
        return f"{CorrectionKind(self.kind).label}: {self.finding}"
