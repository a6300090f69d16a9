from django.contrib.admin.apps import AdminConfig


class PeeltrackAdminConfig(AdminConfig):
    """Puts the officers' site in the place of Django's, so that every app registers on it."""

    default_site = "tracking.officers_site.OfficersSite"
