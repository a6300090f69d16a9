"""Who can do what, in words: each person's roles, and what each lets them do, as `tracking.access` has it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from findings.models import Force
from tracking import access
from tracking.access import Act
from tracking.models import Membership, User
from tracking.vocabulary import Role

WORDS = {
    Act.READ: "read",
    Act.RECORD: "record",
    Act.DECIDE: "decide on verdicts",
    Act.CHANGE_STATUS: "change statuses",
    Act.SIGN_OFF: "sign off",
    Act.TAKE_IN: "take reports in",
}
ADMINISTER = "administer people and reference data"
EVERYWHERE = "every force"
SHOWN = "shown_memberships"


@dataclass(frozen=True, slots=True)
class OwnRole:
    """One role of a person in words: which, where, what it lets them do; the force whose people it lets them see."""

    role: str
    where: str
    may: tuple[str, ...]
    people_of: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One person of the table: their roles, and under each heading of `headings` where they may do it, and as what."""

    person: User
    roles: tuple[str, ...]
    may: tuple[tuple[str, ...], ...]
    invited: bool


def headings() -> list[str]:
    """What the columns of the table say, one for each thing that somebody may do."""
    return [*WORDS.values(), ADMINISTER]


def own_roles(user: User) -> list[OwnRole]:
    """A person's own roles, and what each lets them do; for the section `admin/tracking/own_roles.html`."""
    sees = access.sees_people_of(user)
    rows = user.memberships.select_related("force").order_by("force__name", "role")
    return [
        OwnRole(
            role.label,
            force.name if force else EVERYWHERE,
            tuple(_words_of(role)),
            force.slug if force and force.pk in sees else "",
        )
        for role, force in _held(user, rows)
    ]


def may_ask(user: User) -> bool:
    """Whether this person may ask who can do what: administrators of all people, officers and signatories of their force's."""
    return access.is_administrator(user) or bool(access.sees_people_of(user))


def forces_asked_of(user: User) -> QuerySet[Force]:
    """The forces whose people this person may ask for."""
    every = Force.objects.all()
    return every if access.is_administrator(user) else every.filter(pk__in=access.sees_people_of(user))


def people_known_to(user: User, force: Force | None = None, *, active: bool = True) -> QuerySet[User]:
    """The people whom this person may know of, those of `force` alone where it is given, by name; with the roles to be shown.

    Whoever is no administrator learns of nobody outside of their forces, nor of what their own force's people are elsewhere.
    """
    people = User.objects.filter(is_active=active)
    shown = Membership.objects.select_related("force").order_by("force__name", "role")
    if not access.is_administrator(user):
        sees = access.sees_people_of(user)
        shown = shown.filter(force__in=sees)
        people = people.filter(memberships__force__in=sees)
    if force:
        people = people.filter(pk__in=Membership.objects.filter(force=force).values("user"))
    ordered = people.distinct().order_by("last_name", "first_name", "username")
    return ordered.prefetch_related(Prefetch("memberships", shown, to_attr=SHOWN))


def standings(people: Iterable[User], asker: User) -> list[Standing]:
    """What each of these people (from `people_known_to`) may do. No query."""
    administers = access.is_administrator(asker)
    return [_standing(person, of_the_service=administers) for person in people]


def _standing(person: User, *, of_the_service: bool) -> Standing:
    held = [
        (role, force.name if force else EVERYWHERE)
        for role, force in _held(person, getattr(person, SHOWN))
        if force or of_the_service
    ]
    return Standing(
        person,
        tuple(f"{role.label}, {where}" for role, where in held),
        tuple(
            tuple(f"{where} ({role.label.lower()})" for role, where in held if word in _words_of(role))
            for word in headings()
        ),
        not person.has_usable_password(),
    )


def _held(user: User, memberships: Iterable[Membership]) -> list[tuple[Role, Force | None]]:
    """Each role with its force; who was made on the command line is an administrator without a membership."""
    held = [(Role(membership.role), membership.force) for membership in memberships]
    if user.is_superuser and (Role.ADMINISTRATOR, None) not in held:
        held.append((Role.ADMINISTRATOR, None))
    return held


def _words_of(role: Role) -> list[str]:
    acts = [WORDS[act] for act in access.acts_of(role)]
    return [*acts, ADMINISTER] if role is Role.ADMINISTRATOR else acts
