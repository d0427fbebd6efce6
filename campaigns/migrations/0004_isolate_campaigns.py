from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate, IsolateHistory

OF_CAMPAIGN = {"campaign_id": "campaigns_campaign"}


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_campaigns"),
        ("commerce", "0010_customer_search_text"),
        ("partners", "0028_pieces"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        Isolate(
            "Campaign",
            partner_reads=False,
            keys={
                "owner_id": "tenancy_membership",
                "audience_id": "partners_audience",
                "excluded_id": "partners_audience",
                "snapshot_id": "partners_audiencesnapshot",
                "product_id": "commerce_product",
                "created_by_id": "tenancy_membership",
            },
        ),
        IsolateHistory("CampaignEvent"),
        Isolate(
            "CampaignStep",
            partner_reads=False,
            staff_writes=["INSERT"],
            is_target=False,
            keys=OF_CAMPAIGN | {"by_id": "tenancy_membership"},
        ),
        Isolate("CampaignCost", partner_reads=False, is_target=False, keys=OF_CAMPAIGN),
        Isolate(
            "CampaignCheck",
            partner_reads=False,
            is_target=False,
            keys=OF_CAMPAIGN | {"done_by_id": "tenancy_membership"},
        ),
        Isolate("CampaignVariant", partner_reads=False, keys=OF_CAMPAIGN),
        Isolate(
            "CampaignContent", partner_reads=False, is_target=False, keys={"variant_id": "campaigns_campaignvariant"}
        ),
        Isolate("Recipient", partner_reads=False),
        GuardKeys(
            "Recipient",
            keys=OF_CAMPAIGN
            | {
                "partner_id": "partners_partner",
                "contact_id": "partners_contact",
                "customer_id": "commerce_endcustomer",
                "member_id": "tenancy_membership",
                "variant_id": "campaigns_campaignvariant",
            },
        ),
        Isolate("Mailing", partner_reads=False, keys=OF_CAMPAIGN | {"started_by_id": "tenancy_membership"}),
        Isolate("Message", partner_reads=False, is_target=False),
        GuardKeys("Message", keys={"mailing_id": "campaigns_mailing", "recipient_id": "campaigns_recipient"}),
        Isolate("Response", partner_reads=False, is_target=False),
        GuardKeys("Response", keys={"recipient_id": "campaigns_recipient"}),
        Isolate(
            "Suppression",
            partner_reads=False,
            is_target=False,
            keys=OF_CAMPAIGN | {"by_id": "tenancy_membership"},
        ),
        Isolate("CampaignSettings", partner_reads=False, is_target=False),
    ]
