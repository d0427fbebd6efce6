from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate

MERGED_INTO = """
ALTER TABLE partners_partner ADD CONSTRAINT partners_partner_merged_into_id_own
    FOREIGN KEY (manufacturer_id, merged_into_id) REFERENCES partners_partner (manufacturer_id, id)
    DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0015_agreements"),
        ("tenancy", "0005_mail_refused"),
    ]
    replaces = [("partners", "0019_duplicates")]

    operations = [
        migrations.RunSQL(
            MERGED_INTO, "ALTER TABLE partners_partner DROP CONSTRAINT partners_partner_merged_into_id_own"
        ),
        Isolate(
            "DuplicatePair",
            partner_reads=False,
            keys={
                "first_id": "partners_partner",
                "second_id": "partners_partner",
                "decided_by_id": "tenancy_membership",
            },
        ),
        Isolate(
            "PartnerMerge",
            partner_reads=False,
            keys={
                "winner_id": "partners_partner",
                "loser_id": "partners_partner",
                "merged_by_id": "tenancy_membership",
                "undone_by_id": "tenancy_membership",
            },
        ),
        Isolate("MatchKey", partner_reads=False, is_target=False),
        GuardKeys("MatchKey", keys={"partner_id": "partners_partner"}),
    ]
