"""The officers' pages. Doors only: they show, check who may, and call the writers."""

from tracking.admin.assessments import AssessmentAdmin
from tracking.admin.digests import DigestAdmin
from tracking.admin.intakes import IntakeAdmin
from tracking.admin.people import MembershipAdmin, UserAdmin
from tracking.admin.reminders import ReminderAdmin
from tracking.admin.reviews import ReviewAdmin
from tracking.admin.statutory import StatutoryResponseAdmin
from tracking.admin.tracked import TrackedFindingAdmin
from tracking.admin.trackers import TrackerFileAdmin

__all__ = [
    "AssessmentAdmin",
    "DigestAdmin",
    "IntakeAdmin",
    "MembershipAdmin",
    "ReminderAdmin",
    "ReviewAdmin",
    "StatutoryResponseAdmin",
    "TrackedFindingAdmin",
    "TrackerFileAdmin",
    "UserAdmin",
]
