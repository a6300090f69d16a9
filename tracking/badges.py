"""Words with a colour: the word carries the meaning, the colour only helps the eye."""

from textwrap import shorten

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tracking.vocabulary import Rag, Status


def status_badge(status: str) -> SafeString:
    """The status in words."""
    return format_html('<span class="badge status-{}">{}</span>', str(status), Status(status).label)


def rag_badge(rag: str, reason: str = "") -> SafeString:
    """The colour with its letter and its word; `reason` shows on hovering, and is said elsewhere too."""
    label = Rag(rag).label
    hover = format_html(' title="{}"', shorten(reason, 300, placeholder=" …")) if reason else ""
    letter = format_html('<b aria-hidden="true">{}</b>', label[0])
    return format_html('<span class="badge rag-{}"{}>{} {}</span>', Rag(rag).value, hover, letter, label)
