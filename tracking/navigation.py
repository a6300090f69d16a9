"""Where people go: by what they come to do, never by model."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tracking import access, who

Shown = Callable[[Any], bool]


def everybody(user: Any) -> bool:
    """Whoever may enter at all."""
    return True


@dataclass(frozen=True, slots=True)
class Place:
    """One page that a task leads to, who it is shown to, and what one does there, in a few words.

    A place only shows; the page itself decides who may.
    """

    label: str
    name: str
    shown: Shown = everybody
    note: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What people come to do, with its pages; the first is where the task begins."""

    label: str
    places: tuple[Place, ...]


TASKS = (
    Task(
        "Today",
        (
            Place("Today", "admin:index"),
            Place("Reminders", "admin:tracking_reminder_changelist", note="what you were told, and what was cancelled"),
        ),
    ),
    Task(
        "Findings",
        (
            Place("All findings", "admin:tracking_trackedfinding_changelist"),
            Place("What does not go together", "admin:tracking_contradictions"),
            Place("How findings stood on a day", "admin:tracking_past"),
            Place("Spreadsheets brought over", "admin:tracking_trackerfile_changelist"),
        ),
    ),
    Task(
        "Review",
        (
            Place("Verdicts of later reports", "admin:tracking_assessment_changelist"),
            Place(
                "Reports to review",
                "admin:tracking_review_changelist",
                access.may_take_in_anything,
                "what was read, beside the document",
            ),
            Place(
                "Take in reports",
                "admin:tracking_take_in",
                access.may_take_in_anything,
                "read what was published, for any force",
            ),
            Place("What you took in", "admin:tracking_intake_changelist", access.may_take_in_anything),
        ),
    ),
    Task("Statutory", (Place("Statutory comments", "admin:tracking_statutoryresponse_changelist"),)),
    Task("Papers", (Place("Papers", "admin:tracking_papers"),)),
    Task(
        "Reference",
        (
            Place("Reports", "admin:findings_report_changelist", note="what has been taken in"),
            Place("Published findings", "admin:findings_finding_changelist", note="as the inspectors worded them"),
            Place("Judgments", "admin:findings_judgment_changelist", note="the grade of each question"),
            Place("Forces", "admin:findings_force_changelist", note="names and codes"),
            Place("Cycles", "admin:findings_cycle_changelist", note="and the scale of grades in each"),
            Place("Themes", "admin:findings_theme_changelist", note="what findings are about"),
            Place("Reminder rules", "admin:reminder_rules", note="what is told when, and to whom, in each force"),
            Place("Who can do what", "admin:tracking_who", who.may_ask, "each person, by force and role"),
            Place("People", "admin:tracking_user_changelist", access.is_administrator, "invite, correct, switch off"),
            Place("Roles", "admin:tracking_membership_changelist", access.is_administrator, "give and take away"),
            Place(
                "E-mails sent",
                "admin:tracking_digest_changelist",
                access.is_administrator,
                "what went out, and what was refused",
            ),
        ),
    ),
)


def navigation(user: Any, path: str) -> list[dict[str, Any]]:
    """The tasks as a page at `path` shows them to `user`: label, address, whether it is the current one, its places.

    Current is what has the longest address that `path` begins with.
    """
    tasks: list[dict[str, Any]] = [
        {
            "label": task.label,
            "places": [
                {"label": p.label, "note": p.note, "url": reverse(p.name)} for p in task.places if p.shown(user)
            ],
        }
        for task in TASKS
    ]
    places = [place for task in tasks for place in task["places"]]
    here = max((p for p in places if path.startswith(p["url"])), key=lambda p: len(p["url"]), default=None)
    for task in tasks:
        for place in task["places"]:
            place["current"] = place is here
        task["current"] = any(place["current"] for place in task["places"])
        task["url"] = task["places"][0]["url"]
    return tasks
