"""Channel conflicts in a merge of two partners: what was said and handed in stays as it was."""

from django.utils.translation import gettext_lazy as _

from partners.merging import register_rule

WHY = _("What was said in a case stays as it was written.")

register_rule("leads.ConflictMessage", "partner", stays=WHY)
register_rule("leads.ConflictFile", "partner", stays=WHY)
