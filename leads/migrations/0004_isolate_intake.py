from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

# Only staff who may see customers find leads by what is personal of them.
SEARCH = """
CREATE INDEX lead_by_pieces ON leads_lead
    USING gin (partners_pieces(manufacturer_id, ' ' || search_text || ' ' || lower(email) || ' ' || phone_digits));

CREATE FUNCTION leads_search(words text[], personal boolean, most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    own bigint := current_setting('app.manufacturer')::bigint;
    wanted text[] := (SELECT array_agg(piece) FROM unnest(words) word, unnest(partners_pieces(own, word)) piece);
BEGIN
    IF wanted IS NULL THEN
        RETURN NULL;  -- too short for the index: the caller walks the list
    END IF;
    RETURN array(
        SELECT l.id FROM leads_lead l
        WHERE partners_pieces(l.manufacturer_id, ' ' || l.search_text || ' ' || lower(l.email) || ' ' || l.phone_digits) @> wanted
        AND l.manufacturer_id = own
        AND NOT EXISTS (
            SELECT FROM unnest(words) word
            WHERE strpos(
                CASE WHEN personal THEN ' ' || l.search_text || ' ' || lower(l.email) || ' ' || l.phone_digits
                ELSE ' ' || partners_search_text(l.company, '', l.reference, l.subject, l.city) END, word
            ) = 0
        )
        LIMIT most
    );
END $body$;
REVOKE ALL ON FUNCTION leads_search(text[], boolean, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leads_search(text[], boolean, integer) TO prm_staff, prm_platform;

CREATE FUNCTION leads_callers(digits text, most integer) RETURNS TABLE (kind text, id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    own bigint := current_setting('app.manufacturer')::bigint;
    wanted text[] := partners_pieces(own, digits);
BEGIN
    IF length(digits) < 3 THEN
        RETURN;
    END IF;
    RETURN QUERY
    (SELECT 'lead'::text, l.id FROM leads_lead l
        WHERE partners_pieces(l.manufacturer_id, ' ' || l.search_text || ' ' || lower(l.email) || ' ' || l.phone_digits) @> wanted
        AND l.manufacturer_id = own AND strpos(l.phone_digits, digits) > 0 LIMIT most)
    UNION ALL
    (SELECT 'customer', c.id FROM commerce_endcustomer c
        WHERE partners_pieces(c.manufacturer_id, ' ' || c.search_text || ' ' || lower(c.email) || ' ' || c.phone_digits) @> wanted
        AND c.manufacturer_id = own AND strpos(c.phone_digits, digits) > 0 LIMIT most)
    UNION ALL
    (SELECT 'contact', p.id FROM partners_contact p
        WHERE partners_pieces(p.manufacturer_id, partners_digits(p.phone) || ' ' || partners_digits(p.mobile)) @> wanted
        AND p.manufacturer_id = own
        AND (strpos(partners_digits(p.phone), digits) > 0 OR strpos(partners_digits(p.mobile), digits) > 0) LIMIT most)
    UNION ALL
    (SELECT 'partner', p.id FROM partners_partner p
        WHERE partners_pieces(p.manufacturer_id, partners_digits(p.phone)) @> wanted
        AND p.manufacturer_id = own AND strpos(partners_digits(p.phone), digits) > 0 LIMIT most);
END $body$;
REVOKE ALL ON FUNCTION leads_callers(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leads_callers(text, integer) TO prm_staff, prm_platform;
"""

REFERENCE = """
CREATE FUNCTION leads_new_reference() RETURNS text LANGUAGE sql VOLATILE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT 'L-' || string_agg(substr('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', 1 + get_byte(bytes, i) % 32, 1), '')
    FROM (SELECT uuid_send(gen_random_uuid()) AS bytes OFFSET 0) fresh, generate_series(8, 15) i
$body$;
"""

FROZEN = """
CREATE FUNCTION leads_form_frozen() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    IF OLD.state <> 'draft' AND (
        TG_OP = 'DELETE'
        OR (NEW.language, NEW.version, NEW.title, NEW.intro, NEW.thanks, NEW.consent, NEW.asked, NEW.needed, NEW.published_at)
            IS DISTINCT FROM
            (OLD.language, OLD.version, OLD.title, OLD.intro, OLD.thanks, OLD.consent, OLD.asked, OLD.needed, OLD.published_at)
        OR NEW.state = 'draft'
    ) THEN
        RAISE check_violation USING MESSAGE = 'A published form stays as it is', CONSTRAINT = 'lead_form_frozen';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $body$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON leads_leadform
    FOR EACH ROW EXECUTE FUNCTION leads_form_frozen();
"""


class Migration(migrations.Migration):
    """Puts the tables of intake under the policies; finds leads by text and number; keeps published forms as they are."""

    dependencies = [
        ("leads", "0003_intake"),
        ("commerce", "0006_customer_search"),
        ("partners", "0028_pieces"),
    ]

    operations = [
        Isolate(
            "LeadLikeness",
            partner_reads=False,
            keys={
                "lead_id": "leads_lead",
                "other_id": "leads_lead",
                "customer_id": "commerce_endcustomer",
                "partner_id": "partners_partner",
                "decided_by_id": "tenancy_membership",
            },
            is_target=False,
        ),
        Isolate(
            "LeadMerge",
            partner_reads=False,
            keys={
                "winner_id": "leads_lead",
                "loser_id": "leads_lead",
                "merged_by_id": "tenancy_membership",
                "undone_by_id": "tenancy_membership",
            },
            is_target=False,
        ),
        Isolate("LeadForm", partner_reads=False, keys={"published_by_id": "tenancy_membership"}, is_target=False),
        IsolateHistory("LeadFormEvent"),
        Isolate("IntakeSettings", partner_reads=False, is_target=False),
        migrations.RunSQL(
            SEARCH,
            "DROP FUNCTION leads_callers(text, integer); DROP FUNCTION leads_search(text[], boolean, integer);"
            " DROP INDEX lead_by_pieces",
        ),
        migrations.RunSQL(REFERENCE, "DROP FUNCTION leads_new_reference()"),
        migrations.RunSQL(FROZEN, "DROP TRIGGER frozen ON leads_leadform; DROP FUNCTION leads_form_frozen()"),
    ]
