"""What programmes read of a profile."""

from django.utils.translation import gettext as _

from partners.completeness import counted_fields
from partners.field_use import FieldUse, register_uses
from valuation.models import ProgrammeKpi, ProgrammeStatus


@register_uses
def programme_uses() -> list[FieldUse]:
    """A published programme that counts how complete profiles are reads every field that counts."""
    counts = ProgrammeKpi.objects.filter(
        kpi="profile", weight__gt=0, programme__status=ProgrammeStatus.PUBLISHED
    ).exists()
    return [FieldUse(_("grades"), counted_fields())] if counts else []
