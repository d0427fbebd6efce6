from django.db import migrations

from tenancy.isolate import Isolate


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0023_profile_questions"),
        ("tenancy", "0006_view_as"),
    ]
    replaces = [("partners", "0031_personal_news")]

    operations = [
        Isolate(
            "PersonalNews",
            partner_reads=False,
            keys={"contact_id": "partners_contact", "by_id": "tenancy_membership"},
            is_target=False,
        ),
    ]
