"""How long reading a report takes, beside the bare cost of loading its text."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from findings.reading.reader import read_report

SAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "reports"
ROUNDS, DOCUMENTS = 5, 500


def seconds(work: Callable[[Path], object], paths: list[Path]) -> float:
    """How long `work` takes over all paths, once."""
    start = perf_counter()
    for path in paths:
        work(path)
    return perf_counter() - start


def run() -> None:
    """Reads the samples over and over, alternating with loading them; prints medians and the ratio."""
    known = sorted([*SAMPLES.glob("*.txt"), *SAMPLES.glob("layouts/*.txt")])
    paths = [known[i % len(known)] for i in range(DOCUMENTS)]
    size = sum(path.stat().st_size for path in paths)
    loading, reading = [], []
    for _ in range(ROUNDS):
        loading.append(seconds(lambda path: path.read_text(encoding="utf-8"), paths))
        reading.append(seconds(lambda path: read_report(path.read_text(encoding="utf-8")), paths))
    took = median(reading)
    print(f"reading {DOCUMENTS} reports, {size / 2**20:.2f} MB, one core, median of {ROUNDS}:")
    print(f"  {DOCUMENTS / took:,.0f} documents a second, {size / 2**20 / took:.1f} MB a second")
    print(f"  {took / median(loading):.0f} times the bare cost of loading the text")
