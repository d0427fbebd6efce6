from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate, IsolateHistory


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0001_initial"),
        ("commerce", "0005_isolate_customers"),
        ("partners", "0003_isolate"),
        ("tenancy", "0003_isolate"),
    ]

    operations = [
        Isolate("LeadSource"),
        Isolate("LeadKind"),
        Isolate("LeadReason"),
        Isolate("LeadField", is_target=False),
        Isolate(
            "Lead",
            partner_column="partner_id",
            keys={
                "kind_id": "leads_leadkind",
                "source_id": "leads_leadsource",
                "referred_by_id": "partners_partner",
                "category_id": "commerce_productcategory",
                "partner_id": "partners_partner",
                "customer_id": "commerce_endcustomer",
                "owner_id": "tenancy_membership",
                "reason_id": "leads_leadreason",
                "merged_into_id": "leads_lead",
                "created_by_id": "tenancy_membership",
            },
        ),
        IsolateHistory("LeadEvent"),
        Isolate("LeadKey", partner_reads=False, is_target=False),
        GuardKeys("LeadKey", keys={"lead_id": "leads_lead"}),
    ]
