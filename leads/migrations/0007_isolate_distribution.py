from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory


class Migration(migrations.Migration):
    """Partners read the offers made to them, and neither rules nor decisions; they write none of it."""

    dependencies = [("leads", "0006_distribution")]

    operations = [
        Isolate("DistributionRule", partner_reads=False, keys={"kind_id": "leads_leadkind"}),
        IsolateHistory("DistributionRuleEvent"),
        Isolate(
            "RoutingDecision",
            partner_reads=False,
            keys={
                "lead_id": "leads_lead",
                "rule_id": "leads_distributionrule",
                "made_by_id": "tenancy_membership",
            },
        ),
        Isolate(
            "Offer",
            partner_column="partner_id",
            keys={
                "lead_id": "leads_lead",
                "partner_id": "partners_partner",
                "decision_id": "leads_routingdecision",
                "offered_by_id": "tenancy_membership",
                "answered_by_id": "tenancy_membership",
                "reason_id": "leads_leadreason",
            },
        ),
    ]
