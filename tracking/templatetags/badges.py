"""Badges in templates: always a word, and for a colour its letter."""

from django import template
from django.utils.safestring import SafeString

from tracking.badges import rag_badge, status_badge

register = template.Library()
register.simple_tag(status_badge, name="status_badge")


@register.simple_tag(name="rag_badge")
def colour(rag: str, reason: str = "") -> SafeString:
    return rag_badge(rag, reason)
