"""Samples of each layout, read whole; every rule beside a near miss that must stay silent."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from findings.grades import Grade
from findings.reading.reader import read_report
from findings.reading.values import NotReadable, ReportReading
from findings.vocabulary import FindingKind, Outcome, Pillar, Precision, Scope


@pytest.fixture(scope="module")
def web(samples: Path) -> ReportReading:
    return read_report((samples / "exampleshire-2018-legitimacy.txt").read_text())


@pytest.fixture(scope="module")
def pdf(samples: Path) -> ReportReading:
    return read_report((samples / "exampleshire-2021-22.txt").read_text())


@pytest.fixture(scope="module")
def plain(samples: Path) -> ReportReading:
    return read_report((samples / "exampleshire-2016-legitimacy.txt").read_text())


def test_a_web_page_says_what_it_is(web: ReportReading) -> None:
    assert (web.layout, web.force.slug, web.cycle, web.pillar) == ("web", "exampleshire", "2018", Pillar.LEGITIMACY)
    assert (web.updated_on, web.published_on) == (date(2019, 5, 14), None)
    assert web.overall_grade is Grade.GOOD
    assert web.warnings == ()


def test_questions_have_number_grade_and_where_it_was_carried_over_from(web: ReportReading) -> None:
    judged = [(j.number, j.grade, j.carried_over_from, j.line) for j in web.judgments]
    assert judged == [
        (1, Grade.GOOD, "2017", 20),
        (2, Grade.GOOD, None, 36),
        (3, Grade.REQUIRES_IMPROVEMENT, None, 60),
    ]


def test_each_bullet_under_areas_for_improvement_is_one_finding(web: ReportReading) -> None:
    assert [(f.kind, f.question, f.line) for f in web.findings] == [
        (FindingKind.AFI, 2, 42),
        (FindingKind.AFI, 2, 43),
        (FindingKind.AFI, 3, 66),
    ]


def test_verdicts_on_earlier_findings_are_read_with_what_they_name(web: ReportReading) -> None:
    partly, achieved, not_achieved, progress = web.assessments
    assert (partly.outcome, partly.refers_to.year, partly.refers_to.scope) == (
        Outcome.PARTLY_COMPLIED,
        "2017",
        Scope.NATIONAL,
    )
    assert len(partly.refers_to.elements) == 3
    assert partly.refers_to.due_on == date(2018, 7, 31)
    assert partly.gaps == ("But its website shows the records of one district only.",)
    assert (achieved.outcome, achieved.refers_to.kind) == (Outcome.ACHIEVED, FindingKind.AFI)
    assert achieved.caveat == "However, two of the logs that we read were signed months late."
    assert (not_achieved.outcome, not_achieved.refers_to.scope) == (Outcome.NOT_ACHIEVED, None)
    assert progress.outcome is Outcome.IN_PROGRESS


def test_a_pdf_turned_to_text_is_read_by_its_areas(pdf: ReportReading) -> None:
    assert (pdf.layout, pdf.cycle, pdf.pillar, pdf.overall_grade) == ("pdf", "2021/22", None, None)
    assert (pdf.published_on, pdf.published_precision) == (date(2022, 11, 1), Precision.MONTH)
    assert [(j.question, j.grade) for j in pdf.judgments] == [
        ("Providing a service to the victims of crime", None),
        ("Responding to the public", Grade.ADEQUATE),
        ("Investigating crime", Grade.INADEQUATE),
        ("Building, supporting and protecting the workforce", Grade.GOOD),
        ("Vetting and counter corruption", None),
    ]
    assert pdf.judgments[4].ungraded_reason == "separate inspection not yet completed"
    assert pdf.judgments[3].also_called == ("Developing a positive workplace",)


def test_recommendations_belong_to_their_cause_of_concern_and_carry_their_dates(pdf: ReportReading) -> None:
    concern = next(f for f in pdf.findings if f.kind is FindingKind.CAUSE_OF_CONCERN)
    made = [f for f in pdf.findings if f.kind is FindingKind.RECOMMENDATION]
    assert [(f.parent, f.due_on, f.deadline_text) for f in made] == [
        (concern.line, date(2023, 3, 31), "By 31 March 2023"),
        (concern.line, date(2023, 6, 30), "By 30 June 2023"),
    ]


def test_headings_under_main_findings_are_no_findings(pdf: ReportReading) -> None:
    assert all("emergencies" not in (f.heading or "") for f in pdf.findings)
    assert {f.heading for f in pdf.findings if f.kind is FindingKind.INNOVATIVE_PRACTICE} == {
        "The force lends experienced sergeants to teams with new ones"
    }


def test_a_plain_page_has_questions_without_numbers_or_grades(plain: ReportReading) -> None:
    assert [(j.number, j.grade, j.ungraded_reason) for j in plain.judgments] == [(None, None, None)] * 3
    assert [f.question for f in plain.findings] == [plain.judgments[i].question for i in (0, 0, 1, 1, 2)]
    assert plain.updated_on is plain.published_on is None


def test_a_force_that_is_none_of_the_43_is_named_and_warned_of() -> None:
    reading = read_report(
        "Loamshire PEEL 2015\nLegitimacy\nHow fair is it to all people?\nHow well does it treat people?\nIt is fair."
    )
    assert reading.force.slug is None
    assert [w.code for w in reading.warnings] == ["unknown_force", "grade_missing"]


@pytest.mark.parametrize("keep", [10, 30, 38, 44, 58, 61, 70])
def test_a_web_page_that_breaks_off_is_told(samples: Path, keep: int) -> None:
    whole = (samples / "exampleshire-2018-legitimacy.txt").read_text().split("\n")
    try:
        reading = read_report("\n".join(whole[:keep]))
    except NotReadable:
        assert keep == 10
        return
    assert reading.truncated is not None, keep


def test_a_pdf_that_lacks_chapters_of_its_contents_list_is_told(samples: Path) -> None:
    whole = (samples / "exampleshire-2021-22.txt").read_text()
    reading = read_report(whole[: whole.index("\nBuilding, supporting and protecting the workforce\n\nGood")])
    assert reading.truncated is not None
    assert "contents list" in reading.truncated.message


def test_a_text_that_stops_in_mid_sentence_is_told(samples: Path) -> None:
    whole = (samples / "exampleshire-2016-legitimacy.txt").read_text()
    reading = read_report(whole[: whole.index(" and check that appraisals")])
    assert reading.truncated is not None
    assert "mid-sentence" in reading.truncated.message


def test_whole_samples_are_not_taken_for_truncated(
    web: ReportReading, pdf: ReportReading, plain: ReportReading
) -> None:
    assert [reading.truncated for reading in (web, pdf, plain)] == [None, None, None]


def test_a_findings_heading_with_nothing_under_it_is_said() -> None:
    text = "Exampleshire PEEL 2015\nLegitimacy\nHow fair is it to all people?\nHow well does it treat people?\nAreas for improvement\nMain findings\nIt is fair."
    assert [w.code for w in read_report(text).warnings] == ["grade_missing", "empty_findings_block"]


def test_bullets_that_complete_one_sentence_are_one_finding_with_elements() -> None:
    text = (
        "Exampleshire PEEL 2016\nLegitimacy\nHow fair is it to all people?\nHow well does it treat people?\n"
        "Areas for improvement\n- In how it searches people, the force should:\n- write the grounds down;\n- read them; and\n"
        "- publish what it reads.\n- The force should train its sergeants.\nIt is fair."
    )
    first, second = read_report(text).findings
    assert first.elements == ("write the grounds down", "read them", "publish what it reads")
    assert second.text == "The force should train its sergeants."


@pytest.mark.parametrize(
    ("title", "cycle"),
    [
        ("PEEL 2018/19: An inspection of Exampleshire Police", "2018"),
        ("PEEL 2021/22 – An inspection of Exampleshire Police", "2021/22"),
        ("PEEL 2023–2025: An inspection of Exampleshire Police", "2023-25"),
        ("PEEL 2023/25: An inspection of Exampleshire Police", "2023-25"),
        ("PEEL 2025-27: An inspection of Exampleshire Police", "2025-27"),
        ("Exampleshire PEEL 2014", "2014"),
    ],
)
def test_a_cycle_has_one_name_however_the_title_writes_it(title: str, cycle: str) -> None:
    reading = read_report(f"{title}\n\nInvestigating crime\n\nGood\n\nThe force does this well.")
    assert (reading.cycle, reading.force.slug) == (cycle, "exampleshire")


REPORT_LIKE = st.lists(
    st.sampled_from(
        [
            "Exampleshire PEEL 2018",
            "PEEL 2021/22",
            "An inspection of Exampleshire Police",
            "Legitimacy",
            "How well does the force treat its people?",
            "Questions for Legitimacy",
            "Investigating crime",
            "Contents",
            "Main findings\t4",
            "Good",
            "Requires",
            "improvement",
            "1",
            "Areas for improvement",
            "Cause of concern",
            "Recommendations",
            "  • The force should act.",
            "- it should:",
            "The force has achieved our 2016 recommendation that people should be safe.",
            "In our 2017 legitimacy report, we recommended that all forces should:",
            "We found that it has not complied with this recommendation. But it tries.",
            "Outstanding\tGood\tAdequate\tRequires improvement",
            "\tOne\tTwo",
            "",
            "Last updated 01/02/2019",
        ]
    )
    | st.text(max_size=60),
    max_size=40,
).map("\n".join)


@given(REPORT_LIKE)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gives_a_reading_within_its_lines_or_a_reason(text: str) -> None:
    try:
        reading = read_report(text)
    except NotReadable:
        return
    assert read_report(text) == reading
    lines = text.split("\n")
    words = " ".join(text.split())
    for finding in reading.findings:
        assert 1 <= finding.line <= finding.end_line <= len(lines)
        assert all(" ".join(part.split()) in words for part in finding.text.split("\n"))
    for assessment in reading.assessments:
        assert 1 <= assessment.line <= len(lines)
        assert assessment.quote in words


def test_an_overview_may_give_a_grade_below_each_pillars_name() -> None:
    text = "Exampleshire PEEL 2016\nLast updated 02/03/2017\nI am pleased with the force.\nEffectiveness\nGood\nEfficiency\nRequires improvement\nLegitimacy\nGood\n"
    reading = read_report(text)
    assert reading.kind == "overview"
    assert [(j.question, j.grade) for j in reading.judgments] == [
        ("Effectiveness", "good"),
        ("Efficiency", "requires_improvement"),
        ("Legitimacy", "good"),
    ]


def test_a_letter_that_judges_nothing_says_so() -> None:
    text = "Exampleshire Police: revisit letter\nSent on: 7 March 2023\nWe inspected the force in 2021. We will come back in May."
    reading = read_report(text)
    assert reading.assessments == ()
    assert [w.code for w in reading.warnings] == ["no_verdict"]


BLOCK = "Exampleshire PEEL 2015\nLegitimacy\nHow fair is it to all people?\nHow well does it treat people?\nGood\n"
END = "We set out our detailed findings below.\nIt is fair.\n"


def found_in(block: str) -> list[tuple[str, str, int]]:
    return [(f.kind.value, f.text, len(f.elements)) for f in read_report(BLOCK + block + END).findings]


@pytest.mark.parametrize("mark", ["•\t", "‣ ", "— ", "\uf0b7 ", "1. ", "a) ", "o "])
def test_any_mark_makes_a_bullet(mark: str) -> None:
    block = f"Areas for improvement\n{mark}The force should answer letters.\n{mark}The force should count cells.\n"
    assert [text for _, text, _ in found_in(block)] == [
        "The force should answer letters.",
        "The force should count cells.",
    ]


@pytest.mark.parametrize(
    "said",
    [
        "None.",
        "We have not identified any areas for improvement.",
        "- The area for improvement from our 2013 report on vetting has been addressed.",
    ],
)
def test_a_block_that_names_nothing_new_makes_no_finding(said: str) -> None:
    assert found_in(f"Areas for improvement\n{said}\n") == []


def test_a_cause_and_its_lead_in_may_share_a_paragraph() -> None:
    cause = "Cause of concern\nThe force is failing victims. To address this, the force should immediately:\n- visit them; and\n- write to them.\n"
    assert found_in(cause) == [
        ("cause_of_concern", "The force is failing victims.", 0),
        ("recommendation", "To address this, the force should immediately:\nvisit them; and\nwrite to them.", 2),
    ]


def test_a_list_inside_a_cause_is_part_of_it() -> None:
    cause = "Cause of concern\nPeople wait. They give up:\n- in town; and\n- in the country.\nRecommendations\nThe force should answer.\n"
    assert [(kind, elements) for kind, _, elements in found_in(cause)] == [
        ("cause_of_concern", 2),
        ("recommendation", 0),
    ]


def test_many_causes_are_read_one_after_another() -> None:
    causes = "Cause of concern\nPoor.\n" + "Burglary is another cause of concern.\n- The force should do it.\n" * 2_000
    assert len(found_in(causes)) > 2_000


@pytest.mark.parametrize(
    "title",
    [
        "Crime data integrity: An inspection of Kent Police",
        "An inspection of the service provided to victims of crime by Greater Manchester Police",
        "A joint inspection of Exampleshire Police and Kent Police custody",
    ],
)
def test_a_report_on_one_force_is_never_a_national_one(title: str) -> None:
    text = f"{title}\nPublished on: 2 November 2022\nRecommendation 1\nBy 30 April 2023, the force should record all crime.\n"
    with pytest.raises(NotReadable, match="no report title"):
        read_report(text)


def test_a_link_to_a_letter_makes_no_letter_of_a_report(samples: Path) -> None:
    text = (samples / "exampleshire-2021-22.txt").read_text()
    linked = text.replace("Contents\n", "Related documents\nLetter to Exampleshire Police\nContents\n", 1)
    assert read_report(linked).kind == "inspection"
    assert read_report(linked).findings


def test_a_number_may_stand_before_its_question() -> None:
    text = "Exampleshire PEEL 2015\nLegitimacy\nHow fair is it to all people?\n1. How well does it treat people?\nGood\nIt is fair.\n"
    (judgment,) = read_report(text).judgments
    assert (judgment.number, judgment.question, judgment.grade) == (1, "How well does it treat people?", "good")
