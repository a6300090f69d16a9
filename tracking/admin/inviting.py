"""The page that invites somebody, and the one that sends an invitation again. Doors to `tracking.people`."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from findings.models import Force
from tracking import access
from tracking.account_mail import link_days
from tracking.admin.pages import confirm_page
from tracking.models import User
from tracking.people import Account, NotSent, Post, awaits_password, invite, propose_username, send_invitation
from tracking.vocabulary import Role
from tracking.workflow import Refused

MOST_ROLES = 20
FIELD_OF = {"email_missing": "email", "email_taken": "email", "username_taken": "username"}
IN_WHICH_FORCE = "In which force"
NO_FORCE = "Leave the force empty for national user and administrator."


class InviteForm(forms.Form):
    """Who is invited."""

    email = forms.EmailField(
        max_length=254, label="E-mail address", help_text="The invitation goes there.",
        widget=forms.EmailInput({"autocomplete": "off"}),
    )  # fmt: skip
    first_name = forms.CharField(max_length=150, label="First name")
    last_name = forms.CharField(max_length=150, label="Last name")
    username = forms.CharField(
        max_length=150, required=False, validators=[User.username_validator],
        help_text="To sign in with. Left empty, it is what stands before the @ of the address.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip


class RoleForm(forms.Form):
    """One role of whoever is invited."""

    role = forms.ChoiceField(choices=[("", "---------"), *Role.choices()], label="Role")
    force = forms.ModelChoiceField(Force.objects.none(), required=False, label=IN_WHICH_FORCE, help_text=NO_FORCE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        force = self.fields["force"]
        assert isinstance(force, forms.ModelChoiceField)  # noqa: S101 - declared so above
        force.queryset = Force.objects.order_by("name")

    def post(self) -> Post | None:
        """What was chosen; None where nothing was."""
        asked = self.cleaned_data
        return Post(Role(asked["role"]), asked["force"]) if asked.get("role") else None


class BaseRoleForms(forms.BaseFormSet[RoleForm]):
    """Rows of roles: the first must be filled in, others may stay empty, whatever was shown in them to begin with."""

    def initial_form_count(self) -> int:
        return 0 if self.is_bound else super().initial_form_count()


RoleForms = forms.formset_factory(
    RoleForm, formset=BaseRoleForms, extra=0, min_num=1, max_num=MOST_ROLES, absolute_max=MOST_ROLES
)


def invite_page(request: HttpRequest) -> HttpResponse:
    """Asks who is invited as what; makes the account and sends the invitation."""
    _check_administrator(request)
    sent = request.method == "POST" and "more" not in request.POST
    form, roles = _as_sent(request) if sent else _to_fill_in(request)
    if sent and form.is_valid() and roles.is_valid():
        made = _made(request, form, [post for post in (row.post() for row in roles) if post])
        if made:
            return made
    context = {
        **site.each_context(request),
        "title": "Invite somebody",
        "opts": User._meta,
        "form": form,
        "roles": roles,
        "back": reverse("admin:tracking_user_changelist"),
        "days": link_days(),
        "more": len(roles.forms) < MOST_ROLES,
    }
    return TemplateResponse(request, "admin/tracking/invite.html", context)


def _as_sent(request: HttpRequest) -> tuple[InviteForm, Any]:
    return InviteForm(request.POST), RoleForms(request.POST, prefix="roles")


def _to_fill_in(request: HttpRequest) -> tuple[InviteForm, Any]:
    """The forms to begin with, or with what was entered so far and a row more. The address proposes a username."""
    if request.method != "POST":
        return InviteForm(), RoleForms(prefix="roles")
    sent = request.POST
    known = [
        {"role": sent.get(f"roles-{place}-role", ""), "force": sent.get(f"roles-{place}-force", "")}
        for place in range(MOST_ROLES)
        if f"roles-{place}-role" in sent
    ]
    entered = {name: sent.get(name, "") for name in InviteForm.base_fields}
    if entered["email"] and not entered["username"]:
        entered["username"] = propose_username(entered["email"])
    return InviteForm(initial=entered), RoleForms(initial=[*known, {}][:MOST_ROLES], prefix="roles")


def _made(request: HttpRequest, form: InviteForm, posts: list[Post]) -> HttpResponse | None:
    """The person's page, once the account is made; None where the rules refuse it, which the form then says."""
    by: Any = request.user
    try:
        user = invite(Account(**form.cleaned_data), posts, by)
    except Refused as refused:
        form.add_error(FIELD_OF.get(refused.code), refused.message)
        return None
    site.get_model_admin(User).log_addition(request, user, f"Invited as {'; '.join(map(str, posts))}.")
    try:
        send_invitation(user.pk, by)
    except NotSent as failed:
        messages.warning(request, failed.message)
    else:
        messages.success(request, f"{user} is invited: a letter has gone to {user.email}.")
    return redirect("admin:tracking_user_change", user.pk)


def invite_again_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends the invitation again, to who has no password yet; the link sent before ends."""
    _check_administrator(request)
    user = User.objects.filter(pk=pk).first()
    if user is None:
        raise Http404
    by: Any = request.user

    def write(_: dict[str, Any]) -> str:
        send_invitation(pk, by)
        site.get_model_admin(User).log_change(request, user, "The invitation was sent again.")
        return f"The invitation has gone to {user.email} again. The link sent before has ended."

    form = forms.Form(request.POST if request.method == "POST" else None)
    context = {
        "title": f"Send the invitation to {user} again",
        "opts": User._meta,
        "button": f"Send to {user.email}" if awaits_password(user) and user.email else "",
    }
    return confirm_page(request, form, write, reverse("admin:tracking_user_change", args=[pk]), context)


def _check_administrator(request: HttpRequest) -> None:
    user: Any = request.user
    if not access.is_administrator(user):
        raise PermissionDenied
