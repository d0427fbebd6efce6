from django.contrib import admin

from tenancy.admin_base import OwnedAdmin
from valuation.models import Grade, GradeChange, GradeRun, Programme, ProgrammeKpi, Tier, TierRequirement


@admin.register(Programme)
class ProgrammeAdmin(OwnedAdmin):
    list_display = ["code", "version", "__str__", "status", "effective_from", "period", "promotion", "published_at"]
    list_filter = ["status", "period", "promotion"]
    search_fields = ["code"]


@admin.register(ProgrammeKpi)
class ProgrammeKpiAdmin(OwnedAdmin):
    list_display = ["kpi", "programme", "weight", "method", "target", "when_missing"]
    list_filter = ["kpi", "method"]
    list_select_related = ["manufacturer", "programme"]


@admin.register(Tier)
class TierAdmin(OwnedAdmin):
    list_display = ["code", "__str__", "programme", "rank", "min_score", "colour"]
    list_select_related = ["manufacturer", "programme"]
    search_fields = ["code"]


@admin.register(TierRequirement)
class TierRequirementAdmin(OwnedAdmin):
    list_display = ["kpi", "tier", "threshold"]
    list_filter = ["kpi"]
    list_select_related = ["manufacturer", "tier"]


@admin.register(GradeRun)
class GradeRunAdmin(OwnedAdmin):
    list_display = ["day", "is_past", "is_complete", "created_at", "finished_at"]
    list_filter = ["is_complete", "is_past"]


@admin.register(Grade)
class GradeAdmin(OwnedAdmin):
    list_display = ["partner", "tier", "programme", "since", "below_since", "pending_tier", "override_until"]
    list_select_related = ["manufacturer", "partner", "tier", "programme", "pending_tier"]
    search_fields = ["partner__code", "partner__name"]


@admin.register(GradeChange)
class GradeChangeAdmin(OwnedAdmin):
    list_display = ["partner", "day", "reason", "from_tier", "to_tier", "score", "by"]
    list_filter = ["reason", "day"]
    list_select_related = ["manufacturer", "partner", "from_tier", "to_tier", "by"]
    search_fields = ["partner__code", "partner__name"]
