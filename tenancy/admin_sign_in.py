"""Django admin of what allauth keeps: second factors and sessions can be taken away, and no secret is shown."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tenancy.admin_base import ReadOnlyAdmin

admin.site.unregister(Authenticator)
admin.site.unregister(UserSession)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Who has lost a device gets in again when its second factor is deleted here."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name"]
    exclude = ["data"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    """On which devices people are signed in. Deleting one here signs it out."""

    list_display = ["user", "ip", "user_agent", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name", "ip"]
    exclude = ["session_key", "data"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        obj.end()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[UserSession]) -> None:
        for session in queryset:
            session.end()
