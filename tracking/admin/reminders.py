"""What a person was reminded of, and whether the e-mail went out."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from findings.admin import ReadOnlyAdmin
from tracking import access
from tracking.models import Reminder
from tracking.vocabulary import DigestState


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    """One's own reminders, read-only."""

    list_display = ("finding", "rule", "occasion", "mail")
    list_filter = ("rule",)
    ordering = ("-occasion", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reminder]:
        user: Any = request.user
        rows = super().get_queryset(request).filter(recipient=user)
        reach = access.visible(rows, user, "tracked_finding__force")
        return reach.select_related("tracked_finding__finding", "tracked_finding__force", "digest")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_enter(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Reminder | None = None) -> bool:
        return obj is None or obj.recipient == request.user

    @admin.display(description="finding")
    def finding(self, row: Reminder) -> str:
        return str(row.tracked_finding)

    @admin.display(description="e-mail")
    def mail(self, row: Reminder) -> str:
        if row.digest is None:
            return "not sent yet"
        state = DigestState(row.digest.state)
        sent = state is DigestState.SENT
        return f"sent {row.digest.day:%-d %b %Y}" if sent else f"{state.label} ({row.digest.day:%-d %b %Y})"
