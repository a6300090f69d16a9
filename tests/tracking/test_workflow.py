"""The table of moves, and every pair that is not in it."""

from itertools import product

import pytest

from tracking.vocabulary import Basis, Status
from tracking.workflow import MOVES, Facts, Incomplete, Refused, allowed_from, check, roll_up

# Written out from the design, not from the code.
DESIGNED = {
    ("open", "partly_complied"): {"assessment", "evidence"},
    ("open", "achieved"): {"assessment", "evidence"},
    ("partly_complied", "achieved"): {"assessment", "evidence"},
    ("partly_complied", "open"): {"assessment", "correction"},
    ("achieved", "open"): {"assessment", "correction"},
    ("achieved", "partly_complied"): {"assessment", "correction"},
    ("open", "superseded"): {"successor"},
    ("partly_complied", "superseded"): {"successor"},
    ("achieved", "superseded"): {"successor"},
    ("superseded", "open"): {"correction"},
}
ALL = [(before, after, basis) for before, after in product(Status, Status) for basis in Basis]
GIVEN = [
    (before, after, basis)
    for before, after, basis in ALL
    if basis.value in DESIGNED.get((before.value, after.value), set())
]


def facts(after: Status) -> Facts:
    """Everything that any basis could need, for a move to `after`."""
    return Facts(
        assessment_confirmed=True,
        assessment_is_later=True,
        assessment_says=after,
        evidence_signed_off=True,
        by_signatory=True,
        has_successor=True,
        successor_same_force=True,
        successor_is_newer=True,
        successor_stands=True,
    )


def test_the_table_is_the_designed_one() -> None:
    assert {(b.value, a.value): {basis.value for basis in bases} for (b, a), bases in MOVES.items()} == DESIGNED


@pytest.mark.parametrize(("before", "after", "basis"), GIVEN)
def test_a_move_in_the_table_is_allowed_on_its_bases(before: Status, after: Status, basis: Basis) -> None:
    check(before, after, basis, facts(after), "because")


@pytest.mark.parametrize(("before", "after", "basis"), [move for move in ALL if move not in GIVEN])
def test_any_other_move_is_refused(before: Status, after: Status, basis: Basis) -> None:
    with pytest.raises(Refused) as refused:
        check(before, after, basis, facts(after), "because")
    assert list(refused.value.allowed) == allowed_from(before)


@pytest.mark.parametrize(("before", "after", "basis"), GIVEN)
def test_no_move_goes_without_a_reason(before: Status, after: Status, basis: Basis) -> None:
    with pytest.raises(Incomplete, match="why"):
        check(before, after, basis, facts(after), "  ")


@pytest.mark.parametrize(("before", "after", "basis"), GIVEN)
def test_a_basis_that_does_not_hold_is_refused(before: Status, after: Status, basis: Basis) -> None:
    with pytest.raises(Refused):
        check(before, after, basis, Facts(), "because")


@pytest.mark.parametrize(
    ("lacking", "code"),
    [
        ({"assessment_confirmed": False}, "assessment_not_confirmed"),
        ({"assessment_is_later": False}, "assessment_not_later"),
        ({"assessment_overtaken": True}, "assessment_overtaken"),
        ({"assessment_says": Status.OPEN}, "assessment_says_otherwise"),
    ],
)
def test_each_condition_of_an_assessment_counts(lacking: dict[str, object], code: str) -> None:
    whole = facts(Status.ACHIEVED)
    known = {name: getattr(whole, name) for name in Facts.__slots__}
    with pytest.raises(Refused) as refused:
        check(Status.OPEN, Status.ACHIEVED, Basis.ASSESSMENT, Facts(**{**known, **lacking}), "because")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("elements", "overall"),
    [
        (["achieved", "achieved"], "achieved"),
        (["open", "open"], "open"),
        (["achieved", "open"], "partly_complied"),
        (["partly_complied", "open"], "partly_complied"),
        (["achieved", "superseded"], "achieved"),
        (["superseded", "superseded"], "superseded"),
    ],
)
def test_elements_add_up(elements: list[str], overall: str) -> None:
    assert roll_up([Status(status) for status in elements]) == overall
