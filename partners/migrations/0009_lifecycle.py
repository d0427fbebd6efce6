from django.db import migrations

from tenancy.isolate import Isolate

PARTNER = {"partner_id": "partners_partner"}
MEMBER = "tenancy_membership"
ISOLATED = [
    Isolate("StageReason", partner_reads=False),
    Isolate(
        "StageMove",
        partner_reads=False,
        keys=PARTNER | {"reason_id": "partners_stagereason", "by_id": MEMBER, "reversed_by_id": "partners_stagemove"},
    ),
    Isolate("StageProposal", partner_reads=False, keys=PARTNER | {"decided_by_id": MEMBER}),
    Isolate("PlaybookStep", partner_reads=False, is_target=False),
    Isolate("JourneyTemplate", keys={"kind_id": "partners_partnerkind"}),
    Isolate("JourneyPhase", keys={"template_id": "partners_journeytemplate"}),
    Isolate("JourneyStep", keys={"phase_id": "partners_journeyphase"}),
    Isolate(
        "Journey",
        partner_column="partner_id",
        keys=PARTNER | {"template_id": "partners_journeytemplate", "started_by_id": MEMBER},
    ),
    Isolate(
        "JourneyItem",
        partner_column="partner_id",
        keys=PARTNER | {"journey_id": "partners_journey", "step_id": "partners_journeystep", "done_by_id": MEMBER},
    ),
    Isolate("Handover", partner_reads=False, keys={"to_id": MEMBER, "by_id": MEMBER}),
    Isolate(
        "HandoverPartner",
        partner_reads=False,
        is_target=False,
        keys=PARTNER | {"handover_id": "partners_handover", "former_id": MEMBER},
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0008_end_sharing"),
        ("tenancy", "0005_mail_refused"),
    ]
    replaces = [("partners", "0011_lifecycle")]

    operations = [
        *ISOLATED,
    ]
