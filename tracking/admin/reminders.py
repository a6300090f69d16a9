"""What a person was reminded of, and whether the e-mail went out."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from findings.admin import ReadOnlyAdmin
from tracking import access
from tracking.models import Reminder
from tracking.vocabulary import DigestState


class ByStanding(admin.SimpleListFilter):
    """What stands, and what was cancelled as it was owed no longer."""

    title, parameter_name = "standing", "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Stands"), ("no", "Cancelled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> QuerySet[Reminder]:
        chosen = {"yes": True, "no": False}.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(cancelled_at__isnull=chosen)


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    """One's own reminders, read-only."""

    list_display = ("thing", "rule", "about_on", "made", "mail")
    list_filter = ("rule", ByStanding)
    ordering = ("-occasion", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reminder]:
        user: Any = request.user
        return access.visible(super().get_queryset(request).filter(recipient=user), user).select_related(
            "tracked_finding__finding",
            "tracked_finding__force",
            "tracked_element__element",
            "response__report__cycle",
            "response__force",
            "report__cycle",
            "report__force",
            "digest",
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_enter(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Reminder | None = None) -> bool:
        return obj is None or obj.recipient == request.user

    @admin.display(description="about")
    def thing(self, row: Reminder) -> str:
        return row.thing

    @admin.display(description="made", ordering="made_at")
    def made(self, row: Reminder) -> str:
        return f"{timezone.localtime(row.made_at):%-d %B %Y}"

    @admin.display(description="e-mail")
    def mail(self, row: Reminder) -> str:
        if row.digest is None:
            return f"not sent: {row.cancelled_because}" if row.cancelled_at else "not sent yet"
        state = DigestState(row.digest.state)
        sent = state is DigestState.SENT
        return f"sent {row.digest.day:%-d %B %Y}" if sent else f"{state.label} ({row.digest.day:%-d %b %Y})"
