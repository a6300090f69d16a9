"""People and their roles, for administrators."""

from http import HTTPStatus

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest, HttpResponse

from findings.admin import NamedLookups
from tracking.models import Membership, User
from tracking.webhooks import sign_programs_out


class MembershipInline(admin.TabularInline[Membership, User]):
    model = Membership
    extra = 0


@admin.register(User)
class UserAdmin(NamedLookups, DjangoUserAdmin[User]):
    """What a person may do is in their memberships; Django's own permission fields are not shown."""

    inlines = (MembershipInline,)
    list_display = ("username", "first_name", "last_name", "email", "is_active", "last_login")
    list_filter = ("is_active", "memberships__role")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Access", {"fields": ("is_active",)}),
    )
    filter_horizontal = ()

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 - Django's signature
        """Sets somebody's password; programs that signed in with the old one are out."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            sign_programs_out(int(id))
        return response


@admin.register(Membership)
class MembershipAdmin(NamedLookups):
    list_display = ("user", "role", "force")
    list_filter = ("role", "force")
    list_select_related = ("user", "force")
    autocomplete_fields = ("user",)
