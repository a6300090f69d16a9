"""How a force's files leave the service."""

from django.http import FileResponse

from tracking.models import Evidence


def attachment(evidence: Evidence) -> FileResponse:
    """The evidence's file for download, under the name that it came with, never shown in the page."""
    response = FileResponse(
        evidence.file.open("rb"),
        as_attachment=True,
        filename=evidence.original_name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
