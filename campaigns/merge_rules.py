"""Funds and campaigns of partners in a merge of two partners: money was given to the record as it was, and the ledger is
not rewritten; what a partner holds on its own customers cannot be read here, so it stays too."""

from django.utils.translation import gettext_lazy as _

from partners.merging import register_rule

LEDGER = _("The ledger of funds is not rewritten: what stands for this record is settled or returned there.")
OWN = _("Only the partner itself reads what it has on its own customers.")

for model in ("FundEntry", "FundBalance", "FundRequest"):
    register_rule(f"campaigns.{model}", "partner", stays=LEDGER)
for model in ("PartnerCampaign", "PartnerWords", "OwnCustomer", "OwnSuppression", "OwnMessage"):
    register_rule(f"campaigns.{model}", "partner", stays=OWN)
