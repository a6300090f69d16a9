"""The e-mails that the service sent, for administrators: what nobody knows the fate of, and what was refused, is settled here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from findings.admin import ReadOnlyAdmin
from tracking import access
from tracking.admin.pages import confirm_page
from tracking.digests import dismiss, may_be_settled, send_again, uncertain
from tracking.models import Digest
from tracking.vocabulary import DigestState, MailKind

AGAIN, DISMISS = "again", "dismiss"


class ToDecide(admin.SimpleListFilter):
    """What waits for an administrator."""

    title = "what is to be decided"
    parameter_name = "decide"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("yes", "To be decided"),
            ("uncertain", "Not known whether it arrived"),
            ("refused", "Refused for good"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Digest]) -> QuerySet[Digest]:
        refused = Q(state=DigestState.REFUSED.value)
        unknown = Q(pk__in=uncertain(timezone.now()))
        asked = {"yes": refused | unknown, "uncertain": unknown, "refused": refused}.get(self.value() or "")
        return queryset.filter(asked) if asked else queryset


class SettleForm(forms.Form):
    """What is to become of one e-mail, and why."""

    decision = forms.ChoiceField(
        choices=[
            (AGAIN, "Send it again: with what of it still holds, within some minutes"),
            (DISMISS, "Let it be: it arrived, or is not needed"),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        widget=forms.Textarea({"rows": 3}),
        help_text="Such as what the recipient says, or what was wrong with the address.",
    )


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    """Every e-mail of reminders and figures: to whom, when, what came of it. Administrators see no content."""

    list_display = ("to", "kind", "day", "stands", "address", "attempts", "answered", "decide")
    list_filter = (ToDecide, "state", "kind")
    list_select_related = ("recipient", "decided_by")
    date_hierarchy = "day"
    fields = (
        "recipient", "address", "kind", "day", "state", "attempts", "claimed_at", "sent_at", "error", "decided_by", "decided_at", "reason",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        settle = self.admin_site.admin_view(self.settle_page)
        return [path("<int:pk>/settle/", settle, name="tracking_digest_settle"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": "E-mails sent", **(extra_context or {})})

    def settle_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Has one e-mail sent again, or lets it be."""
        user: Any = request.user
        if not access.is_administrator(user):
            raise PermissionDenied
        digest = get_object_or_404(Digest.objects.select_related("recipient"), pk=pk)

        def write(asked: dict[str, Any]) -> str:
            if asked["decision"] == AGAIN:
                send_again(pk, user, asked["reason"])
                return "It is sent again within some minutes, with what of it still holds."
            dismiss(pk, user, asked["reason"])
            return "Kept. Nothing more is done about this e-mail."

        open_ = may_be_settled(digest, timezone.now())
        about = {
            "title": str(digest),
            "button": "Decide" if open_ else "",
            "missing": [_question(digest) if open_ else "There is nothing to decide about this e-mail."],
            "opts": Digest._meta,
        }
        back = f"{reverse('admin:tracking_digest_changelist')}?decide=yes"
        return confirm_page(request, SettleForm(request.POST or None), write, back, about)

    @admin.display(description="to", ordering="recipient__username")
    def to(self, row: Digest) -> str:
        return str(row.recipient)

    @admin.display(description="state", ordering="state")
    def stands(self, row: Digest) -> str:
        state = DigestState(row.state)
        under_way = state is DigestState.CLAIMED and not may_be_settled(row, timezone.now())
        return "Being sent" if under_way else state.label

    @admin.display(description="what was answered")
    def answered(self, row: Digest) -> str:
        decided = f" {row.decided_by or 'Somebody'}: {row.reason}" if row.reason else ""
        return f"{row.error}{decided}".strip()

    @admin.display(description="to decide")
    def decide(self, row: Digest) -> str:
        if not may_be_settled(row, timezone.now()):
            return ""
        where = reverse("admin:tracking_digest_settle", args=[row.pk])
        return format_html('<a class="button" href="{}" aria-label="Decide about {}">Decide</a>', where, row)


def _question(digest: Digest) -> str:
    kind = MailKind(digest.kind).label.lower()
    if digest.state == DigestState.REFUSED:
        return (
            f"The mail server refused the {kind} to {digest.address or digest.recipient.email} for good: {digest.error}. Nothing goes"
            " to this address until it is another one, or you decide here."
        )
    tried = timezone.localtime(digest.claimed_at)
    return (
        f"The {kind} was handed over on {tried:%-d %B %Y} at {tried:%H:%M}, and then nothing was heard. Whether it arrived is not"
        " known: ask the recipient."
    )
