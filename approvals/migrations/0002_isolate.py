from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

MEMBER = "tenancy_membership"
PLACE = {"member_id": MEMBER, "late_member_id": MEMBER}
REQUEST = {"request_id": "approvals_request"}


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_initial"),
        ("partners", "0003_isolate"),
        ("tenancy", "0003_isolate"),
    ]

    operations = [
        Isolate("Route", partner_reads=False),
        IsolateHistory("RouteEvent"),
        Isolate("RouteStep", partner_reads=False, keys=PLACE | {"route_id": "approvals_route"}, is_target=False),
        IsolateHistory("RouteStepEvent"),
        Isolate(
            "Request",
            partner_reads=False,
            keys={
                "partner_id": "partners_partner",
                "route_id": "approvals_route",
                "asked_by_id": MEMBER,
                "decided_by_id": MEMBER,
            },
        ),
        IsolateHistory("RequestEvent"),
        Isolate(
            "Step",
            partner_reads=False,
            keys=PLACE | REQUEST | {"instead_of_id": MEMBER, "decided_by_id": MEMBER, "on_behalf_of_id": MEMBER},
            is_target=False,
        ),
        IsolateHistory("StepEvent"),
        Isolate("Comment", partner_reads=False, keys=REQUEST | {"by_id": MEMBER}, is_target=False),
        Isolate(
            "Delegation",
            partner_reads=False,
            keys={"member_id": MEMBER, "delegate_id": MEMBER, "created_by_id": MEMBER},
            is_target=False,
        ),
        IsolateHistory("DelegationEvent"),
    ]
