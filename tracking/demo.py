"""The demo's people: one for each role, in the real force of the tour and in the fictional one."""

import secrets
from dataclasses import dataclass

from django.db import transaction

from findings.demo import load_demo_record
from findings.models import Force
from tracking.changes import open_findings
from tracking.intake import open_national
from tracking.models import Membership, User
from tracking.vocabulary import Role

FORCES = ("lancashire", "exampleshire")
PEOPLE = {
    "officer": ("Lancashire officer", Role.OFFICER),
    "signatory": ("Lancashire signatory", Role.SIGNATORY),
    "viewer": ("Lancashire viewer", Role.VIEWER),
    "national": ("National reader", Role.NATIONAL),
    "administrator": ("Service administrator", Role.ADMINISTRATOR),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """A new person of the demo; the password is known here and now only."""

    username: str
    password: str
    role: str


@transaction.atomic
def load_demo() -> tuple[int, list[SignIn]]:
    """Stores the demo's record and people; returns how many findings were newly opened, and the new sign-ins."""
    opened = 0
    for imported in load_demo_record():
        for finding in imported.created:
            opened += len(open_findings(finding, [imported.report.force] if imported.report.force else []))
    opened += open_national()
    opened += open_national(list(Force.objects.filter(is_example=True)))
    return opened, [_person(username) for username in PEOPLE if not User.objects.filter(username=username).exists()]


def _person(username: str) -> SignIn:
    name, role = PEOPLE[username]
    first, last = name.split()
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(
        username, f"{username}@peeltrack.example", password, first_name=first, last_name=last
    )
    forces = Force.objects.filter(slug__in=FORCES) if role.is_of_a_force else [None]
    Membership.objects.bulk_create(Membership(user=user, force=force, role=role.value) for force in forces)
    where = "Lancashire and Exampleshire" if role.is_of_a_force else "the whole service"
    return SignIn(username, password, f"{role.label.lower()} of {where}")
