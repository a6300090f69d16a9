"""Every address of the service."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from peeltrack.health import healthz, metrics, readyz
from tracking.statements import accessibility
from tracking.stopping_mail import stop_mail

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("accessibility/", accessibility, name="accessibility"),
    path("stop-mail/<str:mark>/", stop_mail, name="stop_mail"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("tracking.api.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"),
    path(
        "api/v1/docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="schema", template_name="docs.html", authentication_classes=[], permission_classes=[]
        ),
        name="docs",
    ),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
]
handler400 = "peeltrack.errors.bad_request"
handler403 = "peeltrack.errors.forbidden"
handler404 = "peeltrack.errors.not_found"
handler500 = "peeltrack.errors.fault"
