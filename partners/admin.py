from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from partners.models import CustomField, Partner, PartnerKind, Specialisation
from tenancy.admin_base import OwnedAdmin


@admin.register(Partner)
class PartnerAdmin(OwnedAdmin):
    list_display = ["code", "name", "kind", "stage", "city", "country", "channel_manager", "updated_at"]
    list_filter = ["stage", "country"]
    list_select_related = ["manufacturer", "kind", "channel_manager"]
    search_fields = ["code", "external_code", "name", "local_name", "business_number", "email"]
    search_help_text = _("Code, name, business number or e-mail")
    hidden = ("search_text",)


@admin.register(PartnerKind)
class PartnerKindAdmin(OwnedAdmin):
    list_display = ["code", "__str__", "order", "is_retired"]
    list_filter = ["is_retired"]
    search_fields = ["code"]


@admin.register(Specialisation)
class SpecialisationAdmin(OwnedAdmin):
    list_display = ["code", "__str__", "order", "is_retired"]
    list_filter = ["is_retired"]
    search_fields = ["code"]


@admin.register(CustomField)
class CustomFieldAdmin(OwnedAdmin):
    list_display = ["key", "__str__", "type", "is_required", "partner_edits"]
    list_filter = ["type"]
    search_fields = ["key"]
