"""The rows that were refused, as a file to mend and bring over again."""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence

from findings.formulas import safe_cell
from tracking.trackers.columns import ADDED


def refused_csv(headers: Sequence[str], rows: Iterable[tuple[int, Sequence[str], str]]) -> bytes:
    """CSV of rows (number, original cells, why refused), in UTF-8 with its mark, safe to open in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_cell(header) for header in [*headers, *ADDED]])
    for number, cells, why in rows:
        writer.writerow([*(safe_cell(cell) for cell in cells), number, safe_cell(why)])
    return codecs.BOM_UTF8 + out.getvalue().encode()
