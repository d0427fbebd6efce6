from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate, IsolateHistory

PARTNER = {"partner_id": "partners_partner"}
PROFILE = """
    local_name, business_number, email, phone, website, address, city, region, postal_code, country, established_year,
    employees, showroom_area, opening_hours, languages, custom, confirmed_at, updated_at
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0002_relations"),
    ]
    replaces = [("partners", "0002_isolate")]

    operations = [
        Isolate("PartnerKind"),
        Isolate("Specialisation"),
        Isolate(
            "Partner",
            partner_column="id",
            partner_writes=[f"UPDATE ({PROFILE})"],
            shared_as="profile",
            keys={"kind_id": "partners_partnerkind", "parent_id": "partners_partner"},
        ),
        IsolateHistory("PartnerEvent"),
        Isolate(
            "PartnerOtherKind",
            partner_column="partner_id",
            shared_as="profile",
            keys=PARTNER | {"kind_id": "partners_partnerkind"},
            is_target=False,
        ),
        Isolate(
            "PartnerSpecialisation",
            partner_column="partner_id",
            partner_writes=["INSERT", "DELETE"],
            shared_as="profile",
            keys=PARTNER | {"specialisation_id": "partners_specialisation"},
            is_target=False,
        ),
        Isolate("CustomField"),
        Isolate(
            "PartnerSummary",
            partner_column="partner_id",
            shared_as="sales",
            is_target=False,
        ),
        GuardKeys("PartnerSummary", keys=PARTNER),
    ]
