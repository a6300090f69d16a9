"""What a force does about what was published. Each kind of change has one writer, named in its model."""

from tracking.models.assessments import Assessment
from tracking.models.dates import DateChange
from tracking.models.events import Delivery, Event, FeedHead, Webhook
from tracking.models.evidence import Check, Evidence
from tracking.models.history import StatusChange
from tracking.models.intakes import Intake, IntakeItem
from tracking.models.jobs import JobRun
from tracking.models.links import FindingLink
from tracking.models.lists import ChosenColumns, SavedView
from tracking.models.notes import EvidenceNote
from tracking.models.people import Membership, User
from tracking.models.preferences import MailPreference
from tracking.models.progress import ProgressUpdate
from tracking.models.reminders import Digest, Reminder
from tracking.models.reviews import Review
from tracking.models.sign_off import SignOffRequest
from tracking.models.statutory import Explanation, StatutoryResponse
from tracking.models.tokens import ApiToken, CalendarAddress, KeptAnswer
from tracking.models.tracked import TrackedElement, TrackedFinding
from tracking.models.trackers import TrackerColumns, TrackerFile, TrackerRow

__all__ = [
    "ApiToken",
    "Assessment",
    "CalendarAddress",
    "Check",
    "ChosenColumns",
    "DateChange",
    "Delivery",
    "Digest",
    "Event",
    "Evidence",
    "EvidenceNote",
    "Explanation",
    "FeedHead",
    "FindingLink",
    "Intake",
    "IntakeItem",
    "JobRun",
    "KeptAnswer",
    "MailPreference",
    "Membership",
    "ProgressUpdate",
    "Reminder",
    "Review",
    "SavedView",
    "SignOffRequest",
    "StatusChange",
    "StatutoryResponse",
    "TrackedElement",
    "TrackedFinding",
    "TrackerColumns",
    "TrackerFile",
    "TrackerRow",
    "User",
    "Webhook",
]
