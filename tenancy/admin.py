"""Django admin of manufacturers, users and places. What belongs to a manufacturer is mostly read (`tenancy.admin_base`)."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tenancy import services
from tenancy.adapters import MobileField
from tenancy.admin_base import CappedPaginator, OwnedAdmin, WithHistory
from tenancy.forms import LanguagesField
from tenancy.functions import all_functions
from tenancy.models import Invitation, JoinRequest, Manufacturer, Membership, SavedView, Sharing, User
from tenancy.rights import PARTNER_ROLES, Role
from tenancy.rls import staff_scope


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["email", "name", "language", "phone", "is_active", "is_superuser"]
        labels = {"is_superuser": _("platform administrator")}
        help_texts = {"is_superuser": _("Sees and changes everything of every manufacturer.")}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_phone(self) -> str | None:
        return MobileField(required=False).clean(self.cleaned_data["phone"]) or None


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Accounts. Passwords are nobody's business but the person's: they set one by "Forgot your password?"."""

    form = UserForm
    list_display = ["email", "name", "language", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser", "language", "last_login"]
    search_fields = ["email", "name", "phone"]
    search_help_text = _("E-mail, name or mobile number")
    ordering = ["email"]
    readonly_fields = ["date_joined", "last_login", "phone_verified", "places"]
    paginator = CappedPaginator
    show_full_result_count = False
    actions = ["sign_out"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.readonly_fields) if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        shown = [*self.form.Meta.fields]
        return [*shown, *self.readonly_fields] if obj else shown

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what a person did stays under their name

    @admin.display(description=_("places"))
    def places(self, user: User) -> str:
        members = Membership.objects.filter(user=user).select_related("manufacturer", "partner")
        staff, left = _("Staff"), _("left")
        return "; ".join(
            f"{member.manufacturer} / {member.partner or staff} / {member.get_role_display()}"
            + ("" if member.is_active else f" ({left})")
            for member in members
        )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.is_staff = obj.is_superuser
        if not change:
            created = User.objects.create_user(
                obj.email,
                name=obj.name,
                language=obj.language,
                phone=obj.phone,
                is_active=obj.is_active,
                is_staff=obj.is_staff,
                is_superuser=obj.is_superuser,
            )
            obj.pk = created.pk
            return
        obj.save()
        if "email" in form.changed_data:
            services.confirm_email(obj)
        if not obj.is_active:
            services.end_sessions(obj.pk)

    @admin.action(description=_("Sign out everywhere"))
    def sign_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        count = sum(services.end_sessions(user.pk) for user in queryset)
        self.message_user(
            request, ngettext("%(count)s device signed out.", "%(count)s devices signed out.", count) % {"count": count}
        )


class ManufacturerForm(forms.ModelForm):
    languages = LanguagesField(label=_("languages"))
    timezone = forms.ChoiceField(
        label=_("time zone"), choices=[(zone, zone) for zone in sorted(zoneinfo.available_timezones())], initial="UTC"
    )
    functions_off = forms.MultipleChoiceField(
        label=_("switched-off functions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    owner_email = forms.EmailField(
        label=_("first owner's e-mail"),
        required=False,
        help_text=_("A new manufacturer's first owner is invited by mail."),
    )

    class Meta:
        model = Manufacturer
        fields = [
            "slug",
            "name",
            "languages",
            "timezone",
            "currency",
            "fiscal_year_start",
            "brand_colour",
            "domain",
            "require_mfa",
            "functions_off",
            "is_active",
        ]
        help_texts = {
            "slug": _("The address of its pages; links in mails and bookmarks break when it changes."),
            "domain": _("Requests to this domain are led to its pages. It must point to this installation."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "languages" in self.fields:
            languages: Any = self.fields["languages"]
            languages.put_first(self.instance.languages)
        if "functions_off" in self.fields:
            functions: Any = self.fields["functions_off"]
            functions.choices = [(function.key, function.label) for function in all_functions()]

    def clean_domain(self) -> str | None:
        return self.cleaned_data["domain"] or None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.instance.pk and not values.get("owner_email"):
            self.add_error("owner_email", _("Who should run it?"))
        return values


@admin.register(Manufacturer)
class ManufacturerAdmin(WithHistory):
    form = ManufacturerForm
    list_display = ["slug", "name", "currency", "timezone", "require_mfa", "is_active", "created_at"]
    list_filter = ["is_active", "require_mfa", "currency"]
    search_fields = ["slug", "name", "domain"]
    readonly_fields = ["created_at"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = [*self.form.Meta.fields]
        return [*fields, "created_at"] if obj else [*fields, "owner_email"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["created_at", "currency"] if obj else []  # amounts are kept in the base currency

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it is closed instead

    def save_model(self, request: HttpRequest, obj: Manufacturer, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            with staff_scope(obj.pk):
                services.invite(
                    by=None, email=form.cleaned_data["owner_email"], role=Role.OWNER, language=obj.first_language
                )
            messages.info(request, _("The first owner is invited by mail."))


class MembershipForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ["role", "assigned_only", "title", "phone", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [
            (each.value, each.label) for each in Role if (each in PARTNER_ROLES) is not self.instance.is_staff
        ]


@admin.register(Membership)
class MembershipAdmin(OwnedAdmin):
    """Places. Role and access can be set here, for a manufacturer whose owners have all gone."""

    form = MembershipForm
    list_display = ["name", "email", "partner", "role", "is_active", "last_seen_at"]
    list_filter = ["role", "is_active", "assigned_only"]
    list_select_related = ["manufacturer", "partner"]
    search_fields = ["name", "email", "partner__name"]
    search_help_text = _("Name, e-mail or partner")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in self.get_fields(request, obj) if name not in self.form.Meta.fields]

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if "is_active" in form.changed_data:
            services.set_access(obj, obj.is_active)
        super().save_model(request, obj, form, change)


@admin.register(Invitation)
class InvitationAdmin(OwnedAdmin):
    list_display = [
        "email",
        "partner",
        "role",
        "created_at",
        "expires_at",
        "mail_sent_at",
        "mail_refused",
        "accepted_at",
        "revoked_at",
    ]
    list_filter = ["role", ("accepted_at", admin.EmptyFieldListFilter), ("mail_sent_at", admin.EmptyFieldListFilter)]
    list_select_related = ["manufacturer", "partner"]
    search_fields = ["email", "name"]
    hidden = ("secret_hash",)


@admin.register(JoinRequest)
class JoinRequestAdmin(OwnedAdmin):
    list_display = ["email", "name", "partner", "state", "created_at", "decided_at"]
    list_filter = ["state"]
    list_select_related = ["manufacturer", "partner"]
    search_fields = ["email", "name", "partner__name"]


@admin.register(Sharing)
class SharingAdmin(OwnedAdmin):
    list_display = ["partner", "above", "data_kind", "agreed_at", "withdrawn_at"]
    list_filter = ["data_kind", ("withdrawn_at", admin.EmptyFieldListFilter)]
    list_select_related = ["manufacturer", "partner", "above"]
    search_fields = ["partner__name", "above__name"]


@admin.register(SavedView)
class SavedViewAdmin(OwnedAdmin):
    list_display = ["name", "member", "list_key", "is_shared", "created_at"]
    list_filter = ["list_key", "is_shared"]
    list_select_related = ["manufacturer", "member"]
    search_fields = ["name", "member__name"]
