from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notices.models import Delivery, DeliveryState, Notice, Preference, QuietHours
from tenancy.admin_base import ReadOnlyAdmin


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "manufacturer", "recipient", "kind", "is_important", "read_at", "confirmed_at"]
    list_display_links = ["created_at"]
    list_filter = ["manufacturer", "kind", "is_important", ("read_at", admin.EmptyFieldListFilter), "created_at"]
    list_select_related = ["manufacturer", "recipient"]
    search_fields = ["recipient__name", "recipient__email", "key"]
    search_help_text = _("Name or e-mail of the reader, or the notice's key")
    ordering = ["-id"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = [
        "pk",
        "manufacturer",
        "recipient",
        "kind",
        "channel",
        "state",
        "attempts",
        "due_at",
        "sent_at",
        "error",
    ]
    list_filter = ["state", "manufacturer", "channel", "is_digest", "due_at"]
    list_select_related = ["manufacturer", "notice__recipient"]
    search_fields = ["notice__recipient__name", "notice__recipient__email", "error"]
    search_help_text = _("Name or e-mail of the reader, or the error")
    ordering = ["-id"]
    actions = ["send_again"]

    @admin.display(description=_("recipient"))
    def recipient(self, delivery: Delivery) -> str:
        return f"{delivery.notice.recipient} <{delivery.notice.recipient.email}>"

    @admin.display(description=_("kind"))
    def kind(self, delivery: Delivery) -> str:
        return delivery.notice.kind

    @admin.action(description=_("Send failed ones again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        failed = queryset.filter(state=DeliveryState.FAILED)
        count = failed.update(state=DeliveryState.WAITING, attempts=0, due_at=timezone.now(), error="")
        self.message_user(
            request,
            ngettext("%(count)s mail is sent again.", "%(count)s mails are sent again.", count) % {"count": count},
        )


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    list_display = ["member", "manufacturer", "kind", "channel", "mode"]
    list_filter = ["manufacturer", "kind", "channel", "mode"]
    list_select_related = ["manufacturer", "member"]
    search_fields = ["member__name", "member__email"]
    ordering = ["-id"]


@admin.register(QuietHours)
class QuietHoursAdmin(ReadOnlyAdmin):
    list_display = ["member", "manufacturer", "starts", "ends"]
    list_filter = ["manufacturer"]
    list_select_related = ["manufacturer", "member"]
    search_fields = ["member__name", "member__email"]
