"""Drawings as SVG, made here: no script, no colour without its word, and nothing that a strict page policy forbids."""

from collections.abc import Sequence
from itertools import count

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tracking.statistics import Point
from tracking.vocabulary import Status

Part = tuple[str, str, int, str]  # the style, the word, the count, the address of the list behind it

# Of the trend, in the drawing's own units.
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 220, 40, 28, 12
LINES = 4  # at most so many lines of the scale
_numbers = count(1)


def bar(parts: Sequence[Part], most: int) -> SafeString:
    """One stacked bar; `most` is the count that fills the whole width. The numbers stand beside it, so it is not read out."""
    drawn, begin = [], 0.0
    for style, word, number, _ in parts:
        wide = 100 * number / max(most, 1)
        if number:
            drawn.append((f"{begin:.2f}", f"{wide:.2f}", style, word, number))
        begin += wide
    rects = format_html_join(
        "", '<rect x="{}" y="0" width="{}" height="12" class="s-{}"><title>{}: {}</title></rect>', drawn
    )
    return format_html(
        '<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">{}</svg>', rects
    )


def trend(points: Sequence[Point], title: str) -> SafeString:
    """A stacked column for each day of `points`, with a scale. The same figures belong in a table below it."""
    statuses = [status for status in Status if any(point.counts[status] for point in points)]
    most = max((sum(point.counts.values()) for point in points), default=0)
    step = _step(most)
    top = step * max(-(-most // step), 1)
    tall = HEIGHT - BOTTOM - TOP
    each = (WIDTH - LEFT) / max(len(points), 1)
    lines = [
        (f"{TOP + tall - tall * value / top:.1f}", LEFT, WIDTH, value, LEFT - 6) for value in range(0, top + 1, step)
    ]
    scale = format_html_join(
        "",
        '<line class="grid" x1="{1}" x2="{2}" y1="{0}" y2="{0}"></line><text class="axis" x="{4}" y="{0}" dy="4" text-anchor="end">{3}</text>',
        lines,
    )
    rects, names = [], []
    for place, point in enumerate(points):
        left, below = LEFT + each * place + each * 0.18, float(TOP + tall)
        for status in statuses:
            high = tall * point.counts[status] / top
            below -= high
            said = f"{point.on:%-d %B %Y}, {status.label.lower()}: {point.counts[status]}"
            rects.append((f"{left:.1f}", f"{below:.1f}", f"{each * 0.64:.1f}", f"{high:.1f}", status.value, said))
        names.append((f"{left + each * 0.32:.1f}", HEIGHT - 8, _name(points, place)))
    drawn = format_html_join(
        "", '<rect x="{}" y="{}" width="{}" height="{}" class="s-{}"><title>{}</title></rect>', rects
    )
    named = format_html_join("", '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>', names)
    key = f"chart-{next(_numbers)}"
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}"><title id="{}">{}</title>{}{}{}</svg>',
        WIDTH, HEIGHT, key, key, title, scale, drawn, named,
    )  # fmt: skip


def _name(points: Sequence[Point], place: int) -> str:
    """The year of a year's end; the last point is today."""
    return "today" if place == len(points) - 1 else f"{points[place].on:%Y}"


def _step(most: int) -> int:
    """A round distance between the lines of a scale up to `most`."""
    rough = max(most / LINES, 1)
    power = 1
    while power * 10 <= rough:
        power *= 10
    return next(int(power * factor) for factor in (1, 2, 5, 10) if power * factor >= rough)
