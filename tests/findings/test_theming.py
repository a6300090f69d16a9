"""The themes of a finding: few, told by the field's own words, and as a careful person gives them."""

import json
from pathlib import Path

import pytest

from findings.reading.documents import open_document
from findings.reading.reader import read_report
from findings.theming import MOST, SIGNS, themes_of
from tests.growth import LINEAR, growth_of

THEMES = Path(__file__).resolve().parents[2] / "fixtures" / "themes.json"
SIZES = (2_000, 16_000)
# Of the themes given, the share that is right; of those to give, the share that is given. Both reach 1.
FLOOR = 0.95


def test_the_table_tells_each_theme_that_there_is_and_no_other() -> None:
    assert set(SIGNS) == {theme["slug"] for theme in json.loads(THEMES.read_text())}


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("The force should let its vetting unit read each change of circumstances.", {"vetting"}),
        ("The force should answer 999 calls sooner.", {"call-handling"}),
        ("The force should have sergeants check each stop and search.", {"stop-and-search", "supervision"}),
        ("The force should find out what demand it will have in five years.", {"demand-and-capacity"}),
        ("The force should know the skills of its workforce.", {"capability-and-capacity"}),
        ("The force should hold yearly appraisals, and deal with poor performance.", {"performance-management"}),
        ("The force should look after the wellbeing of its detectives.", {"wellbeing"}),
        ("The force should use evidence-led prosecution where victims step back.", {"crime-outcomes", "victims"}),
        ("The force should see that promotion is fair and open to all.", {"promotion-selection"}),
        ("The force should draw up its threat assessment with local partners.", {"partnership", "threat-assessment"}),
        ("The force should ask communities of farmers what rural crime costs them.", {"rural-crime"}),
        (
            "The force should act on disparity between ethnic minorities in its vetting.",
            {"disproportionality", "diversity-and-inclusion", "vetting"},
        ),
        ("The force should give staff from all ranks a way into its talent scheme.", {"talent-management"}),
        ("The force should find out what shakes public confidence in it.", {"public-perceptions"}),
        ("The force should assess the risk to each missing person at once.", {"risk-assessment", "vulnerability"}),
    ],
)  # fmt: skip
def test_a_finding_has_the_themes_that_its_words_tell(text: str, themes: set[str]) -> None:
    assert set(themes_of("", text)) == themes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The force should sell the buildings that it no longer uses.",
        "The force should respond in writing to its auditors.",
        "The force should retrain its dogs proportionately.",
        "The ethnic food in the canteen should improve.",
    ],
)
def test_a_finding_whose_words_tell_no_theme_has_none(text: str) -> None:
    assert themes_of("", text) == ()


def test_hyphens_capitals_quotes_and_line_breaks_change_nothing() -> None:
    plain = themes_of("", "the counter corruption unit should read the victims' code")
    assert plain == ("counter-corruption", "victims", "victims-code")
    assert themes_of("", "The COUNTER-corruption\u00a0unit should read the Victims’ Code") == plain


def test_words_that_must_go_together_do_so_within_one_sentence() -> None:
    assert themes_of("", "The force should manage the risk that it runs.") == ("risk-management",)
    assert themes_of("", "The force should manage its land. The risk of floods is high.") == ()


def test_what_is_asked_goes_before_what_was_seen() -> None:
    heading = "The force should answer emergency calls in time"
    assert themes_of(heading, "A supervisor was there at all times.") == ("call-handling",)
    assert themes_of("", f"{heading}. A supervisor was there at all times.") == ("call-handling", "supervision")


def test_what_is_said_again_below_the_heading_is_a_theme() -> None:
    heading = "The force should answer emergency calls in time"
    seen = "A supervisor was there at all times. Two supervisors sat in for them."
    assert themes_of(heading, seen) == ("call-handling", "supervision")


def test_the_full_name_of_a_subject_is_a_theme_wherever_it_stands() -> None:
    assert themes_of("The force should answer emergency calls in time", "Its response officers waited.") == (
        "call-handling",
        "response",
    )


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("The force should use DVPOs more.", "domestic-abuse", "vulnerability"),
        ("The force should watch for computer misuse.", "it-monitoring", "counter-corruption"),
        ("The force should speak of unconscious bias.", "unconscious-bias-training", "training"),
        ("The force should keep to the VCOP.", "victims-code", "victims"),
    ],
)
def test_a_part_of_a_theme_brings_the_whole(text: str, part: str, whole: str) -> None:
    assert set(themes_of("", text)) == {part, whole}


def test_the_demand_on_one_unit_is_its_capacity_and_not_the_force_s_demand() -> None:
    text = "The force should give its corruption unit the capacity to meet future demand."
    assert themes_of("", text) == ("capability-and-capacity", "counter-corruption")


def test_an_enquiry_into_colleagues_is_no_matter_of_crime() -> None:
    text = "The force should have a plan for each investigation"
    assert themes_of("", f"{text}.") == ("investigation-quality",)
    assert themes_of("", f"{text} of corruption.") == ("counter-corruption",)


def test_a_finding_about_everything_keeps_the_four_that_are_told_most_in_the_order_of_the_table() -> None:
    much = "Vetting, wellbeing, ethics, training, talented people and rural crime matter. "
    themes = themes_of("", f"{much}Vetting is late. Wellbeing is poor. Ethics is weak. Training is rare.")
    assert themes == ("ethics", "training", "vetting", "wellbeing")
    assert len(themes_of("", much)) == MOST


@pytest.mark.parametrize(
    "seed", ["a", "a ", "A. ", "call ", "risk assess", "investigat ", "monitor it systems. A", "''"]
)
def test_the_themes_take_time_by_the_length_of_the_text(seed: str) -> None:
    assert growth_of(lambda text: themes_of("", text), lambda size: seed * (size // len(seed)), SIZES) < LINEAR


def test_the_real_findings_get_the_themes_that_a_careful_person_gave_them(real_reports: Path) -> None:
    given, wanted = set(), set()
    for gold in sorted((real_reports / "gold").glob("*.json")):
        (path,) = real_reports.glob(f"{gold.stem}_*.txt")
        for finding in read_report(open_document(path.name, path.read_bytes()).text).findings:
            given |= {(gold.stem, finding.line, theme) for theme in themes_of(finding.heading or "", finding.text)}
        for judged in json.loads(gold.read_text())["findings"]:
            wanted |= {(gold.stem, judged["line"], theme) for theme in judged["themes"]}
    right = len(given & wanted)
    assert right / len(given) >= FLOOR, sorted(given - wanted)
    assert right / len(wanted) >= FLOOR, sorted(wanted - given)
