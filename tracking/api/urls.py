"""The routes of the API, in one place."""

from rest_framework.routers import SimpleRouter

from findings.api.views import CycleViewSet, FindingViewSet, JudgmentViewSet, ThemeViewSet
from tracking.api.views import (
    AssessmentViewSet,
    EvidenceNoteViewSet,
    ForceSummaryViewSet,
    ReportIntakeViewSet,
    StatusChangeViewSet,
    StatutoryResponseViewSet,
    TokenViewSet,
    TrackedFindingViewSet,
)

router = SimpleRouter()
router.register("forces", ForceSummaryViewSet, basename="force")
router.register("cycles", CycleViewSet, basename="cycle")
router.register("themes", ThemeViewSet, basename="theme")
router.register("reports", ReportIntakeViewSet, basename="report")
router.register("judgments", JudgmentViewSet, basename="judgment")
router.register("findings", FindingViewSet, basename="finding")
router.register("tracked-findings", TrackedFindingViewSet, basename="tracked-finding")
router.register("status-changes", StatusChangeViewSet, basename="status-change")
router.register("assessments", AssessmentViewSet, basename="assessment")
router.register("evidence-notes", EvidenceNoteViewSet, basename="evidence-note")
router.register("responses", StatutoryResponseViewSet, basename="response")
router.register("tokens", TokenViewSet, basename="token")
urlpatterns = router.urls
