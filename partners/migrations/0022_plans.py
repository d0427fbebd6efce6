from django.db import migrations

from tenancy.isolate import Isolate

# What both sides agreed stays as it is, whoever writes, and a version goes its way step by step. Its partner is not held:
# when two records of one company are merged, its plans go along.
PLAN_GUARD = """
CREATE FUNCTION partners_channelplan_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE check_violation USING MESSAGE = 'Only a draft of a plan can be removed', CONSTRAINT = 'plan_frozen';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE check_violation USING MESSAGE = 'A plan begins as a draft', CONSTRAINT = 'plan_step';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'proposed'), ('draft', 'approval'), ('approval', 'draft'), ('approval', 'proposed'),
        ('approval', 'agreed'), ('proposed', 'draft'), ('proposed', 'agreed'), ('proposed', 'approval'),
        ('agreed', 'superseded')
    ) THEN
        RAISE check_violation USING MESSAGE = 'A plan cannot take this step', CONSTRAINT = 'plan_step';
    END IF;
    IF (NEW.year, NEW.version) IS DISTINCT FROM (OLD.year, OLD.version)
        OR OLD.state <> 'draft' AND NEW.summary IS DISTINCT FROM OLD.summary
        OR OLD.state IN ('agreed', 'superseded') AND (
            NEW.proposed_side, NEW.proposed_by_id, NEW.proposed_at, NEW.agreed_by_id, NEW.agreed_at,
            NEW.weight_effect, NEW.weight_urgency, NEW.weight_returns, NEW.weight_feasibility
        ) IS DISTINCT FROM (
            OLD.proposed_side, OLD.proposed_by_id, OLD.proposed_at, OLD.agreed_by_id, OLD.agreed_at,
            OLD.weight_effect, OLD.weight_urgency, OLD.weight_returns, OLD.weight_feasibility
        )
    THEN
        RAISE check_violation USING MESSAGE = 'A plan that was agreed cannot be changed', CONSTRAINT = 'plan_frozen';
    END IF;
    -- A partner proposes for itself, answers what the manufacturer proposed, and takes back or sends back.
    IF current_user = 'prm_partner' AND NEW.state <> OLD.state AND NOT (
        OLD.state = 'draft' AND NEW.state = 'proposed' AND NEW.proposed_side = 'partner'
        OR OLD.state = 'proposed' AND NEW.state = 'draft'
        OR OLD.state = 'proposed' AND NEW.state = 'agreed' AND OLD.proposed_side = 'staff' AND NEW.proposed_side = 'staff'
    ) THEN
        RAISE check_violation USING MESSAGE = 'A partner cannot take this step', CONSTRAINT = 'plan_step';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON partners_channelplan
    FOR EACH ROW EXECUTE FUNCTION partners_channelplan_guard();
"""
NO_PLAN_GUARD = "DROP TRIGGER guard ON partners_channelplan; DROP FUNCTION partners_channelplan_guard();"

# The parts of a plan change in the states of the first argument; the columns of the second one always do. The plan is held
# meanwhile, so that nobody agrees to what is being changed.
PART_GUARD = """
CREATE FUNCTION partners_planpart_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    part jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    free text[] := string_to_array(TG_ARGV[1], ',');
    plan record;
BEGIN
    SELECT state, partner_id INTO plan FROM partners_channelplan
    WHERE manufacturer_id = (part->>'manufacturer_id')::bigint AND id = (part->>'plan_id')::bigint FOR SHARE;
    IF plan IS NULL OR TG_OP <> 'DELETE' AND plan.partner_id <> (part->>'partner_id')::bigint THEN
        RAISE check_violation USING MESSAGE = 'A part of a plan belongs to its partner', CONSTRAINT = 'plan_part_own';
    END IF;
    IF plan.state <> ALL (string_to_array(TG_ARGV[0], ','))
        AND (TG_OP <> 'UPDATE' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free)
    THEN
        RAISE check_violation USING MESSAGE = 'A plan that was proposed or agreed cannot be changed',
            CONSTRAINT = 'plan_frozen';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $body$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON partners_plantarget
    FOR EACH ROW EXECUTE FUNCTION partners_planpart_guard('draft', 'partner_id');
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON partners_planinitiative
    FOR EACH ROW EXECUTE FUNCTION partners_planpart_guard('draft', 'partner_id,work');
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON partners_planpromise
    FOR EACH ROW EXECUTE FUNCTION partners_planpart_guard('draft', 'partner_id,state,settled_at');
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON partners_initiativescore
    FOR EACH ROW EXECUTE FUNCTION partners_planpart_guard('draft,approval,proposed', 'partner_id');
"""
NO_PART_GUARD = """
DROP TRIGGER guard ON partners_plantarget;
DROP TRIGGER guard ON partners_planinitiative;
DROP TRIGGER guard ON partners_planpromise;
DROP TRIGGER guard ON partners_initiativescore;
DROP FUNCTION partners_planpart_guard();
"""

# Whoever takes part in its plans a partner may know by name, too.
STAFF_KNOWN = """
CREATE OR REPLACE FUNCTION partners_staff_known() RETURNS TABLE (id bigint, name text, title text, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    WITH own AS (
        SELECT current_setting('app.manufacturer')::bigint AS manufacturer_id,
            nullif(current_setting('app.partner', true), '')::bigint AS partner_id
    ),
    known (id) AS (
        SELECT p.channel_manager_id FROM own JOIN partners_partner p
            ON p.manufacturer_id = own.manufacturer_id AND p.id = own.partner_id
        UNION
        SELECT unnest(ARRAY[t.owner_id, t.created_by_id, t.finished_by_id]) FROM own JOIN partners_task t
            ON t.manufacturer_id = own.manufacturer_id AND t.partner_id = own.partner_id AND t.is_shared
        UNION
        SELECT unnest(ARRAY[c.author_id, c.removed_by_id]) FROM own JOIN partners_comment c
            ON c.manufacturer_id = own.manufacturer_id AND c.partner_id = own.partner_id AND c.is_shared
        UNION
        SELECT unnest(ARRAY[f.created_by_id, f.removed_by_id]) FROM own JOIN partners_sharedfile f
            ON f.manufacturer_id = own.manufacturer_id AND f.partner_id = own.partner_id AND f.is_shared
        UNION
        SELECT v.created_by_id FROM own JOIN partners_fileversion v
            ON v.manufacturer_id = own.manufacturer_id AND v.partner_id = own.partner_id AND v.is_shared
        UNION
        SELECT s.by_id FROM own JOIN partners_planstep s
            ON s.manufacturer_id = own.manufacturer_id AND s.partner_id = own.partner_id
        UNION
        SELECT i.owner_id FROM own JOIN partners_planinitiative i
            ON i.manufacturer_id = own.manufacturer_id AND i.partner_id = own.partner_id
        UNION
        SELECT r.owner_id FROM own JOIN partners_planpromise r
            ON r.manufacturer_id = own.manufacturer_id AND r.partner_id = own.partner_id
    )
    SELECT m.id, m.name, m.title, m.is_active
    FROM own JOIN tenancy_membership m ON m.manufacturer_id = own.manufacturer_id AND m.partner_id IS NULL
    WHERE m.id IN (SELECT known.id FROM known)
    ORDER BY m.name, m.id
$body$;
"""
STAFF_KNOWN_BEFORE = """
CREATE OR REPLACE FUNCTION partners_staff_known() RETURNS TABLE (id bigint, name text, title text, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    WITH own AS (
        SELECT current_setting('app.manufacturer')::bigint AS manufacturer_id,
            nullif(current_setting('app.partner', true), '')::bigint AS partner_id
    ),
    known (id) AS (
        SELECT p.channel_manager_id FROM own JOIN partners_partner p
            ON p.manufacturer_id = own.manufacturer_id AND p.id = own.partner_id
        UNION
        SELECT unnest(ARRAY[t.owner_id, t.created_by_id, t.finished_by_id]) FROM own JOIN partners_task t
            ON t.manufacturer_id = own.manufacturer_id AND t.partner_id = own.partner_id AND t.is_shared
        UNION
        SELECT unnest(ARRAY[c.author_id, c.removed_by_id]) FROM own JOIN partners_comment c
            ON c.manufacturer_id = own.manufacturer_id AND c.partner_id = own.partner_id AND c.is_shared
        UNION
        SELECT unnest(ARRAY[f.created_by_id, f.removed_by_id]) FROM own JOIN partners_sharedfile f
            ON f.manufacturer_id = own.manufacturer_id AND f.partner_id = own.partner_id AND f.is_shared
        UNION
        SELECT v.created_by_id FROM own JOIN partners_fileversion v
            ON v.manufacturer_id = own.manufacturer_id AND v.partner_id = own.partner_id AND v.is_shared
    )
    SELECT m.id, m.name, m.title, m.is_active
    FROM own JOIN tenancy_membership m ON m.manufacturer_id = own.manufacturer_id AND m.partner_id IS NULL
    WHERE m.id IN (SELECT known.id FROM known)
    ORDER BY m.name, m.id
$body$;
"""

MEMBER = "tenancy_membership"
PART = {"plan_id": "partners_channelplan", "partner_id": "partners_partner"}


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0021_tiers"),
        ("tenancy", "0006_view_as"),
    ]
    replaces = [("partners", "0029_plans")]

    operations = [
        Isolate("PlanSettings", partner_reads=False, is_target=False),
        Isolate(
            "ChannelPlan",
            partner_column="partner_id",
            partner_writes=[
                "INSERT",
                "UPDATE (state, summary, proposed_side, proposed_by_id, proposed_at, agreed_by_id, agreed_at, updated_at)",
            ],
            keys={
                "partner_id": "partners_partner",
                "proposed_by_id": MEMBER,
                "agreed_by_id": MEMBER,
                "created_by_id": MEMBER,
            },
        ),
        Isolate(
            "PlanTarget",
            partner_column="partner_id",
            partner_writes=[
                "INSERT",
                "UPDATE (label, quarter_1, quarter_2, quarter_3, quarter_4, spread, months, is_sum)",
                "DELETE",
            ],
            keys=PART,
            is_target=False,
        ),
        Isolate(
            "PlanInitiative",
            partner_column="partner_id",
            partner_writes=[
                "INSERT",
                "UPDATE (title, detail, plan_year, phase, side, owner_id, due_on, work)",
                "DELETE",
            ],
            keys=PART | {"owner_id": MEMBER},
        ),
        Isolate(
            "InitiativeScore",
            partner_column="partner_id",
            partner_writes=["INSERT", "UPDATE (effect, urgency, returns, feasibility, updated_at)", "DELETE"],
            keys=PART | {"initiative_id": "partners_planinitiative", "member_id": MEMBER},
            is_target=False,
        ),
        Isolate(
            "PlanPromise",
            partner_column="partner_id",
            partner_writes=["INSERT", "UPDATE (title, due_on, owner_id)", "DELETE"],
            keys=PART | {"owner_id": MEMBER},
            is_target=False,
        ),
        Isolate(
            "PlanStep",
            partner_column="partner_id",
            partner_writes=["INSERT"],
            keys=PART | {"by_id": MEMBER},
            is_target=False,
        ),
        Isolate("MixTarget", partner_reads=False, is_target=False, keys={"kind_id": "partners_partnerkind"}),
        Isolate("TerritoryFigure", partner_reads=False, is_target=False, keys={"territory_id": "partners_territory"}),
        migrations.RunSQL(PLAN_GUARD, NO_PLAN_GUARD),
        migrations.RunSQL(PART_GUARD, NO_PART_GUARD),
        migrations.RunSQL(STAFF_KNOWN, STAFF_KNOWN_BEFORE),
    ]
