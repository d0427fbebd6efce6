from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

MINE = "manufacturer_id = current_setting('app.manufacturer')::bigint"
OWN = "current_setting('app.partner')::bigint"
MEMBER = "tenancy_membership"
PARTNER = "partners_partner"
CASE = "leads_conflictcase"

# Both partners read their case and how it went on; of what is said and shown, only what stands in their own thread.
BOTH = f"""
ALTER POLICY partner_select ON leads_conflictcase USING ({MINE} AND (partner_id = {OWN} OR other_id = {OWN}));
ALTER POLICY partner_select ON leads_conflictstep USING (
    {MINE} AND EXISTS (SELECT FROM leads_conflictcase c WHERE c.id = case_id)
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0012_conflicts"),
        ("commerce", "0008_isolate_direct_sales"),
        ("partners", "0003_isolate"),
        ("tenancy", "0003_isolate"),
    ]

    operations = [
        Isolate(
            "DirectRule",
            partner_reads=False,
            keys={"category_id": "commerce_productcategory", "source_id": "leads_leadsource"},
            is_target=False,
        ),
        Isolate(
            "ConflictCase",
            partner_column="partner_id",
            staff_writes=["INSERT", "UPDATE"],
            keys={
                "partner_id": PARTNER,
                "other_id": PARTNER,
                "sale_id": "commerce_directsale",
                "lead_id": "leads_lead",
                "other_lead_id": "leads_lead",
                "site_id": "leads_site",
                "customer_id": "commerce_endcustomer",
                "product_id": "commerce_product",
                "owner_id": MEMBER,
                "decided_by_id": MEMBER,
                "appealed_by_id": PARTNER,
            },
        ),
        IsolateHistory("ConflictCaseEvent"),
        Isolate(
            "ConflictStep",
            staff_writes=["INSERT"],
            keys={"case_id": CASE, "by_id": MEMBER},
            is_target=False,
        ),
        Isolate(
            "ConflictMessage",
            partner_column="partner_id",
            staff_writes=["INSERT"],
            keys={"case_id": CASE, "partner_id": PARTNER, "by_id": MEMBER},
            is_target=False,
        ),
        Isolate(
            "ConflictFile",
            partner_column="partner_id",
            staff_writes=["INSERT"],
            keys={"case_id": CASE, "partner_id": PARTNER, "by_id": MEMBER},
            is_target=False,
        ),
        migrations.RunSQL(BOTH, migrations.RunSQL.noop),
    ]
