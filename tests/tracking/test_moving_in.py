"""Moving in from a spreadsheet: what becomes of each row, that it is stored once, and that nothing leaves the force."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from findings.models import Finding, Report
from tests.factories import AssessmentFactory, ForceFactory, ReportFactory, member, tracked_finding
from tests.tracking.test_trackers import workbook
from tracking.decisions import decide
from tracking.models import ProgressUpdate, StatusChange, TrackedFinding, TrackerColumns, TrackerFile, TrackerRow, User
from tracking.moving_in import choose_columns, give, move_in, plan, store
from tracking.progress import record_progress
from tracking.trackers.plan import Plan, PlannedRow
from tracking.trackers.values import NotATracker, RowState
from tracking.vocabulary import Decision, Position, Role
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db
HEADERS = ("Reference", "Text", "Status", "Due date", "Owner", "Comment", "Kind", "Report", "Force")
GATE = "The force should mend the broken garden gate at headquarters."
RADIOS = "Buy better radios for the mounted branch."


@pytest.fixture
def officer() -> User:
    return member(Role.OFFICER, "exampleshire", first_name="Desk", last_name="Officer")


@pytest.fixture
def tracked(officer: User) -> TrackedFinding:
    return tracked_finding(ForceFactory(slug="exampleshire"), text=GATE)


def sheet(*rows: dict[str, str]) -> bytes:
    """A CSV with every column, of rows that fill some."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, HEADERS, restval="")
    writer.writeheader()
    writer.writerows({name.replace("_", " ").capitalize(): words for name, words in row.items()} for row in rows)
    return out.getvalue().encode()


def brought(officer: User, *rows: dict[str, str], **options: Any) -> Plan:
    return move_in(ForceFactory(slug="exampleshire"), "tracker.csv", sheet(*rows), officer, {}, **options)


def only(planned: Plan) -> PlannedRow:
    assert len(planned.rows) == 1
    return planned.rows[0]


def words_of(planned: Plan) -> str:
    return repr(planned)


def test_a_row_moves_what_the_force_says_and_never_the_status(officer: User, tracked: TrackedFinding) -> None:
    row = only(
        brought(
            officer,
            {"text": GATE, "status": "Amber", "due_date": "3/4/2030", "owner": "desk officer", "comment": "Begun."},
        )
    )
    assert (row.state, row.tracked, row.score) == (RowState.CHANGED, tracked.pk, 1.0)
    assert [(change.name, change.before, change.after) for change in row.changes] == [
        ("Position", "Not started", "In progress"),
        ("Target", "nothing", "3 April 2030"),
        ("Owner", "nothing", "Desk Officer"),
        ("Comment", "", "Begun."),
    ]
    tracked.refresh_from_db()
    assert (tracked.position, tracked.target_on, tracked.owner) == ("in_progress", date(2030, 4, 3), officer)
    assert (tracked.status, tracked.changes.count()) == ("open", 1)
    update = tracked.updates.get()
    assert update.comment == "Begun.\n(From the tracker “tracker.csv”, row 2.)"
    assert update.recorded_by == officer


def test_what_is_called_complete_asks_for_sign_off_by_a_second_person(officer: User, tracked: TrackedFinding) -> None:
    brought(officer, {"text": GATE, "status": "Complete"})
    tracked.refresh_from_db()
    assert (tracked.position, tracked.status) == ("ready_for_sign_off", "open")
    assert tracked.sign_off_requests.get().asked_by == officer


@pytest.mark.parametrize("status", ["No further action", "National"])
def test_no_action_and_waiting_for_another_take_a_comment(officer: User, tracked: TrackedFinding, status: str) -> None:
    refused = only(brought(officer, {"text": GATE, "status": status, "comment": "n/a", "owner": "Nobody known"}))
    assert refused.state is RowState.REFUSED
    assert "needs a reason" in refused.reason
    assert (
        only(brought(officer, {"text": GATE, "status": status, "comment": "The estate is sold."})).state
        is RowState.CHANGED
    )
    tracked.refresh_from_db()
    assert tracked.shortfall_reason == "The estate is sold."


def test_an_empty_status_leaves_the_position(officer: User, tracked: TrackedFinding) -> None:
    record_progress(tracked.pk, {"position": "in_progress"}, officer)
    assert only(brought(officer, {"text": GATE, "status": ""})).state is RowState.UNCHANGED
    assert only(brought(officer, {"text": GATE, "status": "Not started"})).changes[0].before == "In progress"


def test_a_date_that_is_the_inspectors_own_sets_no_target(officer: User, tracked: TrackedFinding) -> None:
    TrackedFinding.objects.update(due_on="2030-04-03", due_precision="day")
    assert only(brought(officer, {"text": GATE, "due_date": "2030-04-03"})).state is RowState.UNCHANGED
    tracked.refresh_from_db()
    assert tracked.target_on is None


def test_a_target_that_was_set_moves_only_with_a_reason(officer: User, tracked: TrackedFinding) -> None:
    record_progress(tracked.pk, {"target_on": date(2030, 1, 1)}, officer)
    refused = only(brought(officer, {"text": GATE, "due_date": "1/2/2030"}))
    assert refused.reason == "Say why: a date that was set moves only with a reason."
    assert only(brought(officer, {"text": GATE, "due_date": "1/2/2030", "comment": "Parts are late."})).changes[
        0
    ].after == ("1 February 2030")
    assert tracked.date_changes.last().reason.startswith("Parts are late.")


@pytest.mark.parametrize("name", ["desk OFFICER", "{0.username}", "{0.email}"])
def test_an_owner_is_told_by_name_username_or_address(officer: User, tracked: TrackedFinding, name: str) -> None:
    brought(officer, {"text": GATE, "owner": name.format(officer)})
    tracked.refresh_from_db()
    assert tracked.owner == officer


def test_an_owner_whom_nobody_knows_is_kept_in_words(officer: User, tracked: TrackedFinding) -> None:
    elsewhere = member(Role.OFFICER, "kent", first_name="Other", last_name="Person")
    gone = member(Role.OFFICER, "exampleshire", first_name="Gone", last_name="Person", is_active=False)
    for name in ("Head of Estates", str(elsewhere), str(gone)):
        row = only(brought(officer, {"text": GATE, "owner": name}))
        assert row.notes == (f"No member of Exampleshire Police is called “{name}”: the name is kept in the comment.",)
        assert tracked.updates.last().comment.startswith(f"Owner in the spreadsheet: {name}\n")
    tracked.refresh_from_db()
    assert tracked.owner is None


def test_a_name_that_two_members_bear_chooses_neither(officer: User, tracked: TrackedFinding) -> None:
    member(Role.VIEWER, "exampleshire", first_name="Desk", last_name="Officer")
    row = only(brought(officer, {"text": GATE, "owner": "Desk Officer"}))
    assert row.notes[0].startswith("2 members of Exampleshire Police are called “Desk Officer”")
    tracked.refresh_from_db()
    assert tracked.owner is None


def test_our_reference_matches_whatever_the_words(officer: User, tracked: TrackedFinding) -> None:
    row = only(brought(officer, {"reference": tracked.finding.reference.upper(), "text": RADIOS, "status": "Amber"}))
    assert (row.tracked, row.sureness) == (tracked.pk, "by its reference")


def test_a_row_that_is_not_sure_names_the_findings_and_is_not_stored(officer: User, tracked: TrackedFinding) -> None:
    twin = tracked_finding(tracked.force, text=GATE)
    row = only(brought(officer, {"text": GATE, "status": "Amber"}))
    assert row.state is RowState.REFUSED
    for words in ("not sure which finding is meant", tracked.finding.reference, twin.finding.reference, "100%"):
        assert words in row.reason
    assert not ProgressUpdate.objects.exists()
    assert not TrackerRow.objects.exists()


def test_a_row_that_matches_nothing_becomes_a_finding_of_the_forces_tracker(
    officer: User, tracked: TrackedFinding
) -> None:
    planned = brought(
        officer,
        {"text": RADIOS, "reference": "Rec 9", "status": "Amber", "report": "Peer review 2025", "comment": "Ordered."},
        {"text": "Teach every driver to park."},
    )
    assert [row.state for row in planned.rows] == [RowState.NEW, RowState.NEW]
    made = TrackedFinding.objects.get(finding__text=RADIOS)
    assert (made.finding.reference, made.finding.kind) == ("exampleshire/tracker/recommendation/1", "recommendation")
    assert (made.position, made.status, made.force.slug) == ("in_progress", "open", "exampleshire")
    report = made.finding.report
    assert (report.reference, report.programme, report.cycle) == ("exampleshire/tracker", "tracker", None)
    assert report.title == "Exampleshire Police, brought over from the force’s own tracker"
    for words in ("Ordered.", "Reference in the spreadsheet: Rec 9", "Report in the spreadsheet: Peer review 2025"):
        assert words in made.updates.get().comment
    assert Finding.objects.get(text="Teach every driver to park.").reference == "exampleshire/tracker/afi/1"
    assert made.changes.get().basis == "publication"


def test_the_same_words_brought_over_later_are_the_same_finding(officer: User) -> None:
    brought(officer, {"text": RADIOS, "status": "Not started"})
    later = only(brought(officer, {"text": RADIOS.upper(), "status": "Amber"}))
    assert (later.state, later.changes[0].after) == (RowState.CHANGED, "In progress")
    assert Finding.objects.count() == 1


def test_a_reference_that_nobody_knows_needs_words(officer: User) -> None:
    row = only(brought(officer, {"reference": "exampleshire/2018/afi/9"}))
    assert row.reason == "no finding of Exampleshire Police has this reference, and the row has no text to go by"


ALL_SORTS = (
    {"text": GATE, "status": "Amber", "due_date": "31/3/2030", "owner": "Nobody known", "comment": "Begun."},
    {"text": RADIOS, "status": "Complete", "kind": "Rec"},
    {"text": "Teach every driver to park.", "status": "Purple"},
)


def everything() -> list[Any]:
    """Every row that moving in could touch, as values."""
    models = (TrackedFinding, ProgressUpdate, StatusChange, TrackerRow, Finding, Report)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_the_same_file_again_changes_nothing(officer: User, tracked: TrackedFinding) -> None:
    first = brought(officer, *ALL_SORTS)
    assert first.counts == {"refused": 1, "new": 1, "changed": 1, "unchanged": 0}
    before = everything()
    again = brought(officer, *ALL_SORTS)
    assert again.counts == {"refused": 1, "new": 0, "changed": 0, "unchanged": 2}
    assert not again.to_store
    assert everything() == before


def test_the_same_file_again_undoes_nothing_that_people_did_since(officer: User, tracked: TrackedFinding) -> None:
    """Also where the row had changed nothing the first time, and where the file is a workbook now."""
    signatory = member(Role.SIGNATORY, "exampleshire")
    rows = [*ALL_SORTS[:2], {"text": "Teach every driver to park.", "status": "Not started"}]
    brought(officer, *rows)
    made = {t.finding.text: t for t in TrackedFinding.objects.all()}
    record_progress(made[GATE].pk, {"position": "not_started", "target_on": date(2031, 1, 1)}, officer, "Begun anew.")
    record_progress(made[RADIOS].pk, {"position": "signed_off"}, signatory)
    record_progress(made["Teach every driver to park."].pk, {"position": "in_progress"}, officer)
    before = everything()
    assert brought(officer, *rows).counts["unchanged"] == 3
    cells = [HEADERS, *([row.get(name.lower().replace(" ", "_"), "") for name in HEADERS] for row in rows)]
    book = move_in(made[GATE].force, "tracker.xlsx", workbook(cells), officer, {})
    assert book.counts["unchanged"] == 3
    assert everything() == before


def test_a_changed_row_brings_only_what_is_new_in_it(officer: User, tracked: TrackedFinding) -> None:
    brought(officer, {"text": GATE, "status": "Amber", "comment": "Begun.", "owner": "Nobody known"})
    row = only(brought(officer, {"text": GATE, "status": "Complete", "comment": "Begun.", "owner": "Nobody known"}))
    assert [change.name for change in row.changes] == ["Position"]
    assert tracked.updates.last().comment == "(From the tracker “tracker.csv”, row 2.)"


def test_what_was_signed_off_here_is_never_reopened_by_a_file(officer: User, tracked: TrackedFinding) -> None:
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, officer)
    record_progress(tracked.pk, {"position": "signed_off"}, member(Role.SIGNATORY, "exampleshire"))
    row = only(brought(officer, {"text": GATE, "status": "Not started"}))
    assert (row.state, row.notes) == (
        RowState.UNCHANGED,
        ("It is signed off here: the spreadsheet’s status is left aside.",),
    )
    tracked.refresh_from_db()
    assert tracked.position == Position.SIGNED_OFF


def test_what_the_inspectors_closed_is_not_sent_for_sign_off(officer: User, tracked: TrackedFinding) -> None:
    TrackedFinding.objects.update(status="achieved")
    row = only(brought(officer, {"text": GATE, "status": "Complete"}))
    assert (row.state, row.notes) == (
        RowState.UNCHANGED,
        ("The inspectors have closed it: there is nothing to sign off.",),
    )


def test_two_equal_rows_count_once_and_two_on_one_finding_do_not_both_stand(
    officer: User, tracked: TrackedFinding
) -> None:
    planned = brought(
        officer,
        {"text": GATE, "status": "Amber"},
        {"text": GATE, "status": "Amber"},
        {"text": GATE, "status": "Complete"},
        {"text": RADIOS, "status": "Amber"},
        {"text": RADIOS, "status": "Complete"},
    )
    assert [row.state.value for row in planned.rows] == ["changed", "unchanged", "refused", "new", "refused"]
    assert planned.rows[1].notes == ("Says the same as row 2.",)
    assert planned.rows[2].reason == "row 2 is about the same finding"
    assert planned.rows[4].reason == "row 5 is about the same finding"


def canary_of_kent() -> TrackedFinding:
    """A finding of another force, with words that must never be seen."""
    force = ForceFactory(slug="kent", name="Kent Police")
    report = ReportFactory(force=force, reference="kent/2018/legitimacy", title="CANARY report")
    finding = tracked_finding(
        force,
        report=report,
        reference="kent/2018/legitimacy/q2/afi/1",
        text="CANARY. " + GATE,
        summary="CANARY summary",
    )
    TrackedFinding.objects.filter(pk=finding.pk).update(lead="CANARY", closing_plan="CANARY")
    member(Role.OFFICER, force, first_name="CANARY", last_name="Owner")
    return finding


@pytest.fixture
def theirs() -> TrackedFinding:
    return canary_of_kent()


def another_forces_rows(theirs: TrackedFinding) -> Iterable[dict[str, str]]:
    yield {"reference": theirs.finding.reference, "status": "Complete"}
    yield {"reference": "kent/2018/legitimacy/q9/afi/9", "status": "Complete"}
    yield {"text": GATE, "force": "Kent", "status": "Complete"}
    yield {"text": GATE, "force": "kent", "status": "Complete"}
    yield {"text": GATE, "force": "Loamshire", "status": "Complete"}


def test_rows_of_another_force_are_refused_and_none_of_its_words_are_seen(
    officer: User, theirs: TrackedFinding
) -> None:
    rows = list(another_forces_rows(theirs))
    planned = brought(officer, *rows, {"text": GATE, "owner": "Canary Owner"}, {"reference": str(theirs.pk)})
    assert [row.state.value for row in planned.rows] == ["refused"] * 5 + ["new", "refused"]
    for row in planned.rows[:5]:
        assert row.reason == "the row is about another force than Exampleshire Police"
    assert planned.rows[5].tracked is None
    assert planned.rows[6].reason.startswith("no finding of Exampleshire Police has this reference")
    assert "CANARY" not in words_of(planned)
    theirs.refresh_from_db()
    assert (theirs.position, theirs.version, theirs.updates.count()) == ("not_started", 1, 0)
    assert TrackedFinding.objects.get(finding__text=GATE).force.slug == "exampleshire"


def test_a_known_and_an_unknown_reference_of_another_force_are_answered_alike(
    officer: User, theirs: TrackedFinding
) -> None:
    known = only(brought(officer, {"reference": theirs.finding.reference}, dry_run=True))
    unknown = only(brought(officer, {"reference": "kent/2018/legitimacy/q9/afi/9"}, dry_run=True))
    assert known.reason == unknown.reason


@pytest.mark.parametrize("name", ["Exampleshire", "exampleshire police", "EXAMPLESHIRE POLICE", ""])
def test_the_force_by_any_of_its_names_is_the_force(officer: User, tracked: TrackedFinding, name: str) -> None:
    assert only(brought(officer, {"text": GATE, "force": name, "status": "Amber"})).state is RowState.CHANGED


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SIGNATORY, Role.NATIONAL, Role.ADMINISTRATOR])
def test_only_officers_of_the_force_bring_its_tracker_over(tracked: TrackedFinding, role: Role) -> None:
    user = member(role, tracked.force if role.is_of_a_force else None)
    for by in (user, member(Role.OFFICER, "kent")):
        with pytest.raises(Refused, match="Only an officer of"):
            brought(by, {"text": GATE})
        with pytest.raises(Refused, match="Only an officer of"):
            brought(by, {"text": GATE}, dry_run=True)
    assert not TrackerFile.objects.exists()


def test_an_officer_of_another_force_neither_chooses_nor_stores(officer: User, tracked: TrackedFinding) -> None:
    file = give(tracked.force, "tracker.csv", sheet({"text": GATE}), officer)
    stranger = member(Role.OFFICER, "kent")
    with pytest.raises(Refused):
        choose_columns(file.pk, {"text": "Text"}, stranger)
    with pytest.raises(Refused):
        store(file.pk, stranger)


def test_all_is_stored_or_nothing(officer: User, tracked: TrackedFinding, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer refuses the second row for a reason that the plan did not see."""

    def refusing(tracked_id: int, values: Any, by: User, comment: str = "") -> None:
        if "row 3" in comment:
            raise Refused("moved", "Somebody was faster.")
        record_progress(tracked_id, values, by, comment)

    monkeypatch.setattr("tracking.moving_in.record_progress", refusing)
    file = give(
        tracked.force,
        "tracker.csv",
        sheet({"text": GATE, "status": "Amber"}, {"text": RADIOS, "status": "Amber"}),
        officer,
    )
    before = everything()
    with pytest.raises(Refused, match=r"Row 3: Somebody was faster\. Nothing was stored\."):
        store(file.pk, officer)
    assert everything() == before
    file.refresh_from_db()
    assert file.stored_at is None


def test_what_is_stored_is_what_was_seen(officer: User, tracked: TrackedFinding) -> None:
    file = give(tracked.force, "tracker.csv", sheet({"text": GATE, "status": "Amber"}), officer)
    seen = plan(file, officer)
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, officer)
    with pytest.raises(Refused, match="Something was changed since you looked"):
        store(file.pk, officer, seen.seal)
    assert store(file.pk, officer, plan(file, officer).seal).counts["changed"] == 1
    with pytest.raises(Refused, match="stored already"):
        store(file.pk, officer)


def test_a_look_stores_nothing(officer: User, tracked: TrackedFinding) -> None:
    before = everything()
    assert brought(officer, *ALL_SORTS, dry_run=True).counts["new"] == 1
    assert everything() == before
    assert not TrackerFile.objects.exists()
    assert not TrackerColumns.objects.exists()


def test_columns_once_chosen_are_remembered_for_the_force_and_for_no_other(
    officer: User, tracked: TrackedFinding
) -> None:
    content = b"What,How far,Who\n%s,Amber,desk officer\n" % GATE.encode()
    columns = {"text": "What", "status": "How far", "owner": "Who"}
    file = give(tracked.force, "a.csv", content, officer)
    assert file.columns == {}
    with pytest.raises(Incomplete, match="Say which column holds the text"):
        plan(file, officer)
    choose_columns(file.pk, columns, officer)
    reordered = b"who,What,how far:\ndesk officer,Another,Amber\n"
    assert give(tracked.force, "b.csv", reordered, officer).columns == {
        "text": "What",
        "status": "how far:",
        "owner": "who",
    }
    elsewhere = member(Role.OFFICER, "kent")
    assert give(ForceFactory(slug="kent"), "b.csv", reordered, elsewhere).columns == {}


def test_a_draft_of_the_same_file_is_taken_up_again(officer: User, tracked: TrackedFinding) -> None:
    content = sheet({"text": GATE})
    first = give(tracked.force, "a.csv", content, officer)
    assert give(tracked.force, "a.csv", content, officer).pk == first.pk
    store(first.pk, officer)
    assert give(tracked.force, "a.csv", content, officer).pk != first.pk


def test_a_file_that_is_none_keeps_nothing(officer: User) -> None:
    with pytest.raises(NotATracker):
        give(ForceFactory(slug="exampleshire"), "a.csv", b"%PDF-1.7", officer)
    assert not TrackerFile.objects.exists()


def run(path: Path, *args: str, by: str, force: str = "exampleshire") -> str:
    out = StringIO()
    call_command("import_tracker", str(path), "--force", force, "--by", by, *args, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "tracker.csv"
    made.write_bytes(sheet({"text": GATE, "status": "Amber", "comment": "Begun."}, {"text": RADIOS, "kind": "Rec"}))
    return made


def test_the_command_shows_stores_and_does_it_once(officer: User, tracked: TrackedFinding, path: Path) -> None:
    first = run(path, by=officer.username)
    for words in ("row 2 changed: The force should mend", "means (100% alike)", "Position: Not started → In progress",
                  "row 3 new: Buy better radios", "Kind: Recommendation.", "Text (text)", "0 unchanged, 1 changed, 1 new, 0 refused"):  # fmt: skip
        assert words in first
    before = everything()
    assert "2 unchanged, 0 changed, 0 new, 0 refused" in run(path, by=officer.username)
    assert everything() == before


def test_the_command_only_looks_when_asked_to(officer: User, tracked: TrackedFinding, path: Path) -> None:
    before = everything()
    assert "Dry run: nothing was stored." in run(path, "--dry-run", by=officer.username)
    assert everything() == before
    assert not TrackerFile.objects.exists()


def test_refused_rows_end_with_1_and_can_be_mended(officer: User, tracked: TrackedFinding, tmp_path: Path) -> None:
    path, out = tmp_path / "tracker.csv", tmp_path / "refused.csv"
    path.write_bytes(sheet({"text": GATE, "status": "Amber"}, {"text": RADIOS, "status": "Purple"}))
    with pytest.raises(CommandError, match="1 of 2 rows were refused") as error:
        run(path, "--refused", str(out), by=officer.username)
    assert error.value.returncode == 1
    tracked.refresh_from_db()
    assert tracked.position == "in_progress"
    assert "cell C3 (“Status”): “Purple”" in out.read_text()
    out.write_text(out.read_text().replace(",Purple,", ",Amber,"))
    assert "0 unchanged, 0 changed, 1 new, 0 refused" in run(out, by=officer.username)


def test_columns_are_named_on_the_command_line_and_remembered(
    officer: User, tracked: TrackedFinding, tmp_path: Path
) -> None:
    path = tmp_path / "tracker.csv"
    path.write_text(f"What,Status,Comment\n{GATE},x,Amber\n")
    assert "1 changed" in run(path, "--column", "text=What", "--column", "status=Comment", by=officer.username)
    path.write_text(f"What,Status,Comment\n{GATE},y,Green\n")
    assert "1 changed" in run(path, by=officer.username)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"force": "loamshire"}, "There is no force “loamshire” here."),
        ({"by": "nobody"}, "There is no active person “nobody” here."),
        ({"force": "kent"}, "Only an officer of Kent Police"),
        ({"args": ("--column", "colour=Text")}, "“colour=Text” is no FIELD=HEADER; fields are reference, text"),
        ({"args": ("--column", "owner=Who")}, "The file has no column “Who”"),
        ({"args": ("--refused", "/nowhere/at/all.csv")}, "No such file"),
        ({"content": b"%PDF-1.7"}, "tracker.csv: the file is a PDF"),
        ({"content": None}, "tracker.csv: No such file"),
    ],
)
def test_what_is_wrong_ends_with_2_and_a_sentence(
    officer: User, tracked: TrackedFinding, path: Path, change: dict[str, Any], said: str
) -> None:
    ForceFactory(slug="kent", name="Kent Police")
    if "content" in change:
        path.unlink()
        if change["content"]:
            path.write_bytes(change["content"])
    with pytest.raises(CommandError) as error:
        run(
            path,
            *change.get("args", ()),
            by=change.get("by", officer.username),
            force=change.get("force", "exampleshire"),
        )
    assert said in str(error.value)
    if "content" in change or "owner=Who" in change.get("args", ()):
        assert not TrackerFile.objects.exists()
    if not str(error.value).startswith("Error: "):  # Django ends with 2 for arguments, but only in a process of its own
        assert error.value.returncode == 2


def test_the_command_shows_no_word_of_another_force(officer: User, theirs: TrackedFinding, tmp_path: Path) -> None:
    path, refused = tmp_path / "tracker.csv", tmp_path / "refused.csv"
    path.write_bytes(sheet(*another_forces_rows(theirs)))
    out = StringIO()
    with pytest.raises(CommandError):
        call_command(
            "import_tracker", str(path), "--force", "exampleshire", "--by", officer.username, "--refused", str(refused), stdout=out
        )  # fmt: skip
    assert "CANARY" not in out.getvalue() + refused.read_text()
    assert "another force than Exampleshire Police" in out.getvalue()


def test_what_was_brought_over_is_no_published_record_and_nobody_else_sees_it(
    officer: User, api: Any, browser: Any
) -> None:
    brought(officer, {"text": f"{RADIOS} CANARY", "kind": "AFI"})
    finding = Finding.objects.get()
    stranger, own = member(Role.OFFICER, "kent"), api(officer)
    for reader in (stranger, member(Role.ADMINISTRATOR)):
        client, pages = api(reader), browser(reader)
        for address in (
            "findings/",
            f"findings/{finding.pk}/",
            f"findings/{finding.pk}/similar/",
            "findings/?search=radios",
            "reports/",
            f"reports/{finding.report_id}/",
            f"tracked-findings/?report={finding.report_id}",
        ):
            body = client.get(f"/api/v1/{address}").content.decode()
            assert "CANARY" not in body, address
            assert "brought over" not in body, address
        for model, pk in (("finding", finding.pk), ("report", finding.report_id)):
            assert "CANARY" not in pages.get(f"/admin/findings/{model}/").content.decode()
            assert "brought over" not in pages.get(f"/admin/findings/{model}/").content.decode()
            assert "CANARY" not in pages.get(f"/admin/findings/{model}/{pk}/change/", follow=True).content.decode()
    tracked = TrackedFinding.objects.get(finding=finding)
    alike = tracked_finding(ForceFactory(slug="kent"), text=RADIOS)
    similar = api(stranger).get(f"/api/v1/findings/{alike.finding_id}/similar/").json()
    assert similar == {"similar": [], "practice": []}
    assert own.get(f"/api/v1/tracked-findings/{tracked.pk}/").json()["finding"]["text"] == f"{RADIOS} CANARY"
    filtered = own.get(f"/api/v1/tracked-findings/?report={finding.report_id}").json()["results"]
    assert [row["id"] for row in filtered] == [tracked.pk]
    page = browser(officer).get(f"/admin/tracking/trackedfinding/{tracked.pk}/change/")
    assert page.status_code == 200
    assert f"/admin/findings/report/{finding.report_id}/" not in page.content.decode()


def test_a_report_of_another_forces_tracker_is_as_unknown_as_none(officer: User, api: Any) -> None:
    brought(officer, {"text": RADIOS})
    stranger = api(member(Role.OFFICER, "kent"))
    foreign, missing = (
        stranger.get(f"/api/v1/tracked-findings/?report={pk}").json()["errors"]
        for pk in (Report.objects.get().pk, 999_999)
    )
    assert foreign == missing


def test_an_inspections_verdict_closes_what_was_brought_over(officer: User) -> None:
    brought(officer, {"text": RADIOS})
    tracked = TrackedFinding.objects.get()
    decide(AssessmentFactory(tracked_finding=tracked).pk, Decision.CONFIRM, officer, "It names the radios.")
    tracked.refresh_from_db()
    assert tracked.status == "achieved"
