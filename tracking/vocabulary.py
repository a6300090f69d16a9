"""The words of tracking, shared by pure rules, models and API. Standard library only."""

from enum import IntEnum

from findings.vocabulary import Outcome, Vocabulary


class Status(Vocabulary):
    """Where a finding stands by evidence: what the inspectors last said."""

    OPEN = "open"
    PARTLY_COMPLIED = "partly_complied"
    ACHIEVED = "achieved"
    SUPERSEDED = "superseded"


# Where something is still to be done.
UNMET = (Status.OPEN, Status.PARTLY_COMPLIED)


class Position(Vocabulary):
    """What the force says of its own work. It never moves the status."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    READY_FOR_SIGN_OFF = "ready_for_sign_off"
    SIGNED_OFF = "signed_off"
    NO_ACTION = "no_action"
    DEPENDS_ON_ANOTHER_BODY = "depends_on_another_body"


class Basis(Vocabulary):
    """What a status change rests on."""

    PUBLICATION = "publication"
    ASSESSMENT = "assessment"
    EVIDENCE = "evidence"
    CORRECTION = "correction"
    SUCCESSOR = "successor"
    ELEMENTS = "elements"


class AssessmentState(Vocabulary):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class NoteState(Vocabulary):
    """What became of a passage that was offered beside a finding."""

    OFFERED = "offered"
    KEPT = "kept"
    DISMISSED = "dismissed"


class DateKind(Vocabulary):
    """Whose date: the inspectors' (due) or the force's own (target)."""

    DUE = "due"
    TARGET = "target"


class DateCause(Vocabulary):
    """Why a date moved."""

    CORRECTION = "correction"
    LIMB_MET = "limb_met"
    LETTER = "letter"
    FIRST = "first"
    EXTENSION = "extension"
    BROUGHT_FORWARD = "brought_forward"
    RECURRENCE = "recurrence"


class SignOffState(Vocabulary):
    """What became of a request to sign work off."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class LinkRule(Vocabulary):
    """How it was told that a newer finding asks for the same as an older one."""

    CUES = "cues"
    WORDING = "wording"
    PERSON = "person"


class Contradiction(Vocabulary):
    """What in the record of one finding does not go together, or is missing, and will be asked about."""

    ACHIEVED_WITH_CAVEAT = "achieved_with_caveat"
    INSPECTORS_SAY_OTHERWISE = "inspectors_say_otherwise"
    LAST_WORD_DIFFERS = "last_word_differs"
    STATUS_WITHOUT_EVIDENCE = "status_without_evidence"
    ELEMENTS_DISAGREE = "elements_disagree"
    NO_OWNER = "no_owner"
    TARGET_AFTER_DEADLINE = "target_after_deadline"
    LATE_WITHOUT_REASON = "late_without_reason"
    COLOUR_WITHOUT_REASON = "colour_without_reason"


class ResponseState(Vocabulary):
    """Where the statutory comments on a report stand."""

    WAITING = "waiting"
    LATE = "late"
    PUBLISHED = "published"
    INCOMPLETE = "incomplete"
    DONE = "done"


class IntakeState(Vocabulary):
    """What became of one document that was given to be taken in."""

    WAITING = "waiting"
    READING = "reading"
    TAKEN_IN = "taken_in"
    ALREADY_IN = "already_in"
    REFUSED = "refused"


class ReviewState(Vocabulary):
    """Whether a person has looked through what was read in a report."""

    IN_REVIEW = "in_review"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        return "Not reviewed yet" if self is ReviewState.IN_REVIEW else "Reviewed and published"


class Decision(Vocabulary):
    CONFIRM = "confirm"
    REJECT = "reject"


class Rag(Vocabulary):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    WHITE = "white"


class Role(Vocabulary):
    """The first three are held in one force, the last two for the whole service."""

    VIEWER = "viewer"
    OFFICER = "officer"
    SIGNATORY = "signatory"
    NATIONAL = "national"
    ADMINISTRATOR = "administrator"

    @property
    def is_of_a_force(self) -> bool:
        return self in {Role.VIEWER, Role.OFFICER, Role.SIGNATORY}


class ReminderRule(Vocabulary):
    DUE_WITHIN_30_DAYS = "due_within_30_days"
    OVERDUE = "overdue"


class DigestState(Vocabulary):
    """What became of an e-mail. One that stays *claimed* was interrupted: nobody knows whether it arrived."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        return {
            DigestState.CLAIMED: "Handed over; not known whether it arrived",
            DigestState.SENT: "Sent",
            DigestState.FAILED: "Not taken; tried again by itself",
            DigestState.REFUSED: "Refused for good",
            DigestState.DISMISSED: "Dismissed by an administrator",
        }[self]


class MailKind(Vocabulary):
    """The e-mails that a person can get, each of which they can end for themselves."""

    DAILY = "daily"
    AT_ONCE = "at_once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        return {
            MailKind.DAILY: "Daily digest",
            MailKind.AT_ONCE: "Told at once",
            MailKind.WEEKLY: "Weekly digest",
            MailKind.MONTHLY: "Monthly figures",
        }[self]


class Weekday(IntEnum):
    """The days of the week, as Python counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class JobName(Vocabulary):
    """The work that a schedule does, by the name that the schedule, the command and the log know it by."""

    REMIND = "remind"
    TELL = "tell"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    CLEAN_UP = "clean_up"
    VERIFY_HISTORY = "verify_history"

    @property
    def label(self) -> str:
        return {
            JobName.REMIND: "Remind people of what is due",
            JobName.TELL: "Tell webhooks of what happened",
            JobName.WEEKLY: "Tell leads and signatories of the week",
            JobName.MONTHLY: "Tell national users the figures of the month",
            JobName.CLEAN_UP: "Drop what is over",
            JobName.VERIFY_HISTORY: "Prove the history of statuses",
        }[self]


class JobOutcome(Vocabulary):
    """How the last run of a job ended. One that is *running* for long was killed."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TokenScope(Vocabulary):
    """What a program may do with its token: read alone, or all that its person may do."""

    READ = "read"
    WRITE = "write"


class EventKind(Vocabulary):
    """What can happen in a force's work, as feeds and webhooks name it."""

    FINDING_OPENED = "finding_opened"
    STATUS_CHANGED = "status_changed"
    PROGRESS_RECORDED = "progress_recorded"
    DATE_CHANGED = "date_changed"
    EVIDENCE_RECORDED = "evidence_recorded"
    SIGN_OFF_ASKED = "sign_off_asked"
    SIGN_OFF_DECIDED = "sign_off_decided"
    ASSESSMENT_PROPOSED = "assessment_proposed"
    ASSESSMENT_DECIDED = "assessment_decided"
    REMINDER_MADE = "reminder_made"


class PaperKind(Vocabulary):
    """The papers that officers must produce."""

    COMMITTEE = "committee"
    FOI = "foi"
    BRIEFING = "briefing"
    COMPARISON = "comparison"
    CONTRADICTIONS = "contradictions"

    @property
    def label(self) -> str:
        return {
            PaperKind.COMMITTEE: "Committee paper",
            PaperKind.FOI: "Freedom of information answer",
            PaperKind.BRIEFING: "Briefing before an inspection",
            PaperKind.COMPARISON: "National comparison",
            PaperKind.CONTRADICTIONS: "What does not go together",
        }[self]


class DeliveryState(Vocabulary):
    """How the telling of one webhook of one event stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    WITHHELD = "withheld"


# Where a confirmed verdict leads; the others are kept as evidence and move nothing.
STATUS_OF_OUTCOME = {
    Outcome.ACHIEVED: Status.ACHIEVED,
    Outcome.PARTLY_COMPLIED: Status.PARTLY_COMPLIED,
    Outcome.NOT_ACHIEVED: Status.OPEN,
}
