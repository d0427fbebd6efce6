from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate, IsolateHistory

MEMBER = "tenancy_membership"
REQUEST = {"request_id": "campaigns_fundrequest"}
MINE = "manufacturer_id = current_setting('app.manufacturer')::bigint"

# What hangs on a request is read with it.
WITH_IT = "".join(
    f"""
    ALTER POLICY partner_select ON {table} USING (
        {MINE} AND EXISTS (SELECT FROM campaigns_fundrequest r WHERE r.id = request_id)
    );
    """
    for table in ("campaigns_fundline", "campaigns_fundfile", "campaigns_claimline", "campaigns_fundstep")
)

# Balances are the sum of the ledger, since nothing else writes them: each entry takes from one and adds to another, and
# the checks of the table refuse what would fall below zero, of a partner, and of each of its requests.
KEEP_BALANCES = """
CREATE FUNCTION campaigns_fund_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    owner bigint;
    step record;
BEGIN
    FOR step IN SELECT NEW.source AS place, -NEW.amount AS change UNION ALL SELECT NEW.target, NEW.amount LOOP
        CONTINUE WHEN step.place = 'outside';
        owner := CASE WHEN step.place <> 'pool' THEN NEW.partner_id END;
        INSERT INTO campaigns_fundbalance
            (manufacturer_id, fund_id, partner_id, pool, free, reserved, approved, claimed, settled)
        VALUES (NEW.manufacturer_id, NEW.fund_id, owner, 0, 0, 0, 0, 0, 0)
        ON CONFLICT DO NOTHING;
        UPDATE campaigns_fundbalance SET
            pool = pool + CASE step.place WHEN 'pool' THEN step.change ELSE 0 END,
            free = free + CASE step.place WHEN 'free' THEN step.change ELSE 0 END,
            reserved = reserved + CASE step.place WHEN 'reserved' THEN step.change ELSE 0 END,
            approved = approved + CASE step.place WHEN 'approved' THEN step.change ELSE 0 END,
            claimed = claimed + CASE step.place WHEN 'claimed' THEN step.change ELSE 0 END,
            settled = settled + CASE step.place WHEN 'settled' THEN step.change ELSE 0 END
        WHERE manufacturer_id = NEW.manufacturer_id AND fund_id = NEW.fund_id
            AND partner_id IS NOT DISTINCT FROM owner;
    END LOOP;
    IF NEW.source IN ('reserved', 'approved', 'claimed', 'settled') AND (
        SELECT coalesce(sum(CASE NEW.source WHEN target THEN amount ELSE -amount END), 0)
        FROM campaigns_fundentry
        WHERE request_id IS NOT DISTINCT FROM NEW.request_id AND manufacturer_id = NEW.manufacturer_id
            AND NEW.source IN (source, target)
    ) < 0 THEN
        RAISE check_violation USING
            MESSAGE = 'A request cannot give more than stands for it.', CONSTRAINT = 'fund_request_not_below_zero';
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER keep_balances AFTER INSERT ON campaigns_fundentry
    FOR EACH ROW EXECUTE FUNCTION campaigns_fund_balances();
"""

# Whoever it is, and whatever the code does: what stands in the ledger stays as it is.
KEPT = """
CREATE FUNCTION campaigns_fund_entry_kept() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'The ledger of funds is neither changed nor shortened.';
END $body$;
CREATE TRIGGER entry_kept BEFORE UPDATE OR DELETE ON campaigns_fundentry
    FOR EACH ROW EXECUTE FUNCTION campaigns_fund_entry_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0010_funds")]

    operations = [
        Isolate("FundActivity"),
        Isolate("Fund", keys={"audience_id": "partners_audience", "owner_id": MEMBER}),
        IsolateHistory("FundEvent"),
        Isolate(
            "FundRequest",
            partner_column="partner_id",
            keys={
                "fund_id": "campaigns_fund",
                "partner_id": "partners_partner",
                "activity_id": "campaigns_fundactivity",
                "campaign_id": "campaigns_campaign",
                "asked_by_id": MEMBER,
            },
        ),
        IsolateHistory("FundRequestEvent"),
        Isolate("FundLine", keys=REQUEST),
        Isolate("FundFile", keys=REQUEST),
        Isolate(
            "ClaimLine",
            is_target=False,
            keys=REQUEST | {"line_id": "campaigns_fundline", "file_id": "campaigns_fundfile"},
        ),
        Isolate("FundStep", staff_writes=["INSERT"], is_target=False, keys=REQUEST),
        Isolate(
            "FundEntry",
            partner_column="partner_id",
            staff_writes=["INSERT"],
            is_target=False,
            keys=REQUEST | {"fund_id": "campaigns_fund", "partner_id": "partners_partner"},
        ),
        Isolate("FundBalance", partner_column="partner_id", staff_writes=(), is_target=False),
        GuardKeys("FundBalance", keys={"fund_id": "campaigns_fund", "partner_id": "partners_partner"}),
        migrations.RunSQL(WITH_IT, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP_BALANCES, "DROP FUNCTION campaigns_fund_balances() CASCADE"),
        migrations.RunSQL(KEPT, "DROP FUNCTION campaigns_fund_entry_kept() CASCADE"),
    ]
