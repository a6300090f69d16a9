"""Passages that share a finding's subject: told by its rare words and pairs of words, never by common ones."""

from findings.reading.paragraphs import split_text
from findings.reading.passages import Subjects

FINDING = "The force should give its sergeants honest and fair appraisals, and deal with poor performance."
ABOUT = "Sergeants told us that their appraisals are honest and fair now, and that poor performance is dealt with."
OTHER = [
    "Call handlers answer within ten seconds, and the public think well of them on the whole, as we saw.",
    "The force has a plan for its buildings, which it should be able to pay for until the year 2030.",
    "Officers meet residents in libraries and talk with them about what worries them in their streets.",
]


def subjects(*paragraphs: str) -> Subjects:
    return Subjects(split_text("\n\n".join([*OTHER, *paragraphs])).body)


def test_a_passage_about_the_same_subject_is_offered_with_its_line() -> None:
    (passage,) = subjects(ABOUT).about(FINDING)
    assert (passage.text, passage.line) == (ABOUT, 7)
    assert 0.35 <= passage.score <= 1


def test_words_that_any_passage_holds_offer_nothing() -> None:
    assert subjects().about("The force should ensure that it has a plan and the officers that it needs.") == []


def test_single_words_in_common_without_a_pair_offer_nothing() -> None:
    assert (
        subjects("The performance of the choir was fair, said the sergeants who had gone to hear it sing.").about(
            FINDING
        )
        == []
    )


def test_phrases_tell_a_national_recommendation_alone() -> None:
    said = "Stop-and-search records were read by a panel of residents in the spring, who found them good."
    (passage,) = subjects(said, ABOUT).about("any words", ["stop and search"])
    assert passage.text == said
    assert subjects(ABOUT).about(ABOUT, ["stop and search"]) == []


def test_three_passages_at_most_are_offered_the_best_first() -> None:
    many = subjects(*(f"{ABOUT} This was so in town {n}." for n in range(5)), f"{ABOUT} {FINDING}").about(FINDING)
    assert len(many) == 3
    assert many[0].text.endswith(FINDING)
    assert [p.score for p in many] == sorted((p.score for p in many), reverse=True)
