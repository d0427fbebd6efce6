from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

PARTNER = {"partner_id": "partners_partner"}
MEMBER = "tenancy_membership"
MINE = "manufacturer_id = current_setting('app.manufacturer')::bigint"
OWN = "current_setting('app.partner')::bigint"

# Who shows its own card sees those of others, and of others nothing but these.
OWN_CARD = """
CREATE FUNCTION partners_shows_card() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT EXISTS (
        SELECT FROM partners_partnercard c WHERE c.manufacturer_id = current_setting('app.manufacturer')::bigint
        AND c.partner_id = nullif(current_setting('app.partner', true), '')::bigint AND c.is_published
    )
$body$;
REVOKE ALL ON FUNCTION partners_shows_card() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_shows_card() TO prm_partner;
"""
CARDS = f"""
ALTER POLICY partner_select ON partners_partnercard USING (
    {MINE} AND (partner_id = {OWN} OR is_published AND (SELECT partners_shows_card()))
);
"""

# Both partners read an enquiry and what was said about it; they write none themselves: each step goes through the house.
BOTH_SIDES = f"""
ALTER POLICY partner_select ON partners_enquiry USING ({MINE} AND (asking_id = {OWN} OR asked_id = {OWN}));
ALTER POLICY partner_select ON partners_enquirymessage USING (
    {MINE} AND EXISTS (SELECT FROM partners_enquiry e WHERE e.id = enquiry_id)
);
"""

# Who is no partner any more is found by nobody.
TAKE_DOWN = """
CREATE FUNCTION partners_take_card_down() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    UPDATE partners_partnercard SET is_published = false
    WHERE manufacturer_id = NEW.manufacturer_id AND partner_id = NEW.id AND is_published;
    RETURN NULL;
END $body$;
CREATE TRIGGER take_card_down AFTER UPDATE OF stage ON partners_partner
    FOR EACH ROW WHEN (NEW.stage = 'ended' AND OLD.stage <> 'ended') EXECUTE FUNCTION partners_take_card_down();
"""

# How many companies a partner has introduced, and what became of them: prospects themselves it cannot read.
COUNTED = """
CREATE FUNCTION partners_own_introductions() RETURNS TABLE (introduced bigint, became_partners bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT count(*), count(*) FILTER (WHERE p.partner_id IS NOT NULL) FROM partners_prospect p
    WHERE p.manufacturer_id = current_setting('app.manufacturer')::bigint
    AND p.introduced_by_partner_id = nullif(current_setting('app.partner', true), '')::bigint
$body$;
REVOKE ALL ON FUNCTION partners_own_introductions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_own_introductions() TO prm_partner;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0026_timeline_indexes"),
        ("tenancy", "0006_view_as"),
    ]
    replaces = [("partners", "0035_matches")]

    operations = [
        Isolate(
            "PartnerCard",
            partner_column="partner_id",
            partner_writes=[
                "INSERT",
                "UPDATE (is_published, name, kinds, specialisations, region, country, languages, offers, seeks, updated_at)",
            ],
            keys=PARTNER,
        ),
        Isolate(
            "Enquiry",
            partner_column="asked_id",
            staff_writes=["INSERT", "UPDATE"],
            keys={"asking_id": "partners_partner", "asked_id": "partners_partner", "by_id": MEMBER},
        ),
        IsolateHistory("EnquiryEvent"),
        Isolate(
            "EnquiryMessage",
            partner_column="partner_id",
            staff_writes=["INSERT", "UPDATE"],
            keys=PARTNER | {"enquiry_id": "partners_enquiry", "by_id": MEMBER},
            is_target=False,
        ),
        Isolate(
            "IntroductionReward",
            partner_column="partner_id",
            keys=PARTNER | {"prospect_id": "partners_prospect", "by_id": MEMBER},
        ),
        IsolateHistory("IntroductionRewardEvent"),
        migrations.RunSQL(OWN_CARD, "DROP FUNCTION partners_shows_card() CASCADE"),
        migrations.RunSQL(CARDS, migrations.RunSQL.noop),
        migrations.RunSQL(BOTH_SIDES, migrations.RunSQL.noop),
        migrations.RunSQL(
            TAKE_DOWN, "DROP TRIGGER take_card_down ON partners_partner; DROP FUNCTION partners_take_card_down()"
        ),
        migrations.RunSQL(COUNTED, "DROP FUNCTION partners_own_introductions()"),
    ]
