from django.db import migrations

from tenancy.isolate import Isolate

OWN = {"partner_id": "partners_partner"}
OF_CAMPAIGN = OWN | {"campaign_id": "campaigns_partnercampaign"}


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0012_partner_campaigns"),
        ("partners", "0028_pieces"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        Isolate(
            "PartnerTemplate",
            partner_reads=False,
            keys={"audience_id": "partners_audience", "created_by_id": "tenancy_membership"},
        ),
        Isolate(
            "PartnerTemplateText",
            partner_reads=False,
            is_target=False,
            keys={"template_id": "campaigns_partnertemplate"},
        ),
        Isolate(
            "PartnerCampaign",
            partner_column="partner_id",
            partner_writes=[
                "INSERT",
                (
                    "UPDATE (state, started_by_id, started_at, ended_at, people, sent, opened, clicked, answered,"
                    " unsubscribed, bounced)"
                ),
            ],
            staff_writes=[],
            keys=OWN | {"template_id": "campaigns_partnertemplate", "started_by_id": "tenancy_membership"},
        ),
        Isolate(
            "PartnerWords",
            partner_column="partner_id",
            partner_writes=["INSERT", 'UPDATE (words, "group")'],
            private=True,
            is_target=False,
            keys=OF_CAMPAIGN,
        ),
        Isolate(
            "OwnCustomer",
            partner_column="partner_id",
            partner_writes=["INSERT", 'UPDATE (name, language, country, "group", agreed_on)', "DELETE"],
            private=True,
            keys=OWN,
        ),
        Isolate(
            "OwnSuppression",
            partner_column="partner_id",
            partner_writes=["INSERT"],
            private=True,
            is_target=False,
            keys=OWN,
        ),
        Isolate(
            "OwnMessage",
            partner_column="partner_id",
            partner_writes=[
                "INSERT",
                (
                    "UPDATE (customer_id, name, state, due_at, attempts, error, sent_at, opened_at, clicked_at,"
                    " answered_at, answer, unsubscribed_at)"
                ),
            ],
            private=True,
            is_target=False,
            keys=OF_CAMPAIGN | {"customer_id": "campaigns_owncustomer"},
        ),
    ]
