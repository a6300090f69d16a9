"""Cells that a spreadsheet program would run: marked as text on their way out, unmarked on their way back in."""

import re

# Such a program takes these for the start of a formula, after blanks as well, and in their full-width forms.
OPENS_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
MARK = "'"


def safe_cell(text: str) -> str:
    """`text`, marked as text where a spreadsheet program would take it for a formula."""
    return MARK + text if OPENS_FORMULA.match(text) else text


def unmarked(cell: str) -> str:
    """What `safe_cell` was given."""
    return cell[1:] if cell.startswith(MARK) and OPENS_FORMULA.match(cell[1:]) else cell
