from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

PARTNER = {"partner_id": "partners_partner"}
CONTACT = {"contact_id": "partners_contact"}
OWN_WRITES = """
    name, latin_name, position, department, role, is_primary, email, phone, mobile, messenger_kind, messenger, birthday,
    joined_on, language, left_on, moved_to, successor_id, updated_at
"""
# A partner sees those contacts that were shared with it, and their files.
SHARED_ONLY = """
DROP POLICY partner_select ON partners_contactentry;
CREATE POLICY partner_select ON partners_contactentry FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND partner_id = current_setting('app.partner')::bigint AND is_shared
);
DROP POLICY partner_select ON partners_contactfile;
CREATE POLICY partner_select ON partners_contactfile FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND partner_id = current_setting('app.partner')::bigint
    AND EXISTS (SELECT FROM partners_contactentry e WHERE e.id = entry_id)
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0011_history_by_partner"),
        ("tenancy", "0005_mail_refused"),
    ]
    replaces = [("partners", "0014_people")]

    operations = [
        Isolate(
            "Contact",
            partner_column="partner_id",
            partner_writes=["INSERT", f"UPDATE ({OWN_WRITES})"],
            keys=PARTNER | {"membership_id": "tenancy_membership", "successor_id": "partners_contact"},
        ),
        IsolateHistory("ContactEvent"),
        Isolate(
            "ContactInsight",
            partner_reads=False,
            keys=CONTACT | {"updated_by_id": "tenancy_membership"},
            is_target=False,
        ),
        Isolate(
            "ContactConsent",
            partner_column="partner_id",
            partner_writes=["INSERT", "UPDATE (withdrawn_on)"],
            keys=PARTNER | CONTACT | {"recorded_by_id": "tenancy_membership"},
            is_target=False,
        ),
        Isolate("Favour", partner_reads=False, keys=CONTACT | {"by_id": "tenancy_membership"}, is_target=False),
        Isolate("PeopleSettings", partner_reads=False, is_target=False),
        Isolate("GreetingText", partner_reads=False, is_target=False),
        Isolate("Greeting", partner_reads=False, keys=CONTACT | {"by_id": "tenancy_membership"}, is_target=False),
        Isolate("ContactCode", keys={"parent_id": "partners_contactcode"}),
        Isolate(
            "ContactEntry",
            partner_column="partner_id",
            keys=PARTNER
            | CONTACT
            | {f"{code}_id": "partners_contactcode" for code in ("channel", "subject", "outcome")}
            | {f"{who}_id": "tenancy_membership" for who in ("by", "created_by")},
        ),
        Isolate(
            "ContactFile",
            partner_column="partner_id",
            keys=PARTNER | {"entry_id": "partners_contactentry"},
            is_target=False,
        ),
        migrations.RunSQL(SHARED_ONLY, migrations.RunSQL.noop),
    ]
