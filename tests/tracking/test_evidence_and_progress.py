"""What the force itself shows and says: kept, signed off by a second person, and never moving a status."""

from datetime import date

import pytest

from tests.factories import ForceFactory, member, tracked_finding
from tracking.evidence import record_evidence, sign_off
from tracking.progress import record_progress
from tracking.vocabulary import Position, Role
from tracking.workflow import Incomplete, Refused, Stale

pytestmark = pytest.mark.django_db


def test_evidence_is_signed_off_once_by_a_second_person() -> None:
    tracked = tracked_finding()
    officer, signatory = member(Role.OFFICER, tracked.force), member(Role.SIGNATORY, tracked.force)
    evidence = record_evidence(tracked, "Audit", "https://force.example/audit", officer)
    with pytest.raises(Refused) as refused:
        sign_off(evidence.pk, officer)
    assert refused.value.code == "second_person_needed"
    assert sign_off(evidence.pk, signatory).signed_off_by == signatory
    with pytest.raises(Refused) as refused:
        sign_off(evidence.pk, member(Role.SIGNATORY, tracked.force))
    assert refused.value.code == "already_signed_off"


@pytest.mark.parametrize(
    ("title", "link"), [("", "https://force.example"), ("Audit", "javascript:alert(1)"), ("Audit", "the shared drive")]
)
def test_evidence_has_a_title_and_a_web_address(title: str, link: str) -> None:
    tracked = tracked_finding()
    with pytest.raises(Incomplete):
        record_evidence(tracked, title, link, member(Role.OFFICER, tracked.force))


def test_progress_is_dated_kept_and_moves_no_status() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    record_progress(tracked.pk, {"position": "in_progress", "target_on": date(2027, 1, 31)}, officer, "Work began.")
    tracked.refresh_from_db()
    (update,) = tracked.updates.all()
    assert (tracked.position, tracked.target_on, tracked.status, tracked.version) == (
        "in_progress",
        date(2027, 1, 31),
        "open",
        2,
    )
    assert update.moved == {"position": ["not_started", "in_progress"], "target_on": [None, "2027-01-31"]}
    assert (update.comment, update.recorded_by) == ("Work began.", officer)


def test_nothing_new_leaves_no_entry() -> None:
    tracked = tracked_finding()
    record_progress(tracked.pk, {"position": "not_started"}, member(Role.OFFICER, tracked.force))
    tracked.refresh_from_db()
    assert (tracked.version, tracked.updates.count()) == (1, 0)


def test_a_stale_version_overwrites_nothing() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    record_progress(tracked.pk, {"lead": "Assistant chief constable"}, officer, version=1)
    with pytest.raises(Stale) as stale:
        record_progress(tracked.pk, {"lead": "Superintendent"}, officer, version=1)
    assert stale.value.version == 2
    tracked.refresh_from_db()
    assert tracked.lead == "Assistant chief constable"


@pytest.mark.parametrize("position", [Position.NO_ACTION, Position.DEPENDS_ON_ANOTHER_BODY])
def test_red_and_white_positions_need_a_reason(position: Position) -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    with pytest.raises(Incomplete):
        record_progress(tracked.pk, {"position": position}, officer)
    record_progress(tracked.pk, {"position": position}, officer, "The court must decide.")


def test_sign_off_takes_a_signatory_who_did_not_ask_for_it() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    both = member(Role.SIGNATORY, tracked.force)
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, both)
    for person, code in ((officer, "signatory_needed"), (both, "second_person_needed")):
        with pytest.raises(Refused) as refused:
            record_progress(tracked.pk, {"position": "signed_off"}, person)
        assert refused.value.code == code
    record_progress(tracked.pk, {"position": "signed_off"}, member(Role.SIGNATORY, tracked.force))


def test_an_owner_is_a_member_of_the_force() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    with pytest.raises(Incomplete, match="member of the force"):
        record_progress(tracked.pk, {"owner": member(Role.OFFICER, ForceFactory())}, officer)
    record_progress(tracked.pk, {"owner": officer}, officer)


def test_sign_off_is_asked_for_first() -> None:
    tracked = tracked_finding()
    with pytest.raises(Refused) as refused:
        record_progress(tracked.pk, {"position": "signed_off"}, member(Role.SIGNATORY, tracked.force))
    assert refused.value.code == "sign_off_not_asked_for"


def test_a_national_user_owns_no_forces_finding() -> None:
    tracked = tracked_finding()
    with pytest.raises(Incomplete):
        record_progress(tracked.pk, {"owner": member(Role.NATIONAL)}, member(Role.OFFICER, tracked.force))
