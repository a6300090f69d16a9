"""The field's own words, shared by the reader, the models and the API. Standard library only."""

from enum import StrEnum


class Vocabulary(StrEnum):
    """A closed list of words; each knows its value on the wire and its label on a screen."""

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Value and label of every word, in order, as Django fields take them."""
        return [(word.value, word.label) for word in cls]

    @property
    def label(self) -> str:
        text = self.value.replace("_", " ")
        return text[:1].upper() + text[1:]


class FindingKind(Vocabulary):
    AFI = "afi"
    RECOMMENDATION = "recommendation"
    CAUSE_OF_CONCERN = "cause_of_concern"
    INNOVATIVE_PRACTICE = "innovative_practice"

    @property
    def label(self) -> str:
        return "Area for improvement" if self is FindingKind.AFI else super().label

    @property
    def has_status(self) -> bool:
        """Innovative practice is something to copy, never something to close."""
        return self is not FindingKind.INNOVATIVE_PRACTICE


class DocumentKind(Vocabulary):
    """What the inspectorate published: what a document is decides how it is read."""

    INSPECTION = "inspection"
    OVERVIEW = "overview"
    LETTER = "letter"
    NATIONAL = "national"


class Scope(Vocabulary):
    FORCE = "force"
    NATIONAL = "national"


class Pillar(Vocabulary):
    EFFECTIVENESS = "effectiveness"
    EFFICIENCY = "efficiency"
    LEGITIMACY = "legitimacy"
    LEADERSHIP = "leadership"


class Outcome(Vocabulary):
    """What a later report says about an earlier finding."""

    ACHIEVED = "achieved"
    PARTLY_COMPLIED = "partly_complied"
    NOT_ACHIEVED = "not_achieved"
    IN_PROGRESS = "in_progress"
    NO_OUTCOME = "no_outcome"


class CorrectionKind(Vocabulary):
    """What a person put right in the reading of a report."""

    WORDING = "wording"
    KIND = "kind"
    THEMES = "themes"
    MERGED = "merged"
    SPLIT = "split"


class Precision(Vocabulary):
    """How exactly a document gives a date."""

    DAY = "day"
    MONTH = "month"


# How many questions a pillar page of a cycle asks, where that is known for certain.
QUESTIONS_ASKED = {
    ("2016", Pillar.LEGITIMACY): 3,
    ("2017", Pillar.LEGITIMACY): 3,
    ("2018", Pillar.LEGITIMACY): 3,
    ("2018", Pillar.EFFICIENCY): 2,
}

# Cycles by the other names that titles give them.
CYCLE_ALIASES = {"2018/19": "2018", "2018-19": "2018", "2021-22": "2021/22", "2023/25": "2023-25", "2025/27": "2025-27"}

# The areas of policing of the five-tier cycles (2021/22 onwards), under the names that reports have
# printed as chapter headings. A chapter with one of these names is an assessed area even where the
# report gives it no grade.
AREAS = (
    "Providing a service to the victims of crime",
    "Engaging with and treating the public with fairness and respect",
    "Police powers and treating the public fairly and respectfully",
    "Preventing crime and anti-social behaviour",
    "Preventing and deterring crime and antisocial behaviour, and reducing vulnerability",
    "Recording data about crime",
    "Responding to the public",
    "Investigating crime",
    "Supporting victims",
    "Protecting vulnerable people",
    "Managing offenders and suspects",
    "Disrupting serious organised crime",
    "Disrupting serious and organised crime",
    "Building, supporting and protecting the workforce",
    "Vetting and counter corruption",
    "Tackling workforce corruption",
    "Strategic planning, organisational management and value for money",
    "Leadership and force management",
)
