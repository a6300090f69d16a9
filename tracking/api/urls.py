"""The routes of the API, in one place."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from findings.api.views import CycleViewSet, JudgmentViewSet, ThemeViewSet
from tracking.api.calendar_views import CalendarView
from tracking.api.key_views import CalendarViewSet, TokenViewSet
from tracking.api.statistics_views import StatisticsViewSet
from tracking.api.views import (
    AssessmentViewSet,
    EvidenceNoteViewSet,
    ForceSummaryViewSet,
    ReportIntakeViewSet,
    StatusChangeViewSet,
    StatutoryResponseViewSet,
    TrackedFindingViewSet,
)
from tracking.api.webhook_views import DeliveryViewSet, EventViewSet, WebhookViewSet
from tracking.api.work_views import (
    ContradictionViewSet,
    EvidenceViewSet,
    FindingInContextViewSet,
    LinkViewSet,
    ReminderViewSet,
    SignOffViewSet,
)

router = SimpleRouter()
router.register("forces", ForceSummaryViewSet, basename="force")
router.register("cycles", CycleViewSet, basename="cycle")
router.register("themes", ThemeViewSet, basename="theme")
router.register("reports", ReportIntakeViewSet, basename="report")
router.register("judgments", JudgmentViewSet, basename="judgment")
router.register("findings", FindingInContextViewSet, basename="finding")
router.register("tracked-findings", TrackedFindingViewSet, basename="tracked-finding")
router.register("status-changes", StatusChangeViewSet, basename="status-change")
router.register("assessments", AssessmentViewSet, basename="assessment")
router.register("evidence-notes", EvidenceNoteViewSet, basename="evidence-note")
router.register("responses", StatutoryResponseViewSet, basename="response")
router.register("evidence", EvidenceViewSet, basename="evidence")
router.register("sign-offs", SignOffViewSet, basename="sign-off")
router.register("links", LinkViewSet, basename="link")
router.register("contradictions", ContradictionViewSet, basename="contradiction")
router.register("reminders", ReminderViewSet, basename="reminder")
router.register("statistics", StatisticsViewSet, basename="statistics")
router.register("events", EventViewSet, basename="event")
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register("deliveries", DeliveryViewSet, basename="delivery")
router.register("tokens", TokenViewSet, basename="token")
router.register("calendar", CalendarViewSet, basename="calendar-address")
urlpatterns = [path("calendar.ics", CalendarView.as_view(), name="calendar"), *router.urls]
