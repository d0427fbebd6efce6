from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate, IsolateHistory

# Staff look for words in 200,000 names: an index cannot serve LIKE below a policy, so the pairs of characters are indexed
# and read by a function of the owner's, with the manufacturer explicit, as partners are.
SEARCH = """
CREATE INDEX opportunity_by_pairs ON leads_opportunity
    USING gin (partners_pairs(manufacturer_id, ' ' || search_text));

CREATE FUNCTION leads_search_opportunities(words text[], most integer) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT array(
        SELECT o.id FROM leads_opportunity o
        WHERE o.manufacturer_id = current_setting('app.manufacturer')::bigint
        AND partners_pairs(o.manufacturer_id, ' ' || o.search_text) @> (
            SELECT array_agg(pair) FROM unnest(words) word,
            unnest(partners_pairs(current_setting('app.manufacturer')::bigint, word)) pair
        )
        AND NOT EXISTS (SELECT FROM unnest(words) word WHERE strpos(' ' || o.search_text, word) = 0)
        LIMIT most
    )
$body$;
REVOKE ALL ON FUNCTION leads_search_opportunities(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leads_search_opportunities(text[], integer) TO prm_staff, prm_platform;
"""

PARTNER = "partners_partner"
MEMBER = "tenancy_membership"
OPPORTUNITY = "leads_opportunity"


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0017_opportunities"),
        ("commerce", "0005_isolate_customers"),
        ("partners", "0005_search"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        Isolate("PipelineStage"),
        IsolateHistory("PipelineStageEvent"),
        Isolate(
            "Opportunity",
            partner_column="partner_id",
            partner_writes=[
                "INSERT",
                (
                    "UPDATE (name, customer_id, site_id, rep_id, stage_id, stage_since, category_id, amount, currency, amount_base,"
                    " expected_close, next_step, next_step_on, due_on, note, closed_at, won_amount, won_amount_base,"
                    " reason_id, reason_note, last_activity_at, stalled_at, updated_at)"
                ),
            ],
            shared_as="pipeline",
            keys={
                "partner_id": PARTNER,
                "lead_id": "leads_lead",
                "customer_id": "commerce_endcustomer",
                "site_id": "leads_site",
                "rep_id": MEMBER,
                "stage_id": "leads_pipelinestage",
                "category_id": "commerce_productcategory",
                "reason_id": "leads_leadreason",
                "created_by_id": MEMBER,
            },
        ),
        IsolateHistory("OpportunityEvent"),
        Isolate(
            "OpportunityLine",
            partner_column="partner_id",
            partner_writes=["INSERT", "DELETE"],
            shared_as="pipeline",
            keys={"partner_id": PARTNER, "opportunity_id": OPPORTUNITY, "product_id": "commerce_product"},
            is_target=False,
        ),
        Isolate(
            "OpportunityActivity",
            partner_column="partner_id",
            partner_writes=["INSERT"],
            keys={"partner_id": PARTNER, "opportunity_id": OPPORTUNITY, "by_id": MEMBER},
            is_target=False,
        ),
        Isolate(
            "OpportunityMove",
            partner_column="partner_id",
            partner_writes=["INSERT"],
            shared_as="pipeline",
            keys={
                "partner_id": PARTNER,
                "opportunity_id": OPPORTUNITY,
                "from_stage_id": "leads_pipelinestage",
                "to_stage_id": "leads_pipelinestage",
                "by_id": MEMBER,
            },
            is_target=False,
        ),
        Isolate(
            "StateRequest",
            partner_column="partner_id",
            partner_writes=["UPDATE (answered_at, answered_by_id)"],
            keys={
                "partner_id": PARTNER,
                "opportunity_id": OPPORTUNITY,
                "asked_by_id": MEMBER,
                "answered_by_id": MEMBER,
            },
            is_target=False,
        ),
        Isolate("ForecastSnapshot", partner_column="partner_id", is_target=False),
        GuardKeys("ForecastSnapshot", keys={"partner_id": PARTNER, "category_id": "commerce_productcategory"}),
        migrations.RunSQL(
            SEARCH,
            "DROP FUNCTION leads_search_opportunities(text[], integer); DROP INDEX opportunity_by_pairs",
        ),
    ]
