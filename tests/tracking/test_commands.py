"""The commands: what they print, what they store, how they end."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from findings.models import Finding
from findings.reference import load_forces
from tests.factories import member, tracked_finding
from tracking.models import Membership, Reminder, TrackedFinding, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db


def run(command: str, *args: object, **options: object) -> str:
    out = StringIO()
    call_command(command, *map(str, args), stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def forces(reference: None) -> None:
    load_forces("example_force.json")


@pytest.fixture
def wrong_files(tmp_path: Path, samples: Path) -> dict[str, Path]:
    whole = (samples / "exampleshire-2018-legitimacy.txt").read_bytes()
    contents = {
        "empty.txt": b"",
        "picture.txt": b"\xff\xd8\xff\xe0JFIF",
        "minutes.txt": b"Minutes of a parish council.\n",
        "loamshire.txt": whole.replace(b"Exampleshire", b"Loamshire"),
        "half.txt": whole[: len(whole) // 2],
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in [*contents, "missing.txt"]}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty.txt", "the file is empty"),
        ("picture.txt", "the file is a JPEG picture"),
        ("minutes.txt", "line 1: no report title found; expected"),
        ("loamshire.txt", "line 3: “Loamshire” is none of the 43 forces"),
        ("half.txt", "the text breaks off"),
        ("missing.txt", "No such file"),
    ],
)
def test_a_wrong_file_is_named_with_the_reason_and_ends_with_2(
    forces: None, wrong_files: dict[str, Path], name: str, words: str
) -> None:
    out, before = StringIO(), Finding.objects.count()
    with pytest.raises(CommandError) as error:
        call_command("import_reports", str(wrong_files[name]), stdout=out, stderr=out)
    assert error.value.returncode == 2
    assert f"{name}: " in out.getvalue()
    assert words in out.getvalue()
    assert Finding.objects.count() == before


def test_good_files_beside_a_wrong_one_are_taken_in(forces: None, wrong_files: dict[str, Path], samples: Path) -> None:
    out = StringIO()
    files = [wrong_files["empty.txt"], samples / "exampleshire-2016-legitimacy.txt"]
    with pytest.raises(CommandError, match="1 of 2 documents were refused"):
        call_command("import_reports", *map(str, files), stdout=out, stderr=out)
    assert "5 new, 0 changed, 0 unchanged" in out.getvalue()


def test_import_reports_tells_what_came_of_each_document(forces: None, samples: Path) -> None:
    files = sorted(samples.glob("*.txt"))
    first = run("import_reports", *files)
    assert "findings: 3 new, 0 changed, 0 unchanged; 5 newly tracked" in first
    assert "verdicts on earlier findings: 4 new, 4 linked, 0 for an officer to link" in first
    assert "not understood: 0" in first
    second = run("import_reports", *files)
    assert "findings: 0 new, 0 changed, 3 unchanged; 0 newly tracked" in second
    assert "verdicts on earlier findings: 0 new" in second


def test_a_dry_run_says_so_and_stores_nothing(forces: None, samples: Path) -> None:
    before = Finding.objects.count()
    assert "Dry run: nothing was stored." in run("import_reports", "--dry-run", *sorted(samples.glob("*.txt")))
    assert Finding.objects.count() == before


def test_read_report_prints_for_people_and_for_programs(samples: Path, wrong_files: dict[str, Path]) -> None:
    shown = run("read_report", samples / "exampleshire-2018-legitimacy.txt")
    assert "Exampleshire Police, PEEL 2018, legitimacy: good" in shown
    assert '"layout": "web"' in run("read_report", "--json", samples / "exampleshire-2018-legitimacy.txt")
    with pytest.raises(CommandError, match="1 of 1 documents could not be read") as error:
        run("read_report", wrong_files["picture.txt"])
    assert error.value.returncode == 2


def test_a_page_of_the_register_is_printed_as_history(samples: Path) -> None:
    page = samples / "register" / "out-of-order-broken-tags.txt"
    shown = run("read_report", "--kind", "register", page)
    assert "(1907): complete" in shown
    assert shown.index("6 November 2017: awaiting-review") < shown.index("14 March 2018: being-progressed")
    assert '"layout": "register"' in run("read_report", "--kind", "register", "--json", page)
    with pytest.raises(CommandError, match="1 of 1 documents could not be read"):
        run("read_report", "--kind", "register", samples / "not-reports" / "committee-paper.txt")


def test_reference_data_twice_is_reference_data_once(db: None) -> None:
    assert "129 national findings newly opened" in run("load_reference")
    assert "43 forces, 8 cycles" in run("load_reference")
    assert "0 national findings newly opened" in run("load_reference")


def test_the_demo_prints_its_passwords_once_and_they_work(reference: None) -> None:
    first = run("load_demo", "--address", "http://127.0.0.1:8000")
    lines = [line.split() for line in first.splitlines() if line.startswith("  ")]
    assert [line[0] for line in lines] == ["officer", "signatory", "viewer", "national", "administrator"]
    for username, password, *_ in lines:
        assert User.objects.get(username=username).check_password(password)
        assert len(password) >= 12
    second = run("load_demo")
    assert not any(line[1] in second for line in lines)
    assert "0 findings newly opened" in second
    assert Membership.objects.filter(user__username="officer").count() == 2
    assert TrackedFinding.objects.filter(force__slug="lancashire").count() == 15


def test_send_reminders_by_hand(db: None) -> None:
    tracked = tracked_finding()
    member(Role.OFFICER, tracked.force)
    TrackedFinding.objects.update(due_on="2026-07-01")
    assert "1 reminders are due" in run("send_reminders", "--on", "2026-06-15", "--dry-run")
    assert not Reminder.objects.exists()
    assert "1 reminders made, 1 digests sent." in run("send_reminders", "--on", "2026-06-15")
    assert "0 reminders made, 0 digests sent." in run("send_reminders", "--on", "2026-06-15")


def test_a_day_that_is_none_is_refused_without_a_traceback(db: None) -> None:
    with pytest.raises(CommandError, match="“yesterday” is no day; expected YYYY-MM-DD"):
        run("send_reminders", "--on", "yesterday")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite:///{folder}/empty.sqlite3", "The database is not set up. Run: manage.py migrate"),
        ("postgres://nobody@127.0.0.1:1/none", "The database does not answer"),
    ],
    ids=["not set up", "not there"],
)
def test_without_its_database_a_command_says_so_without_a_traceback(
    address: str, said: str, tmp_path: Path, samples: Path
) -> None:
    environment = {**os.environ, "DATABASE_URL": address.format(folder=tmp_path)}
    files = map(str, samples.glob("*.txt"))
    command = [sys.executable, "manage.py", "import_reports", *files]
    ended = subprocess.run(
        command, cwd=samples.parents[1], env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, "Traceback" in ended.stderr) == (2, False), ended.stderr
    assert said in ended.stderr
