"""What counts as a verdict on an earlier finding, and what only sounds like one."""

import pytest

from findings.reading.assessments import read_assessments
from findings.reading.paragraphs import split_text
from findings.reading.sentences import sentences
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
    ("sentence", "outcome"),
    [
        ("None of the 2016 recommendations has been implemented.", Outcome.NOT_ACHIEVED),
        ("Neither of our 2016 recommendations has been met.", Outcome.NOT_ACHIEVED),
        ("The force no longer meets the 2016 area for improvement.", Outcome.NOT_ACHIEVED),
        ("There is no evidence that the force has met the 2016 area for improvement.", Outcome.NOT_ACHIEVED),
        (
            "We could not find evidence that the force has addressed the 2016 area for improvement.",
            Outcome.NOT_ACHIEVED,
        ),
        ("We do not consider that the force has met the 2016 area for improvement.", Outcome.NOT_ACHIEVED),
        ("The force cannot show that it has met the 2016 area for improvement.", Outcome.NOT_ACHIEVED),
        ("Few of our 2016 recommendations have been implemented.", Outcome.PARTLY_COMPLIED),
        ("Not all of our 2016 recommendations have been implemented.", Outcome.PARTLY_COMPLIED),
        ("The force has addressed nine of the 12 areas for improvement from our 2016 report.", Outcome.PARTLY_COMPLIED),
        ("All but one of the recommendations from our 2016 report have been implemented.", Outcome.PARTLY_COMPLIED),
        ("The force has largely met our 2016 area for improvement.", Outcome.PARTLY_COMPLIED),
        ("The force has met our 2016 area for improvement in one of its three districts.", Outcome.PARTLY_COMPLIED),
        ("The force has rarely met our 2016 area for improvement.", Outcome.NOT_ACHIEVED),
        ("The force has not only met the 2016 area for improvement but has gone further.", Outcome.ACHIEVED),
    ],
)
def test_what_surrounds_the_verb_turns_the_verdict(sentence: str, outcome: Outcome) -> None:
    (found,) = read(sentence)
    assert found.outcome is outcome


@pytest.mark.parametrize(
    "sentence",
    [
        "In response to our 2016 area for improvement, the force has implemented a new computer system.",
        "The force has completed a gap analysis against our 2016 recommendation.",
        "The force has met with partners to discuss our 2016 area for improvement.",
        "The force has complied with the Code of Practice since our 2016 recommendation.",
        "It is important that the 2016 recommendation is implemented.",
        "The force has appointed a lead to make sure the 2016 area for improvement is implemented.",
        "You told us that the 2016 recommendations have been completed.",
        "The force has implemented the 2017 Lammy review recommendations.",
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


NAMES = "In 2016, we identified as an area for improvement that the force should appraise its sergeants. "


@pytest.mark.parametrize(
    ("text", "outcome", "quote", "rule"),
    [
        (NAMES + "Training came first. The force has now done so.", Outcome.ACHIEVED, "The force has now done so.", "+back/full"),
        (NAMES + "This has been addressed.", Outcome.ACHIEVED, "This has been addressed.", "+back/full"),
        (NAMES + "It has fully met this requirement.", Outcome.ACHIEVED, "It has fully met this requirement.", "+back/full"),
        (NAMES + "We no longer consider this to be an area for improvement.", Outcome.ACHIEVED, "We no longer", "+below/done"),
        (NAMES + "Two teams do it. Some elements of this have been put into effect.", Outcome.PARTLY_COMPLIED, "Some elements", "/parts"),
        (NAMES + "We found too few of the appraisals that we asked for.", Outcome.PARTLY_COMPLIED, "We found too few", "+below/part-done"),
        (NAMES + "The force hasn’t made the improvement we sought.", Outcome.NOT_ACHIEVED, "The force hasn’t", "+back/negation"),
        (NAMES + "There is still no such scheme.", Outcome.NOT_ACHIEVED, "There is still no", "+below/not-there"),
        (NAMES + "A good deal of progress has been made.", Outcome.IN_PROGRESS, "A good deal", "+below/progress"),
        (NAMES + "A scheme is being tested in two towns.", Outcome.IN_PROGRESS, "A scheme is", "+below/being-done"),
        ("HMIC’s 2015 report identified appraisals as an area for improvement. HMIC considers this area for improvement to have been discharged.", Outcome.ACHIEVED, "HMIC considers", "this-kind/full"),
        ("Last year we told the force that it should appraise its sergeants. We recorded this as an area for improvement. It has responded well. It has done what we asked for.", Outcome.ACHIEVED, "It has done what", "named+back/full"),
        ("When we inspected the force in 2014, we gave it a cause of concern about appraisals. This cause of concern remains.", Outcome.NOT_ACHIEVED, "This cause of concern remains.", "this-kind/failed"),
        ("Work is good, and this has allowed us to close one of the areas for improvement about letters that we made in 2014.", Outcome.ACHIEVED, "Work is good", "named/full"),
    ],
)  # fmt: skip
def test_a_verdict_may_stand_below_the_sentence_that_names_the_finding(
    text: str, outcome: Outcome, quote: str, rule: str
) -> None:
    (found,) = read_assessments(split_text(text).body, "2017")
    assert found.outcome is outcome
    assert found.quote.startswith(quote)
    assert found.rule.endswith(rule)
    assert found.refers_to.year in {"2014", "2015", "2016"}


@pytest.mark.parametrize(
    "text",
    [
        NAMES + "The force has completed its review of parking. Sergeants think well of it.",
        NAMES + "The grade for this question has not been met by any other force.",
        NAMES + "We reviewed 200 records. They were in good order.",
        NAMES + "The college’s guidance is met. We will look at this again when the force has completed its plan.",
        NAMES + "The force will say once it has done this.",
        NAMES + "Some forces have met this.",
        "In 2016 we said that letters were slow, but we did not make a recommendation. Letters are still not answered.",
        "We last looked at the force’s work on our 2016 recommendation in 2017, when good progress had been made.",
        "The coroner’s 2016 recommendation has been met.",
        "The 2016 recommendations of the IOPC have been met.",
        "The force told us that it has met our 2016 recommendation.",
        NAMES + "Staff told us that this has been addressed.",
        "The custody visitors made recommendations in 2016. The force has acted on these.",
        "Internal audit made a recommendation in 2016. The force has implemented it.",
        "We identified poor records in 2016. They are better now, but this has not been addressed in full.",
    ],
)
def test_talk_below_a_name_is_no_verdict_by_itself(text: str) -> None:
    assert read(text) == []


def test_each_of_several_named_together_gets_its_own_verdict() -> None:
    text = (
        "Two areas for improvement appeared in last year’s report. The first, that letters should be answered, has been dealt with."
        " The second, that sergeants should be appraised, has not: few were.\n\n"
    )
    first, second = read_assessments(split_text(text).body, "2017")
    assert (first.outcome, second.outcome) == (Outcome.ACHIEVED, Outcome.NOT_ACHIEVED)
    assert "letters" in first.refers_to.text
    assert "sergeants" in second.refers_to.text
    assert {first.refers_to.year, second.refers_to.year} == {"2016"}


def test_a_list_of_old_findings_is_judged_one_by_one() -> None:
    text = (
        "The force had two areas for improvement in our 2015 inspection. These were:\n\n"
        "  • The force should answer letters.\n\nThis has been addressed.\n\n"
        "  • The force should appraise sergeants.\n\nWork to address this is continuing.\n"
    )
    letters, sergeants = read(text)
    assert (letters.outcome, letters.refers_to.text) == (Outcome.ACHIEVED, "The force should answer letters.")
    assert (sergeants.outcome, sergeants.refers_to.text) == (
        Outcome.IN_PROGRESS,
        "The force should appraise sergeants.",
    )


def test_old_findings_that_a_lead_in_says_remain_are_one_verdict_each() -> None:
    text = "The following areas for improvement from 2016 remain:\n\n  • Letters are slow.\n  • Sergeants are not appraised.\n"
    letters, sergeants = read(text)
    assert {letters.outcome, sergeants.outcome} == {Outcome.NOT_ACHIEVED}
    assert (letters.line, sergeants.line) == (3, 4)
    assert letters.quote == "The following areas for improvement from 2016 remain: Letters are slow."


def test_what_points_back_counts_before_what_only_stands_below() -> None:
    (found,) = read(NAMES + "Progress was made at first. It has not, however, achieved this area for improvement.")
    assert found.quote.startswith("It has not")
    assert found.confidence > 0.9


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


def test_a_word_that_ends_like_an_abbreviation_ends_its_sentence() -> None:
    assert sentences("It helps victims. Mr. Mayor of no. 5 (e.g. The Mill) knows. It has forms. Good.") == [
        "It helps victims.",
        "Mr. Mayor of no. 5 (e.g. The Mill) knows.",
        "It has forms.",
        "Good.",
    ]
