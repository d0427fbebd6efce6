"""Channel conflicts in a merge of two partners: what was said stays as it was written."""

from django.utils.translation import gettext_lazy as _

from partners.merging import register_rule

register_rule("leads.ConflictMessage", "partner", stays=_("What was said in a case stays as it was written."))
