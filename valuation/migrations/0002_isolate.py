from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate, IsolateHistory

PROGRAMME = {"programme_id": "valuation_programme"}
RATED = PROGRAMME | {"partner_id": "partners_partner", "tier_id": "valuation_tier"}

# The rules of a published programme are what partners were promised: a new version is made instead.
FROZEN = """
CREATE FUNCTION valuation_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    touched bigint[];
BEGIN
    -- Where a row was and where it goes; OLD is null on INSERT, and NEW on DELETE.
    IF TG_TABLE_NAME = 'valuation_tierrequirement' THEN
        touched := array(SELECT programme_id FROM valuation_tier WHERE id IN (OLD.tier_id, NEW.tier_id));
    ELSE
        touched := ARRAY[OLD.programme_id, NEW.programme_id];
    END IF;
    IF EXISTS (SELECT FROM valuation_programme WHERE id = ANY (touched) AND status <> 'draft') THEN
        RAISE check_violation USING MESSAGE = 'A published programme cannot be changed', CONSTRAINT = 'programme_frozen';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $body$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON valuation_tier
    FOR EACH ROW EXECUTE FUNCTION valuation_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON valuation_tierrequirement
    FOR EACH ROW EXECUTE FUNCTION valuation_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON valuation_programmekpi
    FOR EACH ROW EXECUTE FUNCTION valuation_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON valuation_programmekind
    FOR EACH ROW EXECUTE FUNCTION valuation_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_isolate"),
        ("partners", "0003_isolate"),
        ("tenancy", "0003_isolate"),
        ("valuation", "0001_initial"),
    ]

    operations = [
        Isolate("Programme", keys={"published_by_id": "tenancy_membership"}),
        IsolateHistory("ProgrammeEvent"),
        Isolate(
            "ProgrammeKind",
            keys=PROGRAMME | {"kind_id": "partners_partnerkind"},
            is_target=False,
        ),
        Isolate("Tier", keys=PROGRAMME),
        Isolate("TierRequirement", keys={"tier_id": "valuation_tier"}, is_target=False),
        Isolate("ProgrammeKpi", keys=PROGRAMME, is_target=False),
        Isolate("GradeRun", keys={"job_id": "jobs_job"}),
        Isolate("Score", partner_column="partner_id", shared_as="sales", is_target=False),
        GuardKeys("Score", keys=RATED),
        Isolate("Grade", partner_column="partner_id", shared_as="sales", is_target=False),
        GuardKeys(
            "Grade",
            keys=RATED
            | {
                "pending_tier_id": "valuation_tier",
                "override_by_id": "tenancy_membership",
            },
        ),
        IsolateHistory("GradeEvent"),
        Isolate(
            "GradeChange",
            partner_column="partner_id",
            shared_as="sales",
            staff_writes=["INSERT"],
            is_target=False,
        ),
        GuardKeys(
            "GradeChange",
            keys={
                "partner_id": "partners_partner",
                "from_tier_id": "valuation_tier",
                "to_tier_id": "valuation_tier",
                "by_id": "tenancy_membership",
            },
        ),
        migrations.RunSQL(FROZEN, "DROP FUNCTION valuation_frozen() CASCADE"),
    ]
