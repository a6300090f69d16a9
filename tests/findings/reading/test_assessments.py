"""What counts as a verdict on an earlier finding, and what only sounds like one."""

import pytest

from findings.reading.assessments import read_assessments
from findings.reading.paragraphs import split_text
from findings.reading.values import AssessmentRead
from findings.vocabulary import Outcome


def read(text: str) -> list[AssessmentRead]:
    return list(read_assessments(split_text(text).body))


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("The force has now achieved the 2016 recommendation that all staff should be checked.", Outcome.ACHIEVED),
        ("The force has met our 2016 vetting recommendation.", Outcome.ACHIEVED),
        ("The unit has completed an area for improvement we identified in 2017.", Outcome.ACHIEVED),
        ("The force has properly addressed the cause of concern from our 2018 effectiveness report.", Outcome.ACHIEVED),
        ("The force has not achieved our 2016 recommendation that people should have achieved clearance.", Outcome.NOT_ACHIEVED),
        ("The force hasn’t responded to our 2016 recommendation.", Outcome.NOT_ACHIEVED),
        ("It failed to implement the recommendation we made in 2017.", Outcome.NOT_ACHIEVED),
        ("Our 2017 area for improvement on appraisals remains outstanding.", Outcome.NOT_ACHIEVED),
        ("Progress on our 2016 recommendation can only be described as slow.", Outcome.NOT_ACHIEVED),
        ("The force has partly complied with our 2017 recommendation.", Outcome.PARTLY_COMPLIED),
        ("It has complied with some elements of the 2017 recommendation.", Outcome.PARTLY_COMPLIED),
        ("There has been good progress on our 2016 recommendation, but it has not yet been fully implemented.", Outcome.IN_PROGRESS),
        ("The force has taken steps to address our 2016 recommendation.", Outcome.IN_PROGRESS),
        ("In 2018, we reviewed its plans in response to our 2016 recommendation.", Outcome.NO_OUTCOME),
    ],
)  # fmt: skip
def test_a_verdict_on_a_named_finding_is_read(sentence: str, outcome: Outcome) -> None:
    (found,) = read(sentence)
    assert found.outcome is outcome
    assert found.quote == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "The force complies with the national vetting code and has met its standards.",
        "The unit complies with the Code of Practice with just two exceptions.",
        "This is consistent with our 2017 inspection.",
        "It has invested £2m in occupational health since our last inspection.",
        "Senior leaders call this an area for improvement. Our last inspection saw it as well.",
        "Capacity is still stretched and remains an area for improvement.",
        "In 2017, we graded the force as good.",
        "The force has completed its review of the 2017 staff survey.",
        "The force should act on our recommendations.",
        "Our 2016 recommendation asked every force for a plan.",
        "The force must now work with others to address it.",
        "It has an effective plan and has achieved good results.",
    ],
)
def test_what_names_no_earlier_finding_or_gives_no_verdict_stays_silent(sentence: str) -> None:
    assert read(sentence) == []


def test_this_recommendation_points_back_to_the_one_restated_above() -> None:
    text = (
        "In our 2017 legitimacy report, we recommended that all forces should:\n\n"
        "  • keep records;\n  • read them; and\n  • publish them by July 2018.\n\n"
        "The force has partly complied with this recommendation."
    )
    (found,) = read(text)
    assert found.refers_to.elements == ("keep records", "read them", "publish them by July 2018")
    assert (found.refers_to.year, found.refers_to.issued_in) == ("2017", "legitimacy report")


def test_this_recommendation_with_nothing_restated_above_names_nothing() -> None:
    assert read("The force has partly complied with this recommendation.") == []


def test_a_restated_recommendation_is_forgotten_further_down() -> None:
    restated = "In our 2017 legitimacy report, we recommended that all forces should keep records."
    between = "\n\n".join(["The force does other things, too."] * 9)
    assert read(f"{restated}\n\n{between}\n\nThe force has achieved this recommendation.") == []


def test_a_caveat_in_the_next_sentence_stays_with_an_achieved_verdict() -> None:
    (found,) = read("The force has met our 2016 vetting recommendation. However, some renewals are late. It says so.")
    assert found.outcome is Outcome.ACHIEVED
    assert found.caveat == "However, some renewals are late."


def test_the_line_is_where_the_sentence_stands() -> None:
    (found,) = read("First.\n\nSecond.\n\nThe force has met our 2016 vetting recommendation.")
    assert found.line == 5
