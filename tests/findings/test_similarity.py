"""Findings that are alike: near-copies first, reworded ones next, and others not at all."""

from pathlib import Path

import pytest

from findings.reading.documents import open_document
from findings.reading.reader import read_report
from findings.similarity import ALIKE, Corpus
from tests.growth import LINEAR, growth_of

SOUGHT = "The force should see that its search panels get films chosen by chance, and hear what became of their advice."
TEXTS = {
    "calls": "The force should answer emergency calls sooner, and tell callers when nobody is free.",
    "reworded": "Residents on search panels should hear what the constabulary did with their advice.",
    "copy": "The constabulary should see that its search panels get films chosen by chance.",
    "same": SOUGHT,
    "appraisals": "The force should give each of its sergeants time to hold fair appraisals.",
    "clearances": "The force should renew each clearance before it runs out.",
}
# The findings on what the counter-corruption unit can do, and the one on IT monitoring that West Mercia's takes in,
# each by its report and line.
CAPACITY = {("000", 66), ("002", 43), ("003", 122), ("004", 20)}
MONITORING = ("000", 65)
FORCES = {"000": "lancashire", "001": "lancashire", "002": "cheshire", "003": "west-mercia", "004": "leicestershire"}
SIZES = (300, 2_400)


def test_near_copies_come_before_reworded_ones_and_others_do_not_come() -> None:
    assert [key for key, _ in Corpus(TEXTS).like(SOUGHT)] == ["same", "copy", "reworded"]


def test_the_same_text_scores_one_and_no_other_does() -> None:
    (_, best), (_, second), *_ = Corpus(TEXTS).like(SOUGHT)
    assert best == 1
    assert 0.5 < second < 1


def test_likeness_is_the_same_from_either_side() -> None:
    corpus = Corpus(TEXTS)
    for one, text in TEXTS.items():
        for other, score in corpus.like(text, least=0):
            assert dict(corpus.like(TEXTS[other], least=0))[one] == score


def test_spelling_in_capitals_and_endings_make_no_difference() -> None:
    corpus = Corpus({1: "Monitoring searches", **dict.fromkeys((2, 3), "Bicycles")})
    assert corpus.like("MONITOR SEARCHING") == [(1, 1.0)]


def test_a_text_of_everyday_words_is_like_nothing() -> None:
    assert Corpus(TEXTS).like("The force should make sure that it has what it needs.", least=0) == []


def test_a_short_text_is_not_like_a_long_one_that_holds_it() -> None:
    long = " ".join(TEXTS.values())
    corpus = Corpus({"long": long, **TEXTS})
    assert dict(corpus.like("Search panels", least=0))["long"] < ALIKE


def test_a_rare_word_in_common_counts_more_than_a_common_one() -> None:
    corpus = Corpus(
        {"rare": "panels bicycles", "common": "panels officers", **dict.fromkeys("abcdef", "officers stations")}
    )
    scores = dict(corpus.like("bicycles officers", least=0))
    assert scores["rare"] > scores["common"]


def test_words_side_by_side_count_more_than_the_same_words_apart() -> None:
    corpus = Corpus({"apart": "poor streets performance", "together": "streets poor performance"})
    assert [key for key, _ in corpus.like("poor performance")] == ["together", "apart"]


def test_two_words_side_by_side_may_stand_in_either_order() -> None:
    corpus = Corpus({"turned": "capacity and capability", "other": "patrol"})
    assert corpus.like("capability and capacity") == [("turned", 1.0)]


def test_a_unit_is_the_same_by_its_initials_and_under_its_other_name() -> None:
    corpus = Corpus({"initials": "The CCU", "other": "the anti-corruption unit", "else": "the dog unit"})
    assert corpus.like("The counter-corruption unit", least=0.5) == [("initials", 1.0), ("other", 1.0)]


def test_equals_stand_in_the_order_in_which_they_were_given() -> None:
    keys = [7, 3, 9, 1]
    corpus = Corpus({**dict.fromkeys(keys, SOUGHT), 5: TEXTS["copy"]})
    assert [key for key, _ in corpus.like(SOUGHT)] == [*keys, 5]


def test_only_texts_as_like_as_asked_for_come() -> None:
    corpus = Corpus(TEXTS)
    every = corpus.like(SOUGHT, least=0)
    least = every[1][1]
    assert corpus.like(SOUGHT, least=least) == every[:2]


@pytest.mark.parametrize("text", ["", "It is so.", "quite unheard"])
def test_a_text_that_tells_nothing_known_is_like_nothing(text: str) -> None:
    assert Corpus(TEXTS).like(text, least=0) == []
    assert Corpus({}).like(text, least=0) == []


def test_a_corpus_and_its_answer_take_time_by_the_number_of_texts() -> None:
    def texts(size: int) -> str:
        return "\n".join(f"{chr(97 + n % 26) * 3} {chr(97 + n // 26 % 26) * 4} {SOUGHT}" for n in range(size))

    def work(text: str) -> None:
        Corpus(dict(enumerate(text.splitlines()))).like(SOUGHT)

    assert growth_of(work, texts, SIZES) < LINEAR


@pytest.fixture(scope="module")
def real_findings(real_reports: Path) -> dict[tuple[str, int], str]:
    """Every finding of the real reports by its report and line."""
    found = {}
    for path in sorted(real_reports.glob("00*.txt")):
        for finding in read_report(open_document(path.name, path.read_bytes()).text).findings:
            found[path.name[:3], finding.line] = f"{finding.heading or ''}\n{finding.text}"
    return found


def likes_elsewhere(findings: dict[tuple[str, int], str], key: tuple[str, int]) -> list[tuple[tuple[str, int], float]]:
    """What is like a finding, however little, in the reports of other forces."""
    likes = Corpus(findings).like(findings[key], least=0)
    return [(other, score) for other, score in likes if FORCES[other[0]] != FORCES[key[0]]]


@pytest.mark.parametrize("key", sorted(CAPACITY), ids=str)
def test_stock_findings_on_the_corruption_unit_find_each_other_before_all_else(
    real_findings: dict[tuple[str, int], str], key: tuple[str, int]
) -> None:
    others = CAPACITY - {key} | ({MONITORING} if key[0] == "003" else set())
    likes = likes_elsewhere(real_findings, key)
    assert {other for other, _ in likes[: len(others)]} == others
    assert likes[len(others) - 1][1] > ALIKE > likes[len(others)][1]


def test_two_forces_supervisors_who_must_deal_with_performance_find_each_other(
    real_findings: dict[tuple[str, int], str],
) -> None:
    for key, other in ((("003", 173), ("000", 144)), (("000", 144), ("003", 173))):
        (best, score), *_ = likes_elsewhere(real_findings, key)
        assert best == other
        assert score > ALIKE


def test_no_other_findings_of_two_forces_are_alike(real_findings: dict[tuple[str, int], str]) -> None:
    known = {*CAPACITY, MONITORING, ("003", 173), ("000", 144)}
    alike = {key for key in real_findings for _, score in likes_elsewhere(real_findings, key) if score >= ALIKE}
    assert alike == known
