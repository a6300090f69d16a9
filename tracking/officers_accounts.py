"""The pages by which people come to a password without being signed in, and the one that shows them their roles.

Built on Django's own views. What they answer never tells whether there is an account: a link that does not hold is one page,
whatever the cause; a forgotten password is one answer, whoever asks.
"""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.contrib.auth.forms import PasswordChangeForm, PasswordResetForm
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import (
    INTERNAL_RESET_SESSION_TOKEN,
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse_lazy

from tracking.account_mail import INVITATIONS, RESETS, mail_resets
from tracking.people import set_password
from tracking.who import own_roles
from tracking.workflow import Refused


class OnSite:
    """Gives a page what every page of the site shows around it."""

    site: Any = None
    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**self.site.each_context(self.request), **super().get_context_data(**kwargs)}  # type: ignore[misc]  # mixed into views


class SetPassword(OnSite, PasswordResetConfirmView):
    """Sets a password for who comes by a link from an e-mail, and leads to sign-in.

    Opening the link uses nothing up, as programs that look at mail open links too; sending the form does.
    """

    success_url = reverse_lazy("admin:login")
    template_name = "registration/password_reset_confirm.html"
    unfit = ""

    def form_valid(self, form: Any) -> HttpResponse:
        token = self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, "")
        tokens: PasswordResetTokenGenerator = self.token_generator
        whose: Any = self.user
        try:
            set_password(whose.pk, form.cleaned_data["new_password1"], lambda user: tokens.check_token(user, token))
        except Refused:  # somebody else came by the same link at this moment
            self.validlink = False
            return self.render_to_response(self.get_context_data())
        messages.success(self.request, "Your password is set. Sign in with it.")
        return HttpResponseRedirect(str(self.success_url))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context if self.validlink else {**context, "title": "The link does not hold", "unfit": self.unfit}


class Invited(SetPassword):
    """The first password, of who was invited."""

    title = "Welcome to peeltrack: set your password"
    token_generator = INVITATIONS
    unfit = "Ask an administrator of the service to send you the invitation again."


class Reset(SetPassword):
    """Another password, of who has forgotten theirs."""

    title = "Set another password"
    token_generator = RESETS
    unfit = "Ask for another one below."


class OwnPasswordForm(PasswordChangeForm):
    """One's own password, by the old one, which must hold at the moment of writing: the account may be switched off meanwhile."""

    def save(self, commit: bool = True) -> Any:
        old = self.cleaned_data["old_password"]
        new = self.cleaned_data["new_password1"]
        self.user = set_password(self.user.pk, new, lambda user: user.is_active and user.check_password(old))
        return self.user


class OwnPassword(OnSite, PasswordChangeView):
    """Changes one's own password; programs that signed in with the old one are out."""

    form_class = OwnPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except Refused:
            logout(self.request)
            return HttpResponseRedirect(str(reverse_lazy("admin:login")))


class ForgottenForm(PasswordResetForm):
    """The address of who has forgotten their password."""

    def save(self, **_: Any) -> None:  # type: ignore[override]  # what Django would word and send is this service's own
        """Sends the letter, once the request is answered, to every account of the address that has a password."""
        mail_resets(self.get_users(self.cleaned_data["email"]))


class Forgotten(OnSite, PasswordResetView):
    """Asks for the address of who has forgotten their password."""

    title = "Forgotten your password?"
    form_class = ForgottenForm
    success_url = reverse_lazy("admin:password_reset_done")


class ForgottenDone(OnSite, PasswordResetDoneView):
    """Says the same to everybody."""

    title = "Look into your e-mail"


def account_pages(site: AdminSite) -> list[URLPattern]:
    """The addresses of these pages, below the site's own."""
    return [
        path("invited/<uidb64>/<token>/", Invited.as_view(site=site), name="invited"),
        path("password_reset/", Forgotten.as_view(site=site), name="password_reset"),
        path("password_reset/done/", ForgottenDone.as_view(site=site), name="password_reset_done"),
        path("reset/<uidb64>/<token>/", Reset.as_view(site=site), name="password_reset_confirm"),
    ]


def roles_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """A person's own roles, and what they may do."""
    user: Any = request.user
    context = {**site.each_context(request), "title": "Your roles", "own_roles": own_roles(user)}
    return TemplateResponse(request, "admin/tracking/roles.html", context)
