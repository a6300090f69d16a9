"""People and their roles, for administrators. Doors to `tracking.people`, whose rules the forms ask."""

from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from findings.admin import NamedLookups
from tracking.admin.inviting import IN_WHICH_FORCE, NO_FORCE, invite_again_page, invite_page
from tracking.admin.who_can import who_page
from tracking.models import Membership, User
from tracking.people import (
    Post,
    activate,
    awaits_password,
    check_account,
    check_deactivation,
    check_posts,
    check_taking,
    correct_person,
    deactivate,
    give_role,
    posts_of,
    set_password,
    take_role,
)
from tracking.vocabulary import Role
from tracking.workflow import Refused


def _invalid(refused: Refused) -> ValidationError:
    return ValidationError(refused.message, code=refused.code)


class MembershipForm(forms.ModelForm[Membership]):
    """One role of a person. `by` is the administrator at the form, set by the page."""

    by: User

    class Meta:
        model = Membership
        fields = ("user", "role", "force")
        labels: ClassVar = {"user": "Person", "role": "Role", "force": IN_WHICH_FORCE}
        help_texts: ClassVar = {"force": NO_FORCE}

    def post(self) -> Post | None:
        """What was chosen; None where that is not whole."""
        asked = self.cleaned_data
        return Post(Role(asked["role"]), asked.get("force")) if asked.get("role") else None


class GivingForm(MembershipForm):
    """Gives a role to somebody, by itself."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        post, user = self.post(), cleaned.get("user")
        if post and user and not self.errors:
            try:
                check_posts([post], posts_of(user))
            except Refused as refused:
                raise _invalid(refused) from refused
        return cleaned

    def _post_clean(self) -> None:
        """Leaves the rest to the writer, which knows all that the row must hold to."""
        for name in ("user", "role", "force"):
            setattr(self.instance, name, self.cleaned_data.get(name))


class RoleFormSet(BaseInlineFormSet[Membership, User, MembershipForm]):
    """A person's roles: asks the rules about all that is given and taken together. `by` is set by the page."""

    by: User

    def clean(self) -> None:
        if any(self.errors):
            return
        left_out = {form.instance.pk for form in self.deleted_forms}
        rows = list(self.instance.memberships.select_related("force", "user"))
        leaving = [row for row in rows if row.pk in left_out]
        staying = [Post(Role(row.role), row.force) for row in rows if row.pk not in left_out]
        given = [form.post() for form in self.extra_forms if form.has_changed() and form not in self.deleted_forms]
        try:
            check_posts([post for post in given if post], staying)
            for row in leaving:
                check_taking(row, self.by)
        except Refused as refused:
            raise _invalid(refused) from refused

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields and form.instance.pk:
            form.fields["DELETE"].widget.attrs["aria-label"] = f"Take away: {form.instance}"

    def validate_unique(self) -> None:
        """Nothing: `clean` asks the rules, which say it in plain words and know of roles without a force."""


class InlineRoleForm(MembershipForm):
    """One row of a person's roles. The headings of the table name the fields for the eye alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def _post_clean(self) -> None:
        """What a role must hold to is asked by the formset; a role that is there stays as it is."""
        if self.instance._state.adding:
            self.instance.role, self.instance.force = self.cleaned_data.get("role", ""), self.cleaned_data.get("force")


class MembershipInline(admin.TabularInline[Membership, User]):
    """Roles are given and taken; none becomes another."""

    model = Membership
    form = InlineRoleForm
    formset: Any = RoleFormSet
    template = "admin/tracking/user/roles.html"
    fields = ("role", "force")
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.by = request.user
        return formset


class PersonForm(UserChangeForm[User]):
    """A person's account. `by` is the administrator at the form, set by the page."""

    by: User
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta(UserChangeForm.Meta):
        model = User
        labels: ClassVar = {"email": "E-mail address", "is_active": "May sign in"}
        help_texts: ClassVar = {
            "username": "To sign in with.",
            "is_active": "Switched off, the account is signed out at once, everywhere: password, links, tokens, calendar and"
            " webhooks end. The name stays on all that the person did. Switched on again, they need a new invitation.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "seen" in self.fields:
            self.initial["seen"] = _digest(self.instance)
        if "password" in self.fields:
            self.fields["password"].help_text = (
                "Kept so that nobody can read it. Who forgets it gets a new one from the sign-in page."
                if self.instance.has_usable_password()
                else "Who is invited sets it by the link they get. Set one here where no e-mail reaches them."
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("seen") != _digest(User.objects.select_for_update().get(pk=self.instance.pk)):
            raise ValidationError(
                "Somebody else changed this person since you opened the page. Open it again, and repeat what still holds."
            )
        try:
            if {"email", "username"} & set(self.changed_data):
                check_account(cleaned.get("email", ""), cleaned.get("username", ""), self.instance.pk)
            if "is_active" in self.changed_data and not cleaned.get("is_active"):
                check_deactivation(self.instance, self.by)
        except Refused as refused:
            raise _invalid(refused) from refused
        return cleaned


def _digest(person: User) -> str:
    """What the page shows of an account, so that a form knows whether it is still so."""
    shown = (person.username, person.first_name, person.last_name, person.email, str(person.is_active))
    return sha256("\x1f".join(shown).encode()).hexdigest()


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]  # which it has for the type checker alone
    """Sets somebody's password. Who is not to sign in any more is switched off, not left without one."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields.pop("usable_password", None)
        for name in ("password1", "password2"):
            self.fields[name].required = True

    def save(self, commit: bool = True) -> User:
        user = set_password(self.user.pk, self.cleaned_data["password1"], lambda _: True)
        self.user = user
        return user


@admin.register(User)
class UserAdmin(NamedLookups, DjangoUserAdmin[User]):
    """What a person may do is in their memberships; Django's own permission fields are not shown."""

    inlines = (MembershipInline,)
    form = PersonForm
    change_password_form = PasswordForm
    list_display = ("username", "first_name", "last_name", "email", "is_active", "last_login")
    list_filter = ("is_active", "memberships__role")
    fieldsets = (
        (None, {"fields": ("username", "password", "seen")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Access", {"fields": ("is_active",)}),
    )
    filter_horizontal = ()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("invite/", view(invite_page), name="tracking_invite"),
            path("who/", view(who_page), name="tracking_who"),
            path("<int:pk>/invite-again/", view(invite_again_page), name="tracking_invite_again"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": "People", **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        """Accounts are made by inviting."""
        return invite_page(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        person = self.get_object(request, object_id)
        context = {
            "title": str(person),
            "subtitle": None,
            "awaits_password": person is not None and awaits_password(person),
            "show_save_and_add_another": False,
            **(extra_context or {}),
        }
        try:
            return super().change_view(request, object_id, form_url, context)
        except Refused as refused:  # somebody else wrote between this form's check and its saving
            messages.error(request, f"{refused.message} Nothing was stored.")
            return redirect(request.path)

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """The account's own words, each alone; switching on and off is the writer's."""
        by: Any = request.user
        changed = set(form.changed_data)
        words = changed - {"is_active", "seen"}
        if words:
            correct_person(obj, sorted(words))
        if "is_active" in changed:
            (activate if form.cleaned_data["is_active"] else deactivate)(obj.pk, by)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        by: Any = request.user
        formset.save(commit=False)
        for membership in formset.deleted_objects:
            take_role(membership.pk, by)
        for membership in formset.new_objects:
            give_role(form.instance.pk, Post(Role(membership.role), membership.force), by)


@admin.register(Membership)
class MembershipAdmin(NamedLookups):
    """Every role by itself: given and taken here, and none becomes another."""

    form = GivingForm
    list_display = ("user", "role", "force")
    list_filter = ("role", "force")
    list_select_related = ("user", "force")
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": "Roles", **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        context = {"title": "Give a role", "show_save_and_continue": False, **(extra_context or {})}
        try:
            return super().add_view(request, form_url, context)
        except Refused as refused:  # as things stand by the time it is stored
            messages.error(request, f"{refused.message} Nothing was stored.")
            return redirect(request.path)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, {"title": "A role", **(extra_context or {})})

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        try:
            return super().delete_view(request, object_id, {"title": "Take the role away", **(extra_context or {})})
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("admin:tracking_membership_changelist")

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        by: Any = request.user
        obj.pk = give_role(obj.user_id, Post(Role(obj.role), obj.force), by).pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        by: Any = request.user
        take_role(obj.pk, by)
