"""Who may do what: one predicate for API lists, API objects, the admin and its autocompletes.

Published findings of all forces are public record, readable to everyone with a membership. A force's own
work is readable to its members and to national users, and writable to its officers and signatories only.
Administrators manage reference data, people and intake; they see no force's work for that alone.
"""

from enum import Enum, auto
from typing import Any, TypeVar

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from findings.models import Finding, Report
from findings.querysets import BROUGHT_OVER
from tracking.models import User
from tracking.vocabulary import Role

Row = TypeVar("Row", bound=Model)


class Act(Enum):
    """What somebody may want to do with a force's work."""

    READ = auto()
    RECORD = auto()
    DECIDE = auto()
    CHANGE_STATUS = auto()
    SIGN_OFF = auto()
    TAKE_IN = auto()


ROLES_FOR = {
    Act.READ: {Role.VIEWER, Role.OFFICER, Role.SIGNATORY},
    Act.RECORD: {Role.OFFICER},
    Act.DECIDE: {Role.OFFICER},
    Act.CHANGE_STATUS: {Role.OFFICER, Role.SIGNATORY},
    Act.SIGN_OFF: {Role.SIGNATORY},
    Act.TAKE_IN: {Role.OFFICER},
}
# What the roles for the whole service may do with the work of any force.
ROLES_FOR_ALL = {
    Act.READ: {Role.NATIONAL},
    Act.TAKE_IN: {Role.ADMINISTRATOR},
}


class MembershipBackend(ModelBackend):
    """Signs people in by password, and answers Django's permission questions from memberships alone."""

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        if not user_obj.is_active or not may_enter(user_obj):
            return False
        app, _, codename = perm.partition(".")
        action, _, model = codename.partition("_")
        if is_administrator(user_obj) and (app, model) in MANAGED:
            return action in MANAGED[app, model]
        return app == "findings" and action == "view"

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return user_obj.is_active and app_label in {"findings", "tracking"} and may_enter(user_obj)

    def get_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        """None by name: permissions are answered one by one, from memberships."""
        return set()


WRITE = frozenset({"view", "add", "change"})
MANAGED = {
    ("findings", "force"): WRITE,
    ("findings", "cycle"): WRITE,
    ("findings", "theme"): WRITE | {"delete"},
    ("tracking", "user"): WRITE,
    ("tracking", "membership"): WRITE | {"delete"},
    ("tracking", "digest"): frozenset({"view"}),
}


def may_enter(user: User | AnonymousUser) -> bool:
    """Whether this person may use the service at all: active, with at least one membership."""
    return isinstance(user, User) and user.is_active and (bool(user.held_roles) or user.is_superuser)


def is_administrator(user: User) -> bool:
    """Whether this person manages reference data, people and intake."""
    return _serves(user, Role.ADMINISTRATOR)


def reads_all_forces(user: User) -> bool:
    """Whether this person is a national user."""
    return _serves(user, Role.NATIONAL)


def reads_several_forces(user: User) -> bool:
    """Whether lists may hold the work of more than one force for this person."""
    return reads_all_forces(user) or len(force_ids(user, Act.READ)) > 1


def _serves(user: User, role: Role) -> bool:
    """Whether this person has this role for the whole service; who was made on the command line administers."""
    return (role, None) in user.held_roles or (role is Role.ADMINISTRATOR and user.is_superuser)


def acts_of(role: Role) -> list[Act]:
    """What a role may do: in its force, or (a role for the whole service) in every one."""
    return [act for act in Act if role in ROLES_FOR[act] | ROLES_FOR_ALL.get(act, set())]


def force_ids(user: User, act: Act) -> set[int]:
    """The ids of the forces in which this person may do this."""
    return {force_id for role, force_id in user.held_roles if force_id is not None and role in ROLES_FOR[act]}


def may(user: User, act: Act, force_id: int) -> bool:
    """Whether this person may do this with the work of this force."""
    if any(_serves(user, role) for role in ROLES_FOR_ALL.get(act, set())):
        return True
    return force_id in force_ids(user, act)


def sees_people_of(user: User) -> set[int]:
    """The ids of the forces whose people this person may know of: where they change or sign off what others did.

    Administrators know of everybody.
    """
    return force_ids(user, Act.CHANGE_STATUS)


def may_take_in_anything(user: User) -> bool:
    """Whether this person may take any report in at all."""
    return is_administrator(user) or bool(force_ids(user, Act.TAKE_IN))


def may_review(user: User, report: Report) -> bool:
    """Whether this person may review the reading of this report: whoever may take it in."""
    if report.force_id is None:
        return is_administrator(user)
    return may(user, Act.TAKE_IN, report.force_id)


def to_review(rows: QuerySet[Row], user: User, report: str = "report") -> QuerySet[Row]:
    """Those of `rows` whose report this person may review; `report` is the path to it."""
    if is_administrator(user):
        return rows
    return rows.filter(**{f"{report}__force__in": force_ids(user, Act.TAKE_IN)})


def known_reports(rows: QuerySet[Report], user: Any) -> QuerySet[Report]:
    """The reports that this person may know of: all that were published, and their own forces' trackers."""
    own = rows.filter(programme=BROUGHT_OVER, force__in=force_ids(user, Act.READ))
    if reads_all_forces(user):
        return rows
    return rows.exclude(programme=BROUGHT_OVER) | own


def may_correct_themes(user: User, finding: Finding) -> bool:
    """Whether this person may say what a finding is about: administrators, and officers of the force it was made to."""
    force_id = finding.report.force_id
    return is_administrator(user) or (force_id is not None and may(user, Act.RECORD, force_id))


def visible(rows: QuerySet[Row], user: User, force: str = "force") -> QuerySet[Row]:
    """Those of `rows` that belong to a force whose work this person may read; `force` is the path to it."""
    if reads_all_forces(user):
        return rows
    return rows.filter(**{f"{force}__in": force_ids(user, Act.READ)})
