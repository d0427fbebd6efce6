from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

PARTNER = {"partner_id": "partners_partner"}
MEMBER = "tenancy_membership"
MINE = "manufacturer_id = current_setting('app.manufacturer')::bigint"

# A partner reads the relations it stands in, on either side; it writes none: each step goes through the house.
EITHER_SIDE = f"""
ALTER POLICY partner_select ON partners_relation USING (
    {MINE} AND (
        above_id = current_setting('app.partner')::bigint OR below_id = current_setting('app.partner')::bigint
    )
);
"""

# What a partner does in a sub-partner's place is put down by itself: for none but those that let it act.
ACTING = f"""
ALTER POLICY partner_select ON partners_onbehalf USING (
    {MINE} AND (
        partner_id = current_setting('app.partner')::bigint OR acting_id = current_setting('app.partner')::bigint
    )
);
ALTER POLICY partner_insert ON partners_onbehalf WITH CHECK (
    {MINE} AND acting_id = current_setting('app.partner')::bigint
    AND partner_id <> current_setting('app.partner')::bigint
    AND partner_id = ANY (current_setting('app.served_service')::bigint[])
);
"""

# What a sub-partner agrees to show, table by table; and where it lets the partner above act, what that one may write.
SHARED = {
    "papers": ("partners_paper", "partner_id"),
    "agreements": ("partners_agreement", "partner_id"),
    "tasks": ("partners_task", "shown_to"),
}
SHOW = "".join(
    f"ALTER POLICY partner_select ON {table} USING ({MINE}"
    f" AND {column} = ANY (current_setting('app.served_{kind}')::bigint[]));"
    for kind, (table, column) in SHARED.items()
)
HIDE = "".join(
    f"ALTER POLICY partner_select ON {table} USING ({MINE} AND {column} = current_setting('app.partner')::bigint);"
    for table, column in SHARED.values()
)
SERVED = f"{MINE} AND {{column}} = ANY (current_setting('app.served_service')::bigint[])"
ACT = "".join(
    f"CREATE POLICY partner_serves_{command.lower()} ON {table} FOR {command} TO prm_partner {clause};"
    for table, command, clause in [
        ("partners_partner", "UPDATE", "USING ({0}) WITH CHECK ({0})".format(SERVED.format(column="id"))),
        ("partners_partnerspecialisation", "INSERT", f"WITH CHECK ({SERVED.format(column='partner_id')})"),
        ("partners_partnerspecialisation", "DELETE", f"USING ({SERVED.format(column='partner_id')})"),
        ("partners_paper", "INSERT", f"WITH CHECK ({SERVED.format(column='partner_id')})"),
    ]
)
ACT_NO_MORE = """
DROP POLICY partner_serves_update ON partners_partner;
DROP POLICY partner_serves_insert ON partners_partnerspecialisation;
DROP POLICY partner_serves_delete ON partners_partnerspecialisation;
DROP POLICY partner_serves_insert ON partners_paper;
"""

# A partner may know what those are called that belong to it, and what each shows it; and of a relation what the other
# is called, where the other has declared it or it was confirmed. Nothing else of them is told.
NAMES = """
CREATE FUNCTION partners_own_shops() RETURNS TABLE (id bigint, name text, local_name text, shared text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT p.id, p.name, p.local_name, array(
        SELECT s.data_kind FROM tenancy_sharing s
        WHERE s.manufacturer_id = p.manufacturer_id AND s.above_id = p.parent_id AND s.partner_id = p.id
        AND s.withdrawn_at IS NULL
    )
    FROM partners_partner p
    WHERE p.manufacturer_id = current_setting('app.manufacturer')::bigint
    AND p.parent_id = nullif(current_setting('app.partner', true), '')::bigint
    AND p.merged_into_id IS NULL AND p.stage NOT IN ('draft', 'ended')
    ORDER BY p.name, p.id
$body$;
CREATE FUNCTION partners_relation_names() RETURNS TABLE (id bigint, name text, local_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT r.id, p.name, p.local_name
    FROM partners_relation r
    JOIN partners_partner p ON p.manufacturer_id = r.manufacturer_id AND p.id = CASE
        WHEN r.above_id = nullif(current_setting('app.partner', true), '')::bigint THEN r.below_id ELSE r.above_id END
    WHERE r.manufacturer_id = current_setting('app.manufacturer')::bigint AND (
        r.above_id = nullif(current_setting('app.partner', true), '')::bigint
        AND (r.declared_by = 'below' OR r.state IN ('confirmed', 'ended'))
        OR r.below_id = nullif(current_setting('app.partner', true), '')::bigint
        AND (r.declared_by = 'above' OR r.state IN ('confirmed', 'ended'))
    )
$body$;
REVOKE ALL ON FUNCTION partners_own_shops(), partners_relation_names() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_own_shops(), partners_relation_names() TO prm_partner;
"""

# However a partner is moved (form, file, merge), the relation that it stood in has ended with it.
END_RELATION = """
CREATE FUNCTION partners_end_relation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    UPDATE partners_relation SET state = 'ended', ended_at = now()
    WHERE manufacturer_id = OLD.manufacturer_id AND above_id = OLD.parent_id AND below_id = OLD.id
    AND state = 'confirmed';
    RETURN NULL;
END $body$;
CREATE TRIGGER end_relation AFTER UPDATE OF parent_id ON partners_partner
    FOR EACH ROW WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION partners_end_relation();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0020_field_corrections"),
        ("tenancy", "0006_view_as"),
    ]
    replaces = [("partners", "0028_tiers")]

    operations = [
        Isolate(
            "Relation",
            partner_column="below_id",
            staff_writes=["INSERT", "UPDATE"],
            keys={
                "above_id": "partners_partner",
                "below_id": "partners_partner",
                "declared_member_id": MEMBER,
                "answered_member_id": MEMBER,
            },
        ),
        IsolateHistory("RelationEvent"),
        Isolate(
            "OnBehalf",
            partner_column="partner_id",
            partner_writes=["INSERT"],
            staff_writes=["INSERT", "UPDATE"],
            keys=PARTNER | {"acting_id": "partners_partner", "by_id": MEMBER},
            is_target=False,
        ),
        migrations.RunSQL(EITHER_SIDE, migrations.RunSQL.noop),
        migrations.RunSQL(ACTING, migrations.RunSQL.noop),
        migrations.RunSQL(SHOW, HIDE),
        migrations.RunSQL(ACT, ACT_NO_MORE),
        migrations.RunSQL(NAMES, "DROP FUNCTION partners_own_shops(); DROP FUNCTION partners_relation_names()"),
        migrations.RunSQL(
            END_RELATION, "DROP TRIGGER end_relation ON partners_partner; DROP FUNCTION partners_end_relation()"
        ),
    ]
