"""What was read in a report is put right by a person, and stays so whenever the report comes in again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from findings.corrections import CannotCorrect
from findings.corrections import merge as merge_record
from findings.importing import ImportedReport
from findings.models import Correction, Element, Finding, Report, Theme
from findings.themes import correct_themes
from findings.vocabulary import FindingKind
from findings.wording import places_to_split
from tests.factories import AssessmentFactory, FindingFactory, member, tracked_finding
from tracking.changes import Move, change_status
from tracking.correcting import correct, corrections_of, merge, split
from tracking.history import verify_history
from tracking.intake import IntakeResult, take_in
from tracking.models import TrackedFinding, User
from tracking.progress import record_progress
from tracking.vocabulary import Basis, Role, Status
from tracking.workflow import Refused

TITLE = "Kent PEEL 2015\nLegitimacy\n"
QUESTION = "1\nTo what extent does the force treat all of the people it serves with fairness and respect?\nGood\n"
BICYCLES = "The force should mend the bicycles of its officers. It should also oil every gate of its stations."
WHISTLES = "The force should polish the whistles of its sergeants before the summer."
KETTLES = "The force should descale the kettles in its canteens each month."
PAGE = f"{TITLE}{QUESTION}Areas for improvement\n• {BICYCLES}\n• {WHISTLES}\n• {KETTLES}\n"
WHY = "The page says otherwise."


@pytest.fixture
def officer(reference: None) -> User:
    return member(Role.OFFICER, "kent")


@pytest.fixture
def report(officer: User) -> Report:
    return read(PAGE).report


def read(page: str) -> IntakeResult:
    return take_in("kent.txt", page.encode())


def named(report: Report, text: str) -> Finding:
    return Finding.objects.get(report=report, text=text)


def standing(report: Report) -> list[tuple[str, str, str]]:
    """Kind, number in the reference and text of each finding that stands, in the order of the references."""
    rows = Finding.objects.standing().filter(report=report).order_by("reference")
    return [(row.kind, row.reference.rsplit("/", 1)[1], row.text) for row in rows]


def corrected(finding: Finding, by: User, **values: Any) -> list[Correction]:
    finding.refresh_from_db()
    stands = {
        "heading": finding.heading,
        "text": finding.text,
        "kind": FindingKind(finding.kind),
        "themes": list(finding.themes.all()),
        "seen": corrections_of(finding),
    }
    return correct(finding, by, values.pop("reason", WHY), **{**stands, **values})


def counts(result: IntakeResult | ImportedReport) -> tuple[Any, ...]:
    return (result.created, result.changed, result.missing)


def test_a_page_is_read_as_three_findings(report: Report) -> None:
    assert standing(report) == [("afi", "1", BICYCLES), ("afi", "2", WHISTLES), ("afi", "3", KETTLES)]


def test_a_wording_is_put_right_and_the_same_document_leaves_it_so(report: Report, officer: User) -> None:
    finding = named(report, WHISTLES)
    (made,) = corrected(finding, officer, text="The force should polish its whistles.", heading="Whistles")
    assert (made.kind, made.reason, made.recorded_by_name) == ("wording", WHY, str(officer))
    assert [said["text"] for said in (*made.before, *made.after)] == [WHISTLES, "The force should polish its whistles."]
    reference = finding.reference
    result = read(PAGE)
    assert counts(result) == (0, 0, 0)
    finding.refresh_from_db()
    assert (finding.reference, finding.heading, finding.text) == (reference, "Whistles", "The force should polish its whistles.")  # fmt: skip


def test_another_copy_that_says_it_a_little_differently_leaves_the_correction(report: Report, officer: User) -> None:
    corrected(named(report, WHISTLES), officer, text="The force should polish its whistles.")
    result = read(PAGE.replace("before the summer", "before the autumn"))
    assert counts(result) == (0, 0, 0)
    assert ("afi", "2", "The force should polish its whistles.") in standing(report)


def test_a_finding_that_left_the_report_takes_no_other_along(report: Report, officer: User) -> None:
    corrected(named(report, WHISTLES), officer, text="Whistles are to shine.")
    result = read(PAGE.replace(f"• {WHISTLES}\n", ""))
    assert counts(result) == (0, 0, 1)
    assert [text for _, _, text in standing(report)] == [BICYCLES, "Whistles are to shine.", KETTLES]


def test_a_kind_is_put_right_and_keeps_its_reference(report: Report, officer: User) -> None:
    finding = named(report, BICYCLES)
    corrected(finding, officer, kind=FindingKind.RECOMMENDATION)
    assert counts(read(PAGE)) == (0, 0, 0)
    assert standing(report)[0] == ("recommendation", "1", BICYCLES)
    more = read(
        PAGE.replace("• The force should mend", "• The force should sweep its chimneys.\n• The force should mend")
    )
    assert more.created == 1
    assert len({row.reference for row in Finding.objects.filter(report=report)}) == 4


def test_corrections_of_corrections_are_made_again_in_their_order(report: Report, officer: User) -> None:
    finding = named(report, WHISTLES)
    corrected(finding, officer, text="First words of a correction.")
    corrected(finding, officer, kind=FindingKind.CAUSE_OF_CONCERN)
    corrected(finding, officer, text="Second words of a correction.")
    assert counts(read(PAGE)) == (0, 0, 0)
    finding.refresh_from_db()
    assert (finding.kind, finding.text) == ("cause_of_concern", "Second words of a correction.")


def test_themes_chosen_are_kept_with_a_correction(report: Report, officer: User) -> None:
    finding = named(report, KETTLES)
    themes = list(Theme.objects.order_by("slug")[:2])
    (made,) = corrected(finding, officer, themes=themes)
    assert (made.kind, made.after) == ("themes", [theme.slug for theme in themes])
    read(PAGE)
    assert sorted(theme.slug for theme in finding.themes.all()) == made.after


def test_all_that_differs_is_corrected_at_once_and_nothing_else(report: Report, officer: User) -> None:
    finding = named(report, KETTLES)
    made = corrected(finding, officer, text="Kettles.", kind=FindingKind.RECOMMENDATION)
    assert [one.kind for one in made] == ["wording", "kind"]
    with pytest.raises(Refused, match="Nothing differs"):
        corrected(finding, officer)
    assert Correction.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"reason": " ", "text": "Other words."}, "every correction carries a reason"),
        ({"text": "  "}, "cannot be left empty"),
        ({"heading": "x" * 301}, "at most 300 letters"),
        ({"text": "Other words.", "seen": 1}, "Somebody else corrected"),
        ({"text": "Other words.", "kind": FindingKind.INNOVATIVE_PRACTICE}, "nothing to close"),
    ],
)
def test_what_cannot_be_corrected_is_refused_in_whole(
    values: dict[str, Any], said: str, report: Report, officer: User
) -> None:
    with pytest.raises(Refused, match=said):
        corrected(named(report, WHISTLES), officer, **values)
    assert standing(report)[1] == ("afi", "2", WHISTLES)
    assert Correction.objects.count() == 0


def test_practice_that_is_a_finding_after_all_is_tracked_from_then_on(report: Report, officer: User) -> None:
    practice = FindingFactory(report=report, kind="innovative_practice", text="Practice of the force.")
    assert not practice.tracked.exists()
    corrected(practice, officer, kind=FindingKind.AFI)
    assert [row.force.slug for row in practice.tracked.all()] == ["kent"]


def test_two_findings_read_apart_become_one_and_stay_so(report: Report, officer: User) -> None:
    first, second = named(report, BICYCLES), named(report, WHISTLES)
    verdict = AssessmentFactory(tracked_finding=second.tracked.get())
    made = merge(second, first, officer, WHY)
    assert (made.finding, made.other, made.kind) == (first, second, "merged")
    both = f"{BICYCLES}\n{WHISTLES}"
    assert standing(report) == [("afi", "1", both), ("afi", "3", KETTLES)]
    kept, gone = first.tracked.get(), second.tracked.get()
    assert (gone.status, gone.successor, kept.status) == (Status.SUPERSEDED, kept, Status.OPEN)
    verdict.refresh_from_db()
    assert verdict.tracked_finding == kept
    opened = TrackedFinding.objects.count()
    for page in (PAGE, PAGE.replace("summer", "autumn")):
        assert counts(read(page)) == (0, 0, 0)
        assert standing(report) == [("afi", "1", both), ("afi", "3", KETTLES)]
    assert TrackedFinding.objects.count() == opened
    assert not any(verify_history())
    assert not Finding.objects.published().filter(pk=second.pk).exists()


def test_merging_takes_elements_and_a_date_along(report: Report, officer: User) -> None:
    first, second = named(report, BICYCLES), named(report, WHISTLES)
    Element.objects.create(finding=second, position=1, text="polish the whistles")
    second.deadline_wording, second.due_on, second.due_precision = "by May 2030", "2030-05-31", "month"
    second.save()
    merge(first, second, officer, WHY)
    first.refresh_from_db()
    assert [element.text for element in first.elements.all()] == ["polish the whistles"]
    assert str(first.due_on) == "2030-05-31"
    tracked = first.tracked.get()
    assert [limb.element.text for limb in tracked.elements.all()] == ["polish the whistles"]
    assert str(tracked.due_on) == "2030-05-31"


def worked_on(tracked: TrackedFinding, officer: User) -> None:
    record_progress(tracked.pk, {"position": "in_progress"}, officer, "Begun.")


def moved(tracked: TrackedFinding, officer: User) -> None:
    verdict = AssessmentFactory(tracked_finding=tracked, state="confirmed", decided_by=officer, decided_at="2023-01-01T00:00Z")  # fmt: skip
    change_status(Move(tracked.pk, Status.ACHIEVED, Basis.ASSESSMENT, "Read.", assessment=verdict), officer)


def rejected(tracked: TrackedFinding, officer: User) -> None:
    AssessmentFactory(tracked_finding=tracked, state="rejected", decided_by=officer, decided_at="2023-01-01T00:00Z")


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (worked_on, "its progress was recorded"),
        (moved, "its status was changed"),
        (rejected, "a verdict on it was decided"),
    ],
)
def test_what_somebody_worked_with_is_not_merged_away(
    work: Callable[[TrackedFinding, User], None], said: str, report: Report, officer: User
) -> None:
    first, second = named(report, BICYCLES), named(report, WHISTLES)
    work(second.tracked.get(), officer)
    status = second.tracked.get().status
    with pytest.raises(Refused, match=said):
        merge(first, second, officer, WHY)
    assert len(standing(report)) == 3
    assert (second.tracked.get().status, Correction.objects.count()) == (status, 0)
    work(first.tracked.get(), officer)
    Finding.objects.filter(pk=first.pk).update(line=1)
    merge(first, named(report, KETTLES), officer, WHY)


def test_only_two_findings_of_one_report_are_merged(report: Report, officer: User) -> None:
    finding, elsewhere = named(report, BICYCLES), tracked_finding().finding
    for other in (elsewhere, finding):
        with pytest.raises(Refused, match="another finding of the same report"):
            merge(finding, other, officer, WHY)
    child = named(report, KETTLES)
    child.parent = named(report, WHISTLES)
    child.save()
    with pytest.raises(CannotCorrect, match="merge those first"):
        merge_record(finding, named(report, WHISTLES), WHY, "somebody")


def test_one_finding_is_split_at_a_place_of_its_text_and_stays_so(report: Report, officer: User) -> None:
    finding = named(report, BICYCLES)
    (place,) = places_to_split(BICYCLES)
    made = split(finding, place, officer, WHY)
    parts = ["The force should mend the bicycles of its officers.", "It should also oil every gate of its stations."]
    expected = [("afi", "1", parts[0]), ("afi", "2", WHISTLES), ("afi", "3", KETTLES), ("afi", "4", parts[1])]
    assert standing(report) == expected
    assert made.other is not None
    assert [row.force.slug for row in made.other.tracked.all()] == ["kent"]
    for page in (PAGE, PAGE.replace("every gate", "each gate")):
        assert counts(read(page)) == (0, 0, 0)
        assert standing(report) == expected


@pytest.mark.parametrize("place", [0, -1, 10**6, 1])
def test_a_split_needs_words_on_both_sides(place: int, report: Report, officer: User) -> None:
    with pytest.raises(Refused, match="where in its text"):
        split(named(report, BICYCLES), place, officer, WHY)
    assert len(standing(report)) == 3


def test_what_has_elements_is_not_split_as_well(report: Report, officer: User) -> None:
    finding = named(report, BICYCLES)
    Element.objects.create(finding=finding, position=1, text="mend the bicycles")
    with pytest.raises(Refused, match="elements"):
        split(finding, places_to_split(BICYCLES)[0], officer, WHY)


def test_what_was_merged_or_never_read_is_not_corrected(report: Report, officer: User) -> None:
    first, second = named(report, BICYCLES), named(report, WHISTLES)
    merge(first, second, officer, WHY)
    with pytest.raises(Refused, match="correct that one"):
        corrected(second, officer, text="Other words.")
    with pytest.raises(Refused, match="not taken in from a document"):
        corrected(tracked_finding().finding, officer, text="Other words.")


def test_a_reader_that_learned_to_read_it_right_agrees_with_the_correction(report: Report, officer: User) -> None:
    right = "The force should polish the whistles of its sergeants before the winter."
    corrected(named(report, WHISTLES), officer, text=right)
    assert counts(read(PAGE.replace(WHISTLES, right))) == (0, 0, 0)
    assert standing(report)[1] == ("afi", "2", right)


def test_themes_corrected_elsewhere_are_not_lost_by_a_new_wording(report: Report, officer: User) -> None:
    finding = named(report, KETTLES)
    chosen = Theme.objects.order_by("slug")[0]
    correct_themes(finding, [chosen.slug])
    corrected(finding, officer, text="The force should descale its kettles.")
    assert list(finding.themes.all()) == [chosen]


@pytest.mark.parametrize(
    "statement", ["UPDATE findings_correction SET reason = 'x'", "DELETE FROM findings_correction", "REPLACE"]
)
def test_the_database_keeps_what_was_corrected(statement: str, report: Report, officer: User) -> None:
    corrected(named(report, KETTLES), officer, text="Kettles.")
    if statement == "REPLACE":
        if connection.vendor != "sqlite":
            statement = "TRUNCATE findings_correction"
        else:
            statement = "INSERT OR REPLACE INTO findings_correction SELECT * FROM findings_correction"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Correction.objects.get().reason == WHY
