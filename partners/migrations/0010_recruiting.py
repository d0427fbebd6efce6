from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

PROSPECT = {"prospect_id": "partners_prospect"}


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0009_lifecycle"),
        ("tenancy", "0005_mail_refused"),
    ]
    replaces = [("partners", "0012_recruiting")]

    operations = [
        *(
            Isolate(name, partner_reads=False, keys=keys)
            for name, keys in (
                ("ProspectSource", {}),
                ("RefusalReason", {}),
                ("ApplicationForm", {"published_by_id": "tenancy_membership"}),
                ("ApplicationQuestion", {"form_id": "partners_applicationform"}),
                (
                    "Prospect",
                    {
                        "source_id": "partners_prospectsource",
                        "introduced_by_partner_id": "partners_partner",
                        "introduced_by_member_id": "tenancy_membership",
                        "owner_id": "tenancy_membership",
                        "form_id": "partners_applicationform",
                        "refusal_reason_id": "partners_refusalreason",
                        "partner_id": "partners_partner",
                        "invitation_id": "tenancy_invitation",
                    },
                ),
                ("ProspectMove", PROSPECT | {"by_id": "tenancy_membership"}),
                ("ProspectComment", PROSPECT | {"author_id": "tenancy_membership"}),
                ("ProspectFile", PROSPECT),
                ("ProspectMail", PROSPECT),
                ("RecruitingTexts", {}),
            )
        ),
        IsolateHistory("ProspectEvent"),
    ]
