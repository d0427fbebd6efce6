from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

PEOPLE = {"partner_id": "partners_partner"}

SERVED = """
CREATE FUNCTION tenancy_served(for_partner text, of_kind text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT CASE WHEN coalesce(for_partner, '') = '' THEN '{}' ELSE (
        SELECT array_agg(id)::text FROM (
            SELECT for_partner::bigint AS id
            UNION
            SELECT s.partner_id FROM tenancy_sharing s
            JOIN partners_partner p ON p.id = s.partner_id AND p.parent_id = s.above_id
            WHERE s.above_id = for_partner::bigint AND s.data_kind = of_kind AND s.withdrawn_at IS NULL
        ) served
    ) END
$body$;
"""

# People sign in, and the page's manufacturer is found, before there is a scope: then the login reads manufacturers,
# and of the memberships the user's own.
BEFORE_SCOPE = """
REVOKE ALL ON tenancy_manufacturer FROM prm_app;
GRANT SELECT ON tenancy_manufacturer TO prm_app;
GRANT SELECT ON tenancy_membership TO prm_app;
GRANT UPDATE (last_seen_at) ON tenancy_membership TO prm_app;
CREATE POLICY own_user ON tenancy_membership TO prm_app
    USING (user_id = nullif(current_setting('app.user', true), '')::bigint);
"""

MANUFACTURER = """
ALTER TABLE tenancy_manufacturer ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, UPDATE ON tenancy_manufacturer TO prm_staff;
GRANT SELECT ON tenancy_manufacturer TO prm_partner;
CREATE POLICY owner ON tenancy_manufacturer TO prm_owner USING (true) WITH CHECK (true);
CREATE POLICY platform ON tenancy_manufacturer TO prm_platform USING (true) WITH CHECK (true);
CREATE POLICY login ON tenancy_manufacturer FOR SELECT TO prm_app USING (true);
CREATE POLICY staff ON tenancy_manufacturer TO prm_staff
    USING (id = current_setting('app.manufacturer')::bigint)
    WITH CHECK (id = current_setting('app.manufacturer')::bigint);
CREATE POLICY partner ON tenancy_manufacturer FOR SELECT TO prm_partner
    USING (id = current_setting('app.manufacturer')::bigint);

ALTER TABLE tenancy_manufacturerevent ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
REVOKE ALL ON tenancy_manufacturerevent FROM prm_app, prm_staff, prm_partner, prm_platform;
GRANT SELECT ON tenancy_manufacturerevent TO prm_staff, prm_platform;
CREATE POLICY owner ON tenancy_manufacturerevent TO prm_owner USING (true) WITH CHECK (true);
CREATE POLICY platform ON tenancy_manufacturerevent TO prm_platform USING (true);
CREATE POLICY staff ON tenancy_manufacturerevent TO prm_staff
    USING (pgh_obj_id = current_setting('app.manufacturer')::bigint);
"""

# A partner sees the name of the person who looks after it, and of no other staff.
CONTACT = """
CREATE POLICY partner_contact ON tenancy_membership FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND id = (SELECT channel_manager_id FROM partners_partner WHERE id = current_setting('app.partner')::bigint)
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0003_isolate"),
        ("tenancy", "0002_partner_people"),
    ]

    operations = [
        Isolate(
            "Membership",
            partner_column="partner_id",
            partner_writes=["UPDATE (role, title, phone, assigned_only, is_active, left_at)"],
            keys=PEOPLE,
        ),
        IsolateHistory("MembershipEvent"),
        Isolate(
            "Invitation",
            partner_column="partner_id",
            partner_writes=["INSERT", "UPDATE (secret_hash, expires_at, revoked_at)"],
            keys=PEOPLE | {"invited_by_id": "tenancy_membership"},
        ),
        Isolate(
            "JoinRequest",
            partner_column="partner_id",
            partner_writes=["UPDATE (state, decided_by_id, decided_at)"],
            keys=PEOPLE | {"decided_by_id": "tenancy_membership"},
        ),
        Isolate(
            "Sharing",
            partner_column="partner_id",
            partner_writes=["INSERT", "UPDATE (withdrawn_at)"],
            keys=PEOPLE | {"above_id": "partners_partner", "agreed_by_id": "tenancy_membership"},
        ),
        Isolate("SavedView", partner_reads=False, keys={"member_id": "tenancy_membership"}),
        migrations.RunSQL(SERVED, "DROP FUNCTION tenancy_served(text, text)"),
        migrations.RunSQL(MANUFACTURER, migrations.RunSQL.noop),
        migrations.RunSQL(BEFORE_SCOPE, migrations.RunSQL.noop),
        migrations.RunSQL(CONTACT, "DROP POLICY partner_contact ON tenancy_membership"),
    ]
