"""Funds in a merge of two partners: money was given to the record as it was, and the ledger is not rewritten."""

from django.utils.translation import gettext_lazy as _

from partners.merging import register_rule

WHY = _("The ledger of funds is not rewritten: what stands for this record is settled or returned there.")

register_rule("campaigns.FundEntry", "partner", stays=WHY)
register_rule("campaigns.FundBalance", "partner", stays=WHY)
register_rule("campaigns.FundRequest", "partner", stays=WHY)
