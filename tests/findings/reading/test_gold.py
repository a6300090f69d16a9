"""The five real reports, read against what a careful person reads in them."""

import subprocess
import sys
from pathlib import Path

BOUNDS = {"meta": 1, "judgments": 1, "findings": 1, "text": 0.99, "assessments": 0.9, "outcomes": 0.9}


def test_the_real_reports_are_read_as_a_careful_person_reads_them(real_reports: Path) -> None:
    scorer = real_reports.parent / "tools" / "score_reading.py"
    bounds = [f"--min={name}={value}" for name, value in BOUNDS.items()]
    gold = ["--gold", str(real_reports / "gold"), "--texts", str(real_reports), "-v"]
    command = [sys.executable, "manage.py", "read_report", "--json"]
    root = Path(__file__).resolve().parents[3]
    run = subprocess.run(
        [sys.executable, str(scorer), *gold, *bounds, "--", *command],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
