"""The one writer of people and their roles: who is invited, what they are given and lose, who is switched off.

Nobody is deleted: what a person did keeps their name. Every change is an administrator's, and locks the administrators'
rows first, so that two who act at the same moment cannot leave the service without one.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from findings.models import Force
from tracking.account_mail import mail_invitation
from tracking.models import Membership, User
from tracking.vocabulary import Role
from tracking.webhooks import sign_programs_out
from tracking.workflow import Incomplete, Refused

NOT_IN_USERNAMES = re.compile(r"[^\w.+-]")  # that an e-mail address may hold before its @
LONGEST_PROPOSED = 140  # leaves room for a number within a username's 150


@dataclass(frozen=True, slots=True)
class Account:
    """Who is invited, as an administrator enters it. Without a username one is made of the e-mail address."""

    email: str
    first_name: str = ""
    last_name: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A role, and the force it is held in; none for the whole service."""

    role: Role
    force: Force | None = None

    def __str__(self) -> str:
        return f"{self.role.label.lower()} of {self.force.name if self.force else 'the whole service'}"


class NotSent(Refused):
    """The mail server did not take a letter. What was stored stays."""


@transaction.atomic
def invite(account: Account, posts: Iterable[Post], by: User) -> User:
    """Makes an account with these roles and no password; `send_invitation` tells the person.

    Raises Incomplete where the address, the name or every role is missing or cannot be; Refused for an address or a username
    that another account has, for a role twice, and where `by` is no administrator.
    """
    _lock_administrators(by)
    posts = list(posts)
    if not posts:
        raise Incomplete("role_missing", "Give at least one role: without one nobody can sign in.")
    check_posts(posts)
    if not account.email.strip():
        raise Incomplete("email_missing", "Give the e-mail address that the invitation goes to.")
    check_account(account.email, account.username)
    user = User(
        username=account.username.strip() or propose_username(account.email),
        email=account.email.strip(),
        first_name=account.first_name.strip(),
        last_name=account.last_name.strip(),
    )
    user.set_unusable_password()
    _check_valid(user)
    user.save()
    Membership.objects.bulk_create(Membership(user=user, role=post.role.value, force=post.force) for post in posts)
    return user


def send_invitation(user_id: int, by: User) -> User:
    """Sends a person the link to a first password; one that was sent before ends, whether or not this one arrives.

    Raises Refused where they have a password, are switched off or have no address; NotSent where the mail server refuses.
    """
    with transaction.atomic():
        _lock_administrators(by)
        user = User.objects.select_for_update().get(pk=user_id)
        _check_invited(user)
        _forget_password(user)
    if not mail_invitation(user, by):
        raise NotSent(
            "not_sent",
            f"The mail server did not take the invitation, so {user} has not got it. The account stays:"
            " send the invitation again once e-mail works.",
        )
    return user


@transaction.atomic
def set_password(user_id: int, password: str, still_may: Callable[[User], bool]) -> User:
    """Sets the password of who came by a link; programs that signed in with an old one are out.

    `still_may` is asked with the account as it is now, under its lock: of two who come by one link, one is served.
    Raises Refused for the other.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if not still_may(user):
        raise Refused("link_ended", "The link has been used, or has ended.")
    user.set_password(password)
    user.save(update_fields=["password"])
    sign_programs_out(user.pk)
    return user


@transaction.atomic
def give_role(user_id: int, post: Post, by: User) -> Membership:
    """Gives a person one more role. Raises Refused where they have it, or the force does not fit the role."""
    _lock_administrators(by)
    user = User.objects.select_for_update().get(pk=user_id)
    check_posts([post], posts_of(user))
    return Membership.objects.create(user=user, role=post.role.value, force=post.force)


@transaction.atomic
def take_role(membership_id: int, by: User) -> None:
    """Takes a role away, from the person's next request on. Raises Refused for what `check_taking` does not allow."""
    membership = Membership.objects.select_related("user").get(pk=membership_id)
    check_taking(membership, by)
    membership.delete()


@transaction.atomic
def correct_person(person: User, fields: Sequence[str]) -> None:
    """Stores a person's own words (username, names, address) as they stand on `person`; nothing else of the row."""
    person.save(update_fields=list(fields))


@transaction.atomic
def deactivate(user_id: int, by: User) -> User:
    """Switches an account off: its sessions, links, tokens, calendar and webhooks end at once, and its password with them.

    Its roles and all that it did stay. Raises Refused for what `check_deactivation` does not allow.
    """
    check_deactivation(User.objects.get(pk=user_id), by)
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _forget_password(user)
    sign_programs_out(user.pk)
    return user


@transaction.atomic
def activate(user_id: int, by: User) -> User:
    """Switches an account on again, with the roles it has: its person gets a password by a new invitation."""
    _lock_administrators(by)
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_active = True
    user.save(update_fields=["is_active"])
    sign_programs_out(user.pk)  # what a request made that was under way when the account was switched off
    return user


def check_account(email: str, username: str = "", user_id: int = 0) -> None:
    """Raises Refused where another account than `user_id` has this address or username, in small or capital letters."""
    others = User.objects.exclude(pk=user_id)
    known = others.filter(email__iexact=email.strip()).first() if email.strip() else None
    if known:
        raise Refused("email_taken", f"{known} has an account with this address already (username {known.username}).")
    if username.strip() and others.filter(username__iexact=username.strip()).exists():
        raise Refused("username_taken", "Another account has this username: choose another.")


def check_posts(given: Iterable[Post], held: Iterable[Post] = ()) -> None:
    """Raises Incomplete where a force does not fit its role, Refused where a role is given twice or held already."""
    known = set(held)
    for post in given:
        if post.role.is_of_a_force and post.force is None:
            raise Incomplete("force_missing", f"Say in which force: {post.role.label.lower()} is a role in one force.")
        if post.force is not None and not post.role.is_of_a_force:
            raise Incomplete(
                "force_too_many", f"Leave the force empty: {post.role.label.lower()} is a role for the whole service."
            )
        if post in known:
            raise Refused("role_held", f"The same role twice: {post}.")
        known.add(post)


def check_taking(membership: Membership, by: User) -> None:
    """Raises Refused where `by` would take their own role of administrator, or the service would have no administrator left.

    Holds until the end of the transaction: it locks the administrators.
    """
    _lock_administrators(by)
    if membership.role != Role.ADMINISTRATOR:
        return
    if membership.user_id == by.pk:
        raise Refused("own_role", "Nobody takes their own role of administrator away: ask another administrator.")
    if not membership.user.is_superuser:
        _check_another_administers(membership.user)


def check_deactivation(user: User, by: User) -> None:
    """Raises Refused where `by` would switch their own account off, or that of the last administrator. Locks as above."""
    _lock_administrators(by)
    if user.pk == by.pk:
        raise Refused("own_account", "Nobody switches their own account off: ask another administrator.")
    if administrators().filter(pk=user.pk).exists():
        _check_another_administers(user)


def administrators() -> QuerySet[User]:
    """Who manages the service now: by role, or made on the command line."""
    held = Membership.objects.filter(role=Role.ADMINISTRATOR.value).values("user")
    return User.objects.filter(Q(is_superuser=True) | Q(pk__in=held), is_active=True)


def posts_of(user: User) -> list[Post]:
    """The roles that a person holds."""
    return [Post(Role(row.role), row.force) for row in user.memberships.select_related("force")]


def awaits_password(user: User) -> bool:
    """Whether a person was invited and has set no password yet."""
    return user.is_active and not user.has_usable_password()


def propose_username(email: str) -> str:
    """A username that is free: what stands before the @, in small letters, with a number where it is taken."""
    wanted = NOT_IN_USERNAMES.sub("", email.strip().partition("@")[0].lower())[:LONGEST_PROPOSED] or "person"
    name, count = wanted, 1
    while User.objects.filter(username__iexact=name).exists():
        count += 1
        name = f"{wanted}{count}"
    return name


def _lock_administrators(by: User) -> None:
    """Lets one administrator at a time change people; raises Refused for who is none (any more)."""
    list(administrators().order_by("pk").select_for_update().values_list("pk", flat=True))
    # Asked anew: a lock that was waited for shows its row, and not what the other transaction did to memberships.
    if not administrators().filter(pk=by.pk).exists():
        raise Refused("administrator_needed", "Only an administrator of the service may do this.")


def _check_another_administers(user: User) -> None:
    """Raises Refused unless somebody else administers who can sign in: an invitation not accepted is no administrator yet."""
    others = administrators().exclude(pk=user.pk).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    if not others.exists():
        raise Refused(
            "last_administrator",
            f"{user} is the last administrator who can sign in: make somebody else administrator first.",
        )


def _check_invited(user: User) -> None:
    if not user.is_active:
        raise Refused("switched_off", f"The account of {user} is switched off: switch it on first.")
    if user.has_usable_password():
        raise Refused("has_password", f"{user} has set a password already, and can have a forgotten one replaced.")
    if not user.email:
        raise Incomplete("email_missing", f"{user} has no e-mail address: enter one first.")


def _check_valid(user: User) -> None:
    try:
        user.full_clean(exclude=("password",))
    except ValidationError as error:
        raise Incomplete("account_invalid", " ".join(error.messages)) from error


def _forget_password(user: User) -> None:
    """Leaves no password; each time anew, so that links which were sent for the account as it was have ended."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
