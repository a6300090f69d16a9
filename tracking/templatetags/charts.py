"""Drawings in templates."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from tracking.charts import bar, trend
from tracking.today import Bar

register = template.Library()
register.simple_tag(trend, name="trend")


@register.simple_tag(name="bar")
def drawn(row: Bar, rows: Sequence[Bar], share: bool = False) -> SafeString:
    """The row's bar, as long as its total among `rows`, or (`share`) filling the width."""
    return bar(row.parts, row.total if share else max(one.total for one in rows))
