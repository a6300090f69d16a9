"""What the words of a spreadsheet mean here. Closed tables: a word that is in none is refused, never guessed."""

import re
from collections.abc import Mapping

from findings.reading.cues import KIND_WORDS, kind_of
from findings.vocabulary import FindingKind
from tracking.vocabulary import Position

# A status in a spreadsheet is the force's own word, so it is a position here. Only inspectors' words and signed-off
# evidence move a status, and whoever says "complete" asks for sign-off by a second person.
POSITIONS: Mapping[Position, frozenset[str]] = {
    Position.NOT_STARTED: frozenset({"not started", "not yet started", "not begun", "to do", "to be started"}),
    Position.IN_PROGRESS: frozenset(
        {
            "in progress", "progressing", "being progressed", "ongoing", "on going", "amber", "partly", "partly complete",
            "partly completed", "partially complete", "partially completed", "part complete", "partly complied", "partly met",
            "started", "under way", "underway", "on track", "in hand", "work in progress", "wip",
        }
    ),
    Position.READY_FOR_SIGN_OFF: frozenset(
        {
            "complete", "completed", "closed", "achieved", "green", "done", "discharged", "implemented", "fully implemented",
            "met", "signed off", "ready for sign off", "pending sign off", "awaiting sign off", "ready for closure",
            "complete pending sign off", "complete awaiting sign off", "submitted for closure",
        }
    ),
    Position.NO_ACTION: frozenset(
        {"no action", "no further action", "nfa", "no action required", "rejected", "not accepted", "declined", "will not be met"}
    ),
    Position.DEPENDS_ON_ANOTHER_BODY: frozenset(
        {
            "awaiting another body", "depends on another body", "waiting for another body", "waiting on another body", "national",
            "awaiting national", "awaiting national action", "awaiting national guidance", "external", "white",
        }
    ),
}  # fmt: skip
# Understood, and silent on how far the work is.
LEAVES_POSITION = frozenset({"open", "live", "outstanding", "red", "overdue", "late"})
NOTHING = frozenset(
    {"", "n a", "na", "none", "nil", "tbc", "tba", "to be confirmed", "not set", "not known", "unknown"}
)
EXPECTED_STATUS = (
    "expected such as not started, in progress, complete, no further action or awaiting another body (or left empty)"
)

KINDS: Mapping[FindingKind, frozenset[str]] = {
    FindingKind.AFI: frozenset({"afi", "afis", "area for improvement", "areas for improvement", "area of improvement"}),
    FindingKind.RECOMMENDATION: frozenset(
        {"recommendation", "recommendations", "rec", "recs", "reccomendation", "r", "national recommendation"}
    ),
    FindingKind.CAUSE_OF_CONCERN: frozenset(
        {"cause of concern", "causes of concern", "cause for concern", "coc", "accelerated cause of concern", "acoc"}
    ),
    FindingKind.INNOVATIVE_PRACTICE: frozenset({"innovative practice", "good practice", "promising practice", "ip"}),
}
EXPECTED_KIND = "expected AFI, recommendation or cause of concern (or left empty)"
OPENING = re.compile(rf"(?:HMIC(?:FRS)? )?(?:(?P<kind>{KIND_WORDS})|(?P<short>rec|coc))\b", re.IGNORECASE)


def folded_words(text: str) -> str:
    """`text` in small letters, without punctuation."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def says_nothing(text: str) -> bool:
    """Whether a cell is empty, or filled with a dash or a word that stands for nothing."""
    return folded_words(text) in NOTHING


def position_meant(word: str) -> Position | None:
    """The position that a status word means, None where it says nothing of the work; raises KeyError for a word not known."""
    return _POSITION_OF[folded_words(word)]


def kind_meant(word: str) -> FindingKind | None:
    """The kind of finding that a word means, None where it says nothing; raises KeyError for a word not known."""
    return _KIND_OF[folded_words(word)]


def kind_said(text: str) -> FindingKind | None:
    """The kind by which `text` opens ("AFI 3", "Recommendation: …"), None where it opens with something else."""
    found = OPENING.match(text.strip())
    if found is None:
        return None
    return kind_of(found["kind"]) if found["kind"] else _KIND_OF[found["short"].lower()]


_POSITION_OF: dict[str, Position | None] = {
    **dict.fromkeys(NOTHING | LEAVES_POSITION),
    **{word: position for position, words in POSITIONS.items() for word in words},
    **{folded_words(position.value): position for position in POSITIONS},
}
_KIND_OF: dict[str, FindingKind | None] = {
    **dict.fromkeys(NOTHING),
    **{word: kind for kind, words in KINDS.items() for word in words},
}
