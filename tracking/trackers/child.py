"""Reads a workbook in a child process that cannot take the service down, as `findings.reading.child` does for pages."""

import json
import sys

from findings.reading.confined import REFUSED, NotConverted, confine, output_of
from tracking.trackers.headers import first_table
from tracking.trackers.values import EXPECTED, NotATracker, Table, TableRow
from tracking.trackers.workbooks import refuse_other_archives, sheets_of


def table_of_workbook(content: bytes) -> Table:
    """The table of an XLSX workbook; raises NotATracker where it cannot be read within the limits."""
    refuse_other_archives(content)
    try:
        said = json.loads(output_of("tracking.trackers.child", content))
    except NotConverted as error:
        raise NotATracker(str(error)) from error
    return Table(tuple(said["headers"]), tuple(TableRow(number, tuple(cells)) for number, *cells in said["rows"]))


def _main() -> int:
    confine()
    try:
        table = first_table(sheets_of(sys.stdin.buffer.read()))
    except NotATracker as refused:
        sys.stderr.write(str(refused))
        return REFUSED
    except MemoryError:
        return 1
    except Exception:  # whatever a broken workbook makes the library raise
        sys.stderr.write(f"the workbook is broken: save it anew; {EXPECTED}")
        return REFUSED
    json.dump({"headers": table.headers, "rows": [[row.number, *row.cells] for row in table.rows]}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
