from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate, IsolateHistory

MEMBER = "tenancy_membership"
DEAL = {"deal_id": "leads_dealregistration"}
ASKED = DEAL | {"asked_by_id": MEMBER, "answered_by_id": MEMBER}
MINE = "manufacturer_id = current_setting('app.manufacturer')::bigint"
OWN = "current_setting('app.partner')::bigint"

# Both partners of a registration read it, the second one from when it is handed in. What hangs on it is read with it.
# Neither writes: each step goes through the house.
BOTH = f"""
ALTER POLICY partner_select ON leads_dealregistration USING (
    {MINE} AND (partner_id = {OWN} OR second_partner_id = {OWN} AND state <> 'draft')
);
"""
WITH_IT = "".join(
    f"""
    ALTER POLICY partner_select ON {table} USING (
        {MINE} AND EXISTS (SELECT FROM leads_dealregistration d WHERE d.id = deal_id)
    );
    """
    for table in (
        "leads_protection",
        "leads_extensionrequest",
        "leads_dealappeal",
        "leads_dealfile",
        "leads_claimentry",
    )
)

# At any moment one registration at most is protected for a customer, or for a site where one is given (its number with a
# minus here: one client may have thirty), and a product category. By time, not by a state: the
# place is free at the moment at which a protection ends, even while no worker runs. Ranges of one number, because the
# plain types have no such index without an extension.
ONE_AT_A_TIME = """
ALTER TABLE leads_protection ADD CONSTRAINT protection_one_at_a_time EXCLUDE USING gist (
    int8range(manufacturer_id, manufacturer_id, '[]') WITH =,
    int8range(coalesce(-site_id, customer_id), coalesce(-site_id, customer_id), '[]') WITH =,
    int8range(category_id, category_id, '[]') WITH =,
    tstzrange(starts_at, ends_at) WITH &&
)
"""

# Whoever it is, and whatever the code does: what stands in the log stays as it is.
KEPT = """
CREATE FUNCTION leads_claim_kept() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'The log of claims is neither changed nor shortened.';
END $body$;
CREATE TRIGGER claim_kept BEFORE UPDATE OR DELETE ON leads_claimentry
    FOR EACH ROW EXECUTE FUNCTION leads_claim_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0015_deals")]

    operations = [
        Isolate(
            "DealRegistration",
            partner_column="partner_id",
            keys={
                "partner_id": "partners_partner",
                "second_partner_id": "partners_partner",
                "lead_id": "leads_lead",
                "site_id": "leads_site",
                "category_id": "commerce_productcategory",
                "customer_id": "commerce_endcustomer",
                "registered_by_id": MEMBER,
                "answered_by_id": MEMBER,
            },
        ),
        IsolateHistory("DealRegistrationEvent"),
        Isolate("DealKey", partner_reads=False, is_target=False),
        GuardKeys("DealKey", keys=DEAL),
        Isolate(
            "Protection",
            keys=DEAL
            | {
                "customer_id": "commerce_endcustomer",
                "site_id": "leads_site",
                "category_id": "commerce_productcategory",
            },
        ),
        Isolate("ExtensionRequest", keys=ASKED),
        Isolate("DealAppeal", keys=ASKED | {"against_id": MEMBER}),
        Isolate(
            "DealFile",
            keys=DEAL | {"extension_id": "leads_extensionrequest", "appeal_id": "leads_dealappeal"},
            is_target=False,
        ),
        Isolate("ClaimEntry", staff_writes=["INSERT"], keys=DEAL, is_target=False),
        Isolate("ClaimHead", partner_reads=False, staff_writes=["INSERT", "UPDATE"], is_target=False),
        Isolate("DealSettings", is_target=False),
        Isolate("ProtectionTerm", keys={"category_id": "commerce_productcategory"}, is_target=False),
        Isolate("DealCheck", partner_reads=False, is_target=False),
        GuardKeys("DealCheck", keys={"partner_id": "partners_partner", "member_id": MEMBER}),
        migrations.RunSQL(BOTH, migrations.RunSQL.noop),
        migrations.RunSQL(WITH_IT, migrations.RunSQL.noop),
        migrations.RunSQL(ONE_AT_A_TIME, "ALTER TABLE leads_protection DROP CONSTRAINT protection_one_at_a_time"),
        migrations.RunSQL(KEPT, "DROP FUNCTION leads_claim_kept() CASCADE"),
    ]
