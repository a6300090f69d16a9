"""Who may do what, as one table."""

from itertools import product

import pytest

from findings.models import Force
from tests.factories import ForceFactory, member, tracked_finding
from tracking.access import Act, is_administrator, may, may_enter, visible
from tracking.models import TrackedFinding, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db

# Written out from the design: the acts of each role, in its own force and in others.
OWN = {
    Role.VIEWER: {"READ"},
    Role.OFFICER: {"READ", "RECORD", "DECIDE", "CHANGE_STATUS", "TAKE_IN"},
    Role.SIGNATORY: {"READ", "CHANGE_STATUS", "SIGN_OFF"},
    Role.NATIONAL: {"READ"},
    Role.ADMINISTRATOR: {"TAKE_IN"},
}
OTHERS = {Role.NATIONAL: {"READ"}, Role.ADMINISTRATOR: {"TAKE_IN"}}


@pytest.mark.parametrize(("role", "act"), list(product(Role, Act)))
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role, act: Act) -> None:
    own, other = ForceFactory(), ForceFactory()
    person = member(role, own if role.is_of_a_force else None)
    assert may(person, act, own.pk) is (act.name in OWN[role])
    assert may(person, act, other.pk) is (act.name in OTHERS.get(role, set()))


@pytest.mark.parametrize("role", list(Role))
def test_lists_hold_what_may_be_read_and_no_more(role: Role) -> None:
    mine, theirs = tracked_finding(), tracked_finding()
    person = member(role, mine.force if role.is_of_a_force else None)
    expected = {Role.NATIONAL: {mine, theirs}, Role.ADMINISTRATOR: set()}.get(role, {mine})
    assert set(visible(TrackedFinding.objects.all(), person)) == expected


def test_a_person_without_a_membership_or_switched_off_does_not_enter() -> None:
    nobody = User.objects.create_user("nobody")
    assert not may_enter(nobody)
    officer = member(Role.OFFICER, "kent")
    assert may_enter(officer)
    officer.is_active = False
    assert not may_enter(officer)


@pytest.mark.parametrize("role", list(Role))
def test_only_administrators_change_reference_data_and_people(role: Role) -> None:
    person = member(role, "kent" if role.is_of_a_force else None)
    for permission in ("findings.change_force", "tracking.add_membership", "tracking.change_user"):
        assert person.has_perm(permission) is is_administrator(person)
    assert person.has_perm("findings.view_finding")
    assert not person.has_perm("findings.change_finding")
    assert not person.has_perm("tracking.delete_statuschange")
    assert Force.objects.filter(slug="kent").exists() is role.is_of_a_force
