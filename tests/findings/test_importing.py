"""A report taken in twice, corrected, or over the demo's records: nothing doubles, nothing is lost."""

from pathlib import Path

import pytest

from findings.importing import import_reading
from findings.models import Finding, Judgment, Report
from findings.reading.reader import read_report
from findings.reading.values import NotReadable
from findings.reference import load_forces, load_reference

pytestmark = pytest.mark.django_db

TITLE = "Exampleshire PEEL 2015\nLegitimacy\nHow fair is it to all people?\nHow well does it treat people?\nAreas for improvement\n"


@pytest.fixture(autouse=True)
def forces() -> None:
    load_reference()
    load_forces("example_force.json")


def page(*bullets: str) -> str:
    return TITLE + "\n".join(f"- {bullet}" for bullet in bullets) + "\nIt is fair."


def test_references_are_made_of_force_cycle_pillar_question_kind_and_number(samples: Path) -> None:
    import_reading(None, read_report((samples / "exampleshire-2018-legitimacy.txt").read_text()))
    import_reading(None, read_report((samples / "exampleshire-2021-22.txt").read_text()))
    references = set(Finding.objects.values_list("reference", flat=True))
    assert "exampleshire/2018/legitimacy/q2/afi/2" in references
    assert "exampleshire/2021-22/investigating-crime/recommendation/1" in references


def test_the_same_reading_again_changes_nothing(samples: Path) -> None:
    reading = read_report((samples / "exampleshire-2021-22.txt").read_text())
    first = import_reading(None, reading)
    before = list(Finding.objects.order_by("pk").values()) + list(Judgment.objects.order_by("pk").values())
    again = import_reading(None, reading)
    assert (len(again.created), len(again.changed), len(again.unchanged)) == (0, 0, len(first.created))
    assert list(Finding.objects.order_by("pk").values()) + list(Judgment.objects.order_by("pk").values()) == before


def test_a_corrected_word_changes_the_record_in_its_place() -> None:
    import_reading(
        None, read_report(page("The force should train all of its new sergeants.", "The force should listen."))
    )
    again = import_reading(
        None, read_report(page("The force should train all of its newest sergeants.", "The force should listen."))
    )
    assert [f.number for f in again.changed] == [1]
    assert [f.number for f in again.unchanged] == [2]
    assert Finding.objects.filter(scope="force").count() == 2


def test_a_finding_put_before_others_takes_no_record_of_theirs() -> None:
    import_reading(None, read_report(page("The force should train its sergeants.", "The force should listen.")))
    known = dict(Finding.objects.filter(scope="force").values_list("text", "reference"))
    again = import_reading(
        None,
        read_report(
            page("The force should buy radios.", "The force should train its sergeants.", "The force should listen.")
        ),
    )
    assert [f.number for f in again.created] == [3]
    assert {f.text: f.reference for f in again.unchanged} == known


def test_a_finding_that_a_correction_drops_is_kept_and_named() -> None:
    import_reading(None, read_report(page("The force should train its sergeants.", "The force should listen.")))
    again = import_reading(None, read_report(page("The force should train its sergeants.")))
    assert [f.text for f in again.missing] == ["The force should listen."]
    assert Finding.objects.filter(scope="force").count() == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (page("It should act.").replace("Exampleshire", "Loamshire"), "none of the 43 forces"),
        (page("It should act.").replace("2015", "2019"), "cycle 2019 is not known"),
    ],
)
def test_an_unknown_force_or_cycle_is_refused_before_anything_is_stored(text: str, reason: str) -> None:
    before = Report.objects.count()
    with pytest.raises(NotReadable, match=reason):
        import_reading(None, read_report(text))
    assert Report.objects.count() == before


def test_an_older_copy_does_not_undo_a_newer_one() -> None:
    newer = page("The force should train its sergeants.").replace(
        "Legitimacy\n", "Legitimacy\nLast updated 02/02/2020\n", 1
    )
    import_reading(None, read_report(newer))
    older = newer.replace("02/02/2020", "01/01/2020").replace("sergeants", "constables")
    with pytest.raises(NotReadable, match="is in already"):
        import_reading(None, read_report(older))
    assert Finding.objects.get(scope="force").text == "The force should train its sergeants."


def test_near_copies_keep_their_records_when_others_come_before_them() -> None:
    subjects = ("vetting", "appraisal")
    bullets = [f"The force should improve the {subject} of its officers and staff." for subject in subjects]
    import_reading(None, read_report(page(*bullets)))
    before = {f.text: f.pk for f in Finding.objects.all()}
    added = "The force should improve the training of its officers and staff."
    imported = import_reading(None, read_report(page(added, *bullets)))
    assert [f.text for f in imported.created] == [added]
    assert {f.text: f.pk for f in Finding.objects.all() if f.text in before} == before
    shorter = import_reading(None, read_report(page(added, bullets[1].replace("appraisal", "appraisals"))))
    assert [f.pk for f in shorter.missing] == [before[bullets[0]]]
    assert [f.pk for f in shorter.changed] == [before[bullets[1]]]
