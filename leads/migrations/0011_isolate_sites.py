from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate, IsolateHistory

MINE = "manufacturer_id = current_setting('app.manufacturer')::bigint"
OWN = "current_setting('app.partner')::bigint"
MEMBER = "tenancy_membership"
PARTNER = "partners_partner"
CUSTOMER = "commerce_endcustomer"
SITE = "leads_site"

# Several partners may read one site; who, says the table of access, whose own policy shows a partner its own rows only.
SEES = "EXISTS (SELECT FROM leads_siteaccess a WHERE a.manufacturer_id = {table}.manufacturer_id AND a.site_id = {table}.{column})"
READ = {
    # Neither who else works there, nor what others say of it.
    "leads_site": ("id", ""),
    "leads_siteparty": ("site_id", f" AND (partner_id IS NULL OR partner_id = {OWN})"),
    "leads_siteproduct": ("site_id", f" AND (partner_id = {OWN} OR partner_id IS NULL AND is_shared)"),
    "leads_sitefile": ("site_id", f" AND (partner_id = {OWN} OR partner_id IS NULL AND is_shared)"),
    "leads_sitestagemove": ("site_id", ""),
}
POLICIES = "\n".join(
    f"ALTER POLICY partner_select ON {table} USING ({MINE} AND {SEES.format(table=table, column=column)}{more});"
    for table, (column, more) in READ.items()
)
LEAD_KEY = """
ALTER TABLE leads_lead ADD CONSTRAINT leads_lead_site_id_own
    FOREIGN KEY (manufacturer_id, site_id) REFERENCES leads_site (manufacturer_id, id) DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0010_lead_site"),
        ("commerce", "0005_isolate_customers"),
        ("partners", "0003_isolate"),
        ("tenancy", "0003_isolate"),
    ]

    operations = [
        Isolate(
            "Site",
            keys={
                "client_id": CUSTOMER,
                "registered_by_id": PARTNER,
                "owner_id": MEMBER,
                "merged_into_id": SITE,
                "created_by_id": MEMBER,
            },
        ),
        IsolateHistory("SiteEvent"),
        Isolate(
            "SiteAccess", partner_column="partner_id", keys={"site_id": SITE, "partner_id": PARTNER}, is_target=False
        ),
        Isolate(
            "SiteParty",
            keys={"site_id": SITE, "partner_id": PARTNER, "customer_id": CUSTOMER, "entered_by_id": PARTNER},
            is_target=False,
        ),
        Isolate(
            "SiteProduct",
            keys={
                "site_id": SITE,
                "product_id": "commerce_product",
                "category_id": "commerce_productcategory",
                "partner_id": PARTNER,
            },
            is_target=False,
        ),
        Isolate("SiteFile", keys={"site_id": SITE, "partner_id": PARTNER, "by_id": MEMBER}, is_target=False),
        Isolate("SiteStageMove", keys={"site_id": SITE, "by_id": MEMBER}, is_target=False),
        Isolate("SiteKey", partner_reads=False, is_target=False),
        GuardKeys("SiteKey", keys={"site_id": SITE}),
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
        migrations.RunSQL(LEAD_KEY, "ALTER TABLE leads_lead DROP CONSTRAINT leads_lead_site_id_own"),
    ]
