"""Documents taken in: opened for the right forces, linked where exactly one finding fits, and never twice."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from findings.models import Document, Finding, Force, Report
from findings.reading.values import NotReadable
from findings.reference import load_forces
from findings.vocabulary import Scope
from tests.factories import member
from tracking.demo import load_demo
from tracking.intake import IntakeResult, NotYours, open_national, take_in
from tracking.linking import candidates
from tracking.models import Assessment, StatusChange, TrackedFinding
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db

TITLE = "Exampleshire PEEL 2015\nLegitimacy\nHow fair is it to all people?\nHow well does it treat people?\n"


AREAS_REPORT = """PEEL 2021/22
An inspection of Exampleshire Police
Published on 14 April 2022
Investigating crime
Inadequate
Cause of concern
Burglaries are closed before anybody has visited the victim.
Recommendations
By October 2022 the force should:
- visit each victim of burglary; and
- record why a burglary is closed.
Main findings
Detectives work hard.
"""
LETTER = """Exampleshire Police: cause of concern revisit letter
Published on: 14 March 2023
Letter information
From:
HM Inspector of Constabulary
In our 2021/22 PEEL inspection of Exampleshire Police we identified a cause of concern.
Cause of concern
Burglaries are closed before anybody has visited the victim.
Recommendations
By October 2022 the force should:
- visit each victim of burglary; and
- record why a burglary is closed.
What we found
We came back in February 2023. The cause of concern is now closed.
The force has partly complied with the recommendation.
"""
NATIONAL_OVERVIEW = """PEEL: Police legitimacy 2017 – A national overview
Published on: 12 December 2017
Stop and search
Recommendations
By May 2018, all forces should teach every officer how to explain a search of property.
By July 2018, all forces should make plain why their use of stop and search falls unequally.
"""


@pytest.fixture(autouse=True)
def example_force(reference: None) -> None:
    load_forces("example_force.json")


def take(folder: Path, name: str) -> IntakeResult:
    return take_in(name, (folder / name).read_bytes())


def rows() -> list[object]:
    tables = (Report, Finding, TrackedFinding, Assessment, StatusChange, Document)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_every_national_recommendation_is_open_for_each_of_the_43_forces(reference: None) -> None:
    assert Finding.objects.national().count() == 3
    for finding in Finding.objects.national():
        assert finding.tracked.count() == 43
    assert not TrackedFinding.objects.filter(force__is_example=True).exists()


def test_reports_link_in_any_order(samples: Path) -> None:
    names = ["exampleshire-2021-22.txt", "exampleshire-2018-legitimacy.txt", "exampleshire-2016-legitimacy.txt"]
    for name in names:
        take(samples, name)
    backwards = {a.quote: a.tracked_finding.finding.reference for a in Assessment.objects.all()}
    assert len(backwards) == 6
    assert (
        backwards["It has not achieved our 2016 vetting recommendation."] == "national/2016/legitimacy/recommendation/1"
    )
    logs = next(quote for quote in backwards if "enquiry log" in quote)
    assert backwards[logs] == "exampleshire/2016/legitimacy/q2/afi/1"


def test_an_example_opens_national_recommendations_for_itself_alone(samples: Path) -> None:
    take(samples, "exampleshire-2018-legitimacy.txt")
    assert Finding.objects.national().count() == 3
    assert TrackedFinding.objects.filter(finding__scope=Scope.NATIONAL, force__is_example=True).count() == 2


def test_a_dry_run_tells_all_and_stores_nothing(samples: Path) -> None:
    before = rows()
    result = take_in("x.txt", (samples / "exampleshire-2018-legitimacy.txt").read_bytes(), dry_run=True)
    assert (result.created, result.assessments) == (3, 4)
    assert rows() == before
    assert not default_storage.exists("") or not any(default_storage.listdir(""))


def test_the_document_is_kept_under_its_hash_and_shown_by_its_name(samples: Path) -> None:
    content = (samples / "exampleshire-2018-legitimacy.txt").read_bytes()
    take_in("../../etc/evil\u202e\r\nname.txt", content)
    document = Document.objects.get()
    assert document.original_name == "evilname.txt"
    assert document.file.name == f"{document.sha256[:2]}/{document.sha256}.txt"
    with document.file.open() as kept:
        assert kept.read() == content


def test_two_findings_that_fit_equally_leave_the_choice_to_an_officer() -> None:
    findings = "Areas for improvement\n- The force should train sergeants in searching.\n- The force should train sergeants in searching well.\nIt is fair."
    take_in("a.txt", (TITLE + findings).encode())
    later = (
        TITLE.replace("2015", "2021/22")
        + "It has met the area for improvement from our 2015 legitimacy report on training sergeants in searching."
    )
    take_in("b.txt", later.encode())
    assessment = Assessment.objects.get()
    assert assessment.tracked_finding is None
    assert len(assessment.candidates) == 2


@pytest.mark.parametrize(
    "said",
    ["our 2014 area for improvement on how the force trains sergeants", "our 2015 recommendation that the force train sergeants",
     "our 2015 area for improvement on vetting renewals"],
    ids=["another year", "another kind", "another subject"],
)  # fmt: skip
def test_a_finding_of_another_year_kind_or_subject_is_not_meant(said: str) -> None:
    take_in(
        "a.txt",
        (TITLE + "Areas for improvement\n- The force should train sergeants in searching.\nIt is fair.").encode(),
    )
    later = TITLE.replace("2015", "2021/22") + f"The force has met {said}."
    take_in("b.txt", later.encode())
    assert Assessment.objects.get().tracked_finding is None


def test_a_finding_of_another_force_is_never_meant() -> None:
    take_in(
        "a.txt",
        (TITLE + "Areas for improvement\n- The force should train sergeants in searching.\nIt is fair.").encode(),
    )
    later = TITLE.replace("2015", "2021/22").replace("Exampleshire", "Kent")
    take_in(
        "b.txt",
        f"{later}The force has met the area for improvement from our 2015 legitimacy report on how it trains sergeants in searching.".encode(),
    )
    assessment = Assessment.objects.get()
    assert (assessment.tracked_finding, assessment.candidates) == (None, [])


@pytest.mark.parametrize("year", ["2014", "2013"], ids=["a year with a cycle", "a year without"])
def test_a_national_recommendation_nobody_knows_yet_becomes_one_record_for_all_forces(year: str) -> None:
    text = TITLE.replace("Exampleshire", "Kent") + (
        f"In our {year} custody report, we recommended that all forces should inspect every cell each month.\n"
        "The force has achieved this recommendation."
    )
    take_in("a.txt", text.encode())
    take_in("b.txt", text.replace("Kent", "Essex").replace("achieved", "not achieved").encode())
    finding = Finding.objects.national().exclude(cues__has_key="year").get()
    assert finding.reference == f"national/{year}/custody-report/recommendation/1"
    assert finding.tracked.count() == Force.objects.national().count() == 43
    assert {(a.force.slug, a.tracked_finding.finding_id) for a in Assessment.objects.all()} == {
        ("kent", finding.pk),
        ("essex", finding.pk),
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff\xe0JFIF", "JPEG"),
        (b"Minutes of a parish council.", "no report title"),
        (TITLE.replace("Exampleshire", "Loamshire").encode() + b"It is fair.", "none of the 43 forces"),
        (TITLE.encode() + b"The force treats people well and asks them what they", "breaks off"),
    ],
    ids=["empty", "picture", "no report", "unknown force", "truncated"],
)
def test_what_cannot_be_taken_in_leaves_nothing_behind(content: bytes, reason: str) -> None:
    before = rows()
    with pytest.raises(NotReadable, match=reason):
        take_in("report.txt", content)
    assert rows() == before


def test_an_officer_takes_in_reports_of_their_own_force_only(samples: Path) -> None:
    content = (samples / "exampleshire-2016-legitimacy.txt").read_bytes()
    before = rows()
    for stranger in (member(Role.OFFICER, "kent"), member(Role.VIEWER, "exampleshire"), member(Role.NATIONAL)):
        with pytest.raises(NotYours):
            take_in("a.txt", content, stranger)
    assert rows() == before
    assert take_in("a.txt", content, member(Role.OFFICER, "exampleshire")).created == 5
    assert take_in("a.txt", content, member(Role.ADMINISTRATOR)).created == 0


def test_a_letter_judges_what_the_report_before_it_found(samples: Path) -> None:
    take_in("report.txt", AREAS_REPORT.encode())
    result = take_in("letter.txt", LETTER.encode())
    assert (result.created, result.linked, result.unlinked) == (0, 2, 0)
    assert str(result.report) == "Exampleshire Police: cause of concern revisit letter"
    assert (
        result.report.reference == "exampleshire/letter/2023-03-14/exampleshire-police-cause-of-concern-revisit-letter"
    )
    cause, recommendation = Assessment.objects.order_by("line")
    assert (cause.tracked_finding.finding.kind, cause.outcome) == ("cause_of_concern", "achieved")
    assert (recommendation.tracked_finding.finding.kind, recommendation.outcome) == (
        "recommendation",
        "partly_complied",
    )
    before = rows()
    take_in("letter.txt", LETTER.encode())
    assert rows() == before


def test_a_letter_without_a_day_is_refused() -> None:
    take_in("report.txt", AREAS_REPORT.encode())
    with pytest.raises(NotReadable, match="bears no date"):
        take_in("letter.txt", LETTER.replace("Published on: 14 March 2023", "").encode())


def test_a_national_report_opens_what_binds_forces_for_all_43(samples: Path) -> None:
    name = "national-thematic-stolen-bicycles.txt"
    result = take(samples / "layouts", name)
    assert (result.created, result.tracked_findings) == (4, 2 * 43)
    assert result.report.force is None
    assert result.report.reference.startswith("national/2022/an-inspection-of-how-forces-deal-with-stolen-bicycles")
    others = Finding.objects.filter(binds_forces=False)
    assert {f.addressed_to for f in others} == {
        "the College of Policing",
        "the Home Office and the National Police Chiefs' Council",
    }
    assert not TrackedFinding.objects.filter(finding__in=others).exists()
    before = rows()
    assert take(samples / "layouts", name).created == 0
    assert rows() == before


def test_only_an_administrator_takes_a_national_report_in(samples: Path) -> None:
    content = (samples / "layouts" / "national-thematic-stolen-bicycles.txt").read_bytes()
    with pytest.raises(NotYours, match="national report"):
        take_in("a.txt", content, member(Role.OFFICER, "kent"))
    assert not Finding.objects.filter(report__title__contains="bicycles").exists()
    assert take_in("a.txt", content, member(Role.ADMINISTRATOR)).created == 4


def test_a_national_overview_fills_in_the_recommendations_known_before(samples: Path) -> None:
    text = NATIONAL_OVERVIEW.encode()
    known = Finding.objects.get(reference="national/2017/legitimacy/recommendation/1")
    result = take_in("overview.txt", text)
    assert (result.created, result.changed) == (1, 1)
    known.refresh_from_db()
    assert "stop and search" in known.text
    assert Finding.objects.get(reference="national/2017/legitimacy/recommendation/2").text.startswith("By May 2018")


def test_an_overview_is_kept_with_a_judgment_for_each_pillar(samples: Path) -> None:
    result = take(samples / "layouts", "overview-2018-three-questions.txt")
    assert result.report.reference == "exampleshire/2018/overview"
    assert [j.grade for j in result.report.judgments.all()] == ["good", "requires_improvement", "outstanding"]


RESTATING = (
    TITLE.replace("Exampleshire", "Kent")
    + "In our 2014 custody report, we recommended that all forces should inspect every cell each month.\n"
    "The force has achieved this recommendation."
)


def test_what_an_officers_document_restates_binds_that_force_alone_until_an_administrator_speaks(
    reference: None,
) -> None:
    take_in("a.txt", RESTATING.encode(), member(Role.OFFICER, "kent"))
    finding = Finding.objects.get(reference="national/2014/custody-report/recommendation/1")
    assert finding.tracked.count() == 1
    assert open_national() == 0
    assert finding.tracked.count() == 1
    take_in("b.txt", RESTATING.replace("Kent", "Essex").encode(), member(Role.ADMINISTRATOR))
    assert finding.tracked.count() == 43
    assert Assessment.objects.filter(tracked_finding__finding=finding).count() == 2


def test_one_sentence_may_judge_one_finding_after_another() -> None:
    judged = "In 2014, we recommended that the force should {}. The force has met this recommendation.\n"
    text = (TITLE + judged.format("review custody cells") + judged.format("appraise sergeants")).encode()
    assert take_in("a.txt", text).assessments == 2
    assert take_in("a.txt", text).assessments == 0
    subjects = {a.refers_to["elements"][0] for a in Assessment.objects.all()}
    assert subjects == {"review custody cells", "appraise sergeants"}


def test_two_letters_of_one_day_are_two_and_copies_of_one_are_one() -> None:
    take_in("report.txt", AREAS_REPORT.encode())
    dated = LETTER.replace("From:", "Sent on: 7 March 2023\nFrom:")
    take_in("a.txt", dated.encode())
    take_in("b.txt", dated.replace("Published on: 14 March 2023\n", "").encode())
    assert Report.objects.filter(reference__contains="/letter/").count() == 1
    take_in("c.txt", dated.replace("cause of concern revisit letter", "custody revisit letter").encode())
    assert Report.objects.filter(reference__contains="/letter/").count() == 2


def test_a_letter_reaches_findings_of_a_page_that_was_updated_after_it() -> None:
    page = (
        TITLE
        + "Last updated 21/01/2021\nAreas for improvement\n- The force should appraise its sergeants each year.\nIt is fair.\n"
    )
    take_in("page.txt", page.encode())
    letter = (
        "Exampleshire Police: progress letter\nSent on: 14 March 2020\nWe inspected the force again.\n"
        "The force has addressed the area for improvement from our 2015 legitimacy report on appraising sergeants each year.\n"
    )
    assert take_in("letter.txt", letter.encode()).linked == 1


@pytest.mark.parametrize(
    "named",
    ["the area for improvement from our 2015 effectiveness report about appraising sergeants", "our 2015 area for improvement on sergeants"],
    ids=["another pillar", "a single word"],
)  # fmt: skip
def test_too_little_in_common_is_offered_and_never_chosen(named: str) -> None:
    take_in(
        "a.txt", (TITLE + "Areas for improvement\n- The force should appraise its sergeants.\nIt is fair.").encode()
    )
    take_in("b.txt", (TITLE.replace("2015", "2021/22") + f"The force has met {named}.").encode())
    assert Assessment.objects.get().tracked_finding is None


class TestRealReports:
    """The five real reports, as the inspectors wrote them."""

    @pytest.fixture(autouse=True)
    def taken_in(self, example_force: None, real_reports: Path) -> None:
        for path in sorted(real_reports.glob("*.txt")):
            take_in(path.name, path.read_bytes())

    @pytest.mark.parametrize(
        ("force", "recommendation", "verdicts"),
        [
            ("lancashire", "2016/legitimacy/recommendation/1", [("achieved", False)]),
            ("cheshire", "2016/legitimacy/recommendation/1", [("not_achieved", False)]),
            ("west-mercia", "2016/legitimacy/recommendation/1", [("achieved", True)]),
            ("leicestershire", "2016/legitimacy/recommendation/1", []),
            ("lancashire", "2016/legitimacy/recommendation/2", [("in_progress", False)]),
            ("leicestershire", "2016/legitimacy/recommendation/2", [("no_outcome", False)]),
            ("cheshire", "2016/legitimacy/recommendation/2", []),
            ("lancashire", "2017/legitimacy/recommendation/1", [("partly_complied", False)]),
            ("west-mercia", "2017/legitimacy/recommendation/1", [("partly_complied", False)]),
            ("cheshire", "2017/legitimacy/recommendation/1", []),
        ],
    )
    def test_the_three_national_recommendations_gather_each_forces_verdict(
        self, force: str, recommendation: str, verdicts: list[tuple[str, bool]]
    ) -> None:
        tracked = TrackedFinding.objects.get(force__slug=force, finding__reference=f"national/{recommendation}")
        assert [(a.outcome, bool(a.caveat)) for a in tracked.assessments.all()] == verdicts
        assert {a.state for a in tracked.assessments.all()} <= {"proposed"}
        assert tracked.status == "open"

    def test_what_names_no_report_that_is_in_waits_for_an_officer(self) -> None:
        unlinked = Assessment.objects.get(tracked_finding__isnull=True)
        assert (unlinked.force.slug, unlinked.outcome, unlinked.refers_to["year"]) == ("cheshire", "achieved", "2017")

    def test_a_second_time_changes_nothing(self, real_reports: Path) -> None:
        before = rows()
        for path in sorted(real_reports.glob("*.txt")):
            result = take_in(path.name, path.read_bytes())
            assert (result.created, result.changed, result.tracked_findings, result.assessments) == (0, 0, 0, 0)
        assert rows() == before

    @pytest.mark.parametrize(
        ("force", "named", "meant"),
        [
            # One subject, near-copies in every force: each force's own is meant.
            ("Lancashire", "2018 area for improvement on the counter-corruption unit's capacity for proactive work", "lancashire/2018/legitimacy/q2/afi/3"),
            ("Cheshire", "2018 area for improvement on the counter-corruption unit's capacity for proactive work", "cheshire/2018/legitimacy/q2/afi/4"),
            ("West Mercia", "2018 area for improvement on the counter-corruption unit's capacity and monitoring of systems", "west-mercia/2018/legitimacy/q2/afi/1"),
            ("Lancashire", "2018 area for improvement on monitoring all IT systems", "lancashire/2018/legitimacy/q2/afi/2"),
            # A subject that only another force has.
            ("Lancashire", "2018 area for improvement on vetting backlogs", None),
            ("West Mercia", "2018 area for improvement on the ethics panel", None),
            ("Cheshire", "2018 area for improvement on talent", None),
            # Two of one page that overlap, and an area whose like stands in another year.
            ("West Mercia", "2018 area for improvement on performance and talent", None),
            ("Cheshire", "2016 area for improvement on vetting guidelines", None),
            ("Leicestershire", "2018 area for improvement on vetting guidelines", None),
        ],
    )  # fmt: skip
    def test_near_copies_are_never_linked_across_forces_years_or_each_other(
        self, force: str, named: str, meant: str | None
    ) -> None:
        text = TITLE.replace("Exampleshire", force).replace("2015", "2021/22")
        take_in("later.txt", f"{text}The force has met our {named}.".encode())
        assessment = Assessment.objects.get(report__cycle__code="2021/22")
        tracked = assessment.tracked_finding
        assert (tracked.finding.reference if tracked else None) == meant
        theirs = [row["tracked_finding"] for row in assessment.candidates]
        assert not TrackedFinding.objects.filter(pk__in=theirs).exclude(force=assessment.force).exists()

    def test_what_only_sounds_like_a_verdict_is_proposed_nowhere(self) -> None:
        lines = {(a.force.slug, a.line) for a in Assessment.objects.all()}
        assert not lines & {
            ("lancashire", 193),
            ("west-mercia", 138),
            ("leicestershire", 11),
            ("cheshire", 103),
            ("west-mercia", 156),
        }
        assert not Assessment.objects.filter(report__force__slug="lancashire", report__cycle__code="2021/22").exists()


def test_documents_join_the_demos_records_and_nothing_doubles(real_reports: Path) -> None:
    load_demo()
    counts = Report.objects.count(), Finding.objects.count(), TrackedFinding.objects.count()
    for path in sorted(real_reports.glob("*.txt")):
        result = take_in(path.name, path.read_bytes())
        assert (result.is_new, result.created, result.unchanged) == (False, 0, 0)
    assert (Report.objects.count(), Finding.objects.count(), TrackedFinding.objects.count()) == counts
    assert not Finding.objects.filter(scope="force", text="").exists()
    assert not Finding.objects.filter(scope="force", summary="").exists()


def test_a_decision_made_while_another_report_comes_in_stands(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take(samples, "exampleshire-2018-legitimacy.txt")
    waiting = Assessment.objects.get(outcome="achieved")
    officer = member(Role.OFFICER, "exampleshire")
    chosen = TrackedFinding.objects.filter(force__slug="exampleshire", finding__kind="recommendation").first()

    def decided_meanwhile(*args: object) -> list[object]:
        found = candidates(*args)
        Assessment.objects.filter(pk=waiting.pk, state="proposed").update(
            state="rejected", decided_by=officer, decided_at="2020-01-01T00:00:00Z", tracked_finding=chosen
        )
        return found

    monkeypatch.setattr("tracking.intake.candidates", decided_meanwhile)
    take(samples, "exampleshire-2016-legitimacy.txt")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.tracked_finding) == ("rejected", chosen)


def test_people_who_take_nothing_in_cost_no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted(*_: object) -> None:
        pytest.fail("the document was read")

    monkeypatch.setattr("tracking.intake.open_document", unwanted)
    with pytest.raises(NotYours):
        take_in("a.txt", b"x", member(Role.VIEWER, "kent"))
