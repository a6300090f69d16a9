"""The pages on which an officer brings a spreadsheet over: give, choose columns, look, store, mend."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories import ForceFactory, member, tracked_finding
from tests.tracking.test_moving_in import GATE, RADIOS, another_forces_rows, canary_of_kent, everything, sheet
from tests.tracking.test_trackers import workbook
from tracking.models import Membership, TrackedFinding, TrackerFile, User
from tracking.progress import record_progress
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
GIVE = "/admin/tracking/trackerfile/add/"
LIST = "/admin/tracking/trackerfile/"


@pytest.fixture
def officer() -> User:
    return member(Role.OFFICER, ForceFactory(slug="exampleshire", name="Exampleshire Police"))


@pytest.fixture
def tracked(officer: User) -> TrackedFinding:
    return tracked_finding(ForceFactory(slug="exampleshire"), text=GATE)


@pytest.fixture
def theirs() -> TrackedFinding:
    return canary_of_kent()


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def given(client: Client, content: bytes, name: str = "tracker.csv", force: str = "exampleshire") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(GIVE, {"force": ForceFactory(slug=force).pk, "file": file}, follow=True)


def pages_of(file: TrackerFile) -> list[str]:
    names = ("tracker_columns", "tracker_rows", "tracker_refused")
    return [*(reverse(f"admin:tracking_{name}", args=[file.pk]) for name in names), f"{LIST}{file.pk}/change/"]


def rows_page(file: TrackerFile) -> str:
    return reverse("admin:tracking_tracker_rows", args=[file.pk])


def seal_on(page: Any) -> str:
    found = re.search(r'name="seal" value="(\w+)"', page.content.decode())
    assert found
    return found[1]


def test_an_officer_brings_a_tracker_over_in_three_steps(
    officer: User, tracked: TrackedFinding, browser: SignIn
) -> None:
    client = browser(officer)
    assert "Bring a tracker over" in text_of(client.get(LIST))
    content = sheet(
        {"text": GATE, "status": "Amber", "comment": "Begun."}, {"text": RADIOS}, {"text": "X", "status": "Purple"}
    )
    columns = given(client, content)
    assert "Step 2 of 3. tracker.csv of Exampleshire Police." in text_of(columns)
    assert '<option value="Due date" selected>' in columns.content.decode()
    file = TrackerFile.objects.get()
    rows = client.post(columns.request["PATH_INFO"], {**file.columns, "due": ""}, follow=True)
    shown = text_of(rows)
    for words in ("1 refused", "1 changed", "1 new", "0 unchanged", "Nothing of it is stored yet", "Position: Not started → In progress",
                  "Comment: Begun.", "(100% alike)", "cell C4 (“Status”): “Purple” is no known word"):  # fmt: skip
        assert words in shown
    assert 'value="Store 2 rows"' in rows.content.decode()
    assert reverse("admin:tracking_trackedfinding_change", args=[tracked.pk]) in rows.content.decode()
    done = client.post(rows_page(file), {"seal": seal_on(rows)}, follow=True)
    assert "1 new, 1 changed, 0 unchanged, 1 refused." in text_of(done)
    assert "What you see is what the same file would do now." in text_of(done)
    assert 'name="seal"' not in done.content.decode()
    tracked.refresh_from_db()
    assert tracked.position == "in_progress"
    assert "1 new, 1 changed, 0 unchanged, 1 refused. Stored" in text_of(client.get(LIST))


def test_the_same_file_again_has_nothing_to_store(officer: User, tracked: TrackedFinding, browser: SignIn) -> None:
    client = browser(officer)
    for _ in range(2):
        given(client, sheet({"text": GATE, "status": "Amber"}))
        file = TrackerFile.objects.latest("pk")
        page = client.get(rows_page(file))
        if "Store 1 row" in page.content.decode():
            client.post(rows_page(file), {"seal": seal_on(page)})
    assert "Brought over before." in text_of(page)
    assert 'type="submit" class="default"' not in page.content.decode()
    assert tracked.updates.count() == 1


def test_columns_are_preselected_as_they_were_chosen_last(
    officer: User, tracked: TrackedFinding, browser: SignIn
) -> None:
    client = browser(officer)
    content = f"What,How far\n{GATE},Amber\n".encode()
    columns = given(client, content)
    nothing = client.post(columns.request["PATH_INFO"], {"comment": "What"})
    assert "Say which column holds the text of each finding, or its reference." in text_of(nothing)
    client.post(columns.request["PATH_INFO"], {"text": "What", "status": "How far"})
    again = given(client, content.replace(b"Amber", b"Green"))
    assert re.findall(r'<option value="([^"]+)" selected', again.content.decode()) == ["What", "How far"]


def test_what_was_not_seen_is_not_stored(officer: User, tracked: TrackedFinding, browser: SignIn) -> None:
    client = browser(officer)
    given(client, sheet({"text": GATE, "status": "Amber"}))
    file = TrackerFile.objects.get()
    seal = seal_on(client.get(rows_page(file)))
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, officer)
    for answer in ({"seal": seal}, {}):
        late = client.post(rows_page(file), answer)
        assert "Something was changed since you looked." in text_of(late)
        assert "Ready for sign off → In progress" in text_of(late)
    tracked.refresh_from_db()
    assert tracked.position == "ready_for_sign_off"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"%PDF-1.7",
            "cat.csv: the file is a PDF; expected a CSV or XLSX file with a row of headers. Nothing was stored.",
        ),
        (b"", "The submitted file is empty."),
        (b'Ref,Text\n1,"open', "cat.csv: row 2: a quotation mark is not closed"),
        (workbook([("Ref", "Text")]), "cat.csv: nothing stands below the headers (Ref, Text)"),
        (b"x" * (10 * 2**20 + 1), "At most 10 MB."),
    ],
    ids=["pdf", "empty", "quote", "no rows", "large"],
)
def test_a_wrong_file_says_why_beside_the_field(officer: User, browser: SignIn, content: bytes, said: str) -> None:
    page = given(browser(officer), content, "cat.csv")
    assert page.status_code == 200
    assert said in text_of(page)
    assert not TrackerFile.objects.exists()


def test_the_refused_rows_are_a_file_that_runs_nothing(officer: User, browser: SignIn) -> None:
    client = browser(officer)
    given(client, sheet({"text": "=HYPERLINK(1)", "status": "Purple"}, {"text": RADIOS}), "../../x\r\n.csv")
    file = TrackerFile.objects.get()
    answer = client.get(pages_of(file)[2])
    assert answer["Content-Disposition"] == f'attachment; filename="refused-rows-{file.pk}.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert b",'=HYPERLINK(1),Purple," in answer.content
    assert RADIOS.encode() not in answer.content
    assert "\r" not in file.original_name
    assert "/" not in file.original_name


def test_words_of_a_file_are_shown_as_words(officer: User, browser: SignIn) -> None:
    client = browser(officer)
    given(client, sheet({"text": "<script>alert(1)</script>", "comment": "<b>x</b>"}), "<img src=x>.csv")
    file = TrackerFile.objects.get()
    for address in (*pages_of(file)[:2], LIST):
        body = client.get(address).content.decode()
        assert "<script>alert" not in body
        assert "<b>x" not in body
        assert "<img src=x" not in body


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SIGNATORY, Role.NATIONAL, Role.ADMINISTRATOR])
def test_who_is_no_officer_is_refused_every_page(
    role: Role, officer: User, tracked: TrackedFinding, browser: SignIn
) -> None:
    given(browser(officer), sheet({"text": GATE, "status": "Amber"}))
    file = TrackerFile.objects.get()
    client = browser(member(role, tracked.force if role.is_of_a_force else None))
    for address in (LIST, GIVE, *pages_of(file)):
        assert client.get(address).status_code == 403, address
        assert client.post(address, {"seal": "x", "text": "Text"}).status_code == 403, address
    assert "trackerfile" not in client.get("/admin/").content.decode()


def test_an_officer_who_only_reads_the_force_is_refused_its_files(
    officer: User, tracked: TrackedFinding, browser: SignIn
) -> None:
    given(browser(officer), sheet({"text": GATE}))
    reader = member(Role.OFFICER, "kent")
    Membership.objects.create(user=reader, force=tracked.force, role="viewer")
    client = browser(reader)
    for address in pages_of(TrackerFile.objects.get()):
        assert client.get(address).status_code == 403, address
    assert "tracker.csv" not in text_of(client.get(LIST))


def test_another_forces_file_is_nowhere(
    officer: User,
    theirs: TrackedFinding,
    tracked: TrackedFinding,
    browser: SignIn,
) -> None:
    kent = browser(User.objects.get(first_name="CANARY"))
    given(kent, sheet({"text": "CANARY words", "comment": "CANARY"}), "CANARY.csv", "kent")
    file = TrackerFile.objects.get()
    client = browser(officer)
    before = everything()
    for address in pages_of(file):
        for answer in (client.get(address), client.post(address, {"seal": "x", "text": "Text"})):
            assert answer.status_code == 404, address
            assert "CANARY" not in answer.content.decode()
    assert "CANARY" not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}999999/change/").status_code == 404
    assert client.get(f"{LIST}{2**70}/change/").status_code == 404
    assert client.get(f"{LIST}x/change/").status_code == 404
    refused = client.post(GIVE, {"force": theirs.force.pk, "file": SimpleUploadedFile("a.csv", sheet({"text": "x"}))})
    assert "Select a valid choice" in text_of(refused)
    assert "Kent" not in client.get(GIVE).content.decode()
    assert everything() == before


def test_no_page_shows_a_word_of_another_force(
    officer: User,
    theirs: TrackedFinding,
    tracked: TrackedFinding,
    browser: SignIn,
) -> None:
    client = browser(officer)
    given(client, sheet(*another_forces_rows(theirs), {"text": RADIOS, "owner": "Canary Owner"}))
    file = TrackerFile.objects.get()
    page = client.get(rows_page(file))
    assert text_of(page).count("the row is about another force than Exampleshire Police") == 5
    done = client.post(rows_page(file), {"seal": seal_on(page)}, follow=True)
    for answer in (page, done, client.get(LIST), *(client.get(address) for address in pages_of(file)[:3])):
        assert b"CANARY" not in answer.content
    theirs.refresh_from_db()
    assert (theirs.version, theirs.position) == (1, "not_started")


def test_a_long_file_shows_two_hundred_rows_of_each_kind_and_counts_the_rest(officer: User, browser: SignIn) -> None:
    client = browser(officer)
    rows = [{"text": f"Matter number {n} of the list", "status": "Purple"} for n in range(205)]
    given(client, sheet(*rows))
    page = text_of(client.get(rows_page(TrackerFile.objects.get())))
    assert "Refused (205)" in page
    assert "And 5 more like these." in page
    assert "Matter number 199 " in page
    assert "Matter number 200 " not in page


def test_tables_can_be_read_by_everyone(officer: User, tracked: TrackedFinding, browser: SignIn) -> None:
    client = browser(officer)
    given(client, sheet({"text": GATE, "status": "Amber"}, {"text": RADIOS}))
    for address in pages_of(TrackerFile.objects.get())[:2]:
        body = client.get(address).content.decode()
        tables = body.count("<table")
        assert tables == body.count("<caption>") == body.count('role="region" tabindex="0" aria-label="')
        assert body.count('<th scope="col">') >= tables * 3


@pytest.mark.parametrize("count", [1, 40])
def test_queries_of_the_rows_do_not_grow_with_them(
    count: int, officer: User, browser: SignIn, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        tracked_finding(ForceFactory(slug="exampleshire"), text=f"Mend matter {n} and nothing else at all")
    client = browser(officer)
    given(
        client, sheet(*({"text": f"Mend matter {n} and nothing else at all", "status": "Amber"} for n in range(count)))
    )
    file = TrackerFile.objects.get()
    with django_assert_num_queries(9):
        client.get(rows_page(file))
