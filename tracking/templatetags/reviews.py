"""Whether a person has looked through what was read in a report, as a badge."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tracking.models import Review
from tracking.vocabulary import ReviewState

register = template.Library()
SHOWN_AS = {ReviewState.IN_REVIEW: "proposed", ReviewState.PUBLISHED: "confirmed"}


@register.simple_tag
def review_badge(report: int) -> SafeString:
    """The state of the report's review in words; nothing where its document is not here."""
    state = Review.objects.filter(report=report).values_list("state", flat=True).first()
    if state is None:
        return SafeString()
    known = ReviewState(state)
    return format_html('<span class="badge state-{}">{}</span>', SHOWN_AS[known], known.label)
