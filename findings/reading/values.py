"""What a reading says: frozen values, the same shape as `read_report --json` prints."""

from dataclasses import dataclass
from datetime import date

from findings.grades import Grade
from findings.vocabulary import DocumentKind, FindingKind, Outcome, Pillar, Precision, Scope


class NotReadable(Exception):
    """The document is no inspection report, or not one that can be read. `line` is 1-based, 0 for the whole file."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True, slots=True)
class ForceRead:
    name: str
    slug: str | None


@dataclass(frozen=True, slots=True)
class JudgmentRead:
    """A question (or area) and its grade. A grade that the text does not hold is None, never guessed."""

    number: int | None
    question: str
    also_called: tuple[str, ...]
    grade: Grade | None
    carried_over_from: str | None
    ungraded_reason: str | None
    line: int


@dataclass(frozen=True, slots=True)
class LimbDue:
    """The date that a limb has of its own, None where it has none, and the months after which it is due again."""

    due_on: date | None
    due_precision: Precision | None
    recurs_every: int | None = None


@dataclass(frozen=True, slots=True)
class FindingRead:
    """`question` is the question's number, or its words where it has none; `parent` is the line of a cause of concern.

    `limbs_due` goes with `elements`, one each. `addressed_to` is whom a national report makes it to, in its own words.
    """

    kind: FindingKind
    question: int | str | None
    heading: str | None
    text: str
    elements: tuple[str, ...]
    deadline_text: str | None
    due_on: date | None
    due_precision: Precision | None
    line: int
    end_line: int
    parent: int | None
    limbs_due: tuple["LimbDue", ...] = ()
    recurs_every: int | None = None
    scope: Scope = Scope.FORCE
    addressed_to: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """The earlier finding that an assessment names, in the words of the report that names it."""

    kind: FindingKind
    year: str | None
    issued_in: str | None
    scope: Scope | None
    text: str
    elements: tuple[str, ...] = ()
    deadline_text: str | None = None
    due_on: date | None = None
    due_precision: Precision | None = None
    recurs_every: int | None = None


@dataclass(frozen=True, slots=True)
class AssessmentRead:
    """A verdict on an earlier finding. `quote` is verbatim; `confidence` is a share of 1."""

    outcome: Outcome
    quote: str
    line: int
    refers_to: Reference
    caveat: str | None
    gaps: tuple[str, ...]
    confidence: float
    rule: str


@dataclass(frozen=True, slots=True)
class ReadingWarning:
    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ReportReading:
    """What a document says. A national report is about no force; a letter or a thematic report is of no cycle."""

    kind: DocumentKind
    layout: str
    force: ForceRead | None
    programme: str
    cycle: str | None
    pillar: Pillar | None
    title: str
    updated_on: date | None
    published_on: date | None
    published_precision: Precision | None
    inspector: str | None
    overall_grade: Grade | None
    judgments: tuple[JudgmentRead, ...]
    findings: tuple[FindingRead, ...]
    assessments: tuple[AssessmentRead, ...]
    warnings: tuple[ReadingWarning, ...]
    sent_on: date | None = None

    @property
    def truncated(self) -> ReadingWarning | None:
        """The warning that the text breaks off, where it does."""
        return next((w for w in self.warnings if w.code == "truncated"), None)
