"""Forms of the manufacturer's own lists of leads."""

from django.utils.translation import gettext_lazy as _

from leads.models import LeadField, LeadKind, LeadReason, LeadSource
from partners.forms.partners import ListEntryForm, OwnFieldForm

CODE_HELP = _("Small letters, digits and hyphens. Import files name it by this.")
RETIRED_HELP = _("Leads keep it, but it is no longer offered.")


class SourceForm(ListEntryForm):
    """Where leads come from."""

    class Meta:
        model = LeadSource
        fields = ["names", "code", "order", "is_retired"]
        help_texts = {"code": CODE_HELP, "is_retired": RETIRED_HELP}


class KindForm(ListEntryForm):
    """What kind of lead it is."""

    class Meta:
        model = LeadKind
        fields = ["names", "code", "order", "is_retired"]
        help_texts = {"code": CODE_HELP, "is_retired": RETIRED_HELP}


class ReasonForm(ListEntryForm):
    """Why a lead was put aside, declined or lost."""

    class Meta:
        model = LeadReason
        fields = ["use", "names", "code", "order", "is_retired"]
        help_texts = {"code": CODE_HELP, "is_retired": RETIRED_HELP}


class FieldForm(OwnFieldForm):
    """A field of the manufacturer's own on its leads."""

    choice_types = (LeadField.Type.CHOICE,)

    class Meta:
        model = LeadField
        fields = ["labels", "key", "type", "choices", "known_at", "is_required", "is_masked", "order"]
        help_texts = {
            "key": _("Small letters, digits and underscores. Import files name the field by it."),
            "known_at": _("What is known only with the outcome never teaches the score."),
        }
