"""Words with a colour: the word carries the meaning, the colour only helps the eye."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tracking.vocabulary import Rag, Status


def status_badge(status: str) -> SafeString:
    return format_html('<span class="badge status-{}">{}</span>', status, Status(status).label)


def rag_badge(rag: Rag, reason: str) -> SafeString:
    return format_html('<span class="badge rag-{}" title="{}">{}</span>', rag.value, reason, rag.label)
