from django.test import Client

from notices.models import Delivery, DeliveryState, Preference, QuietHours
from notices.services import tell
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import UserFactory
from tests.notices.conftest import FACTS, PLAIN


def test_administrators_look_at_what_was_told_and_send_failed_mails_again(owner: Membership, rep: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        tell([owner, rep], PLAIN, key="a", facts=FACTS)
        Delivery.objects.filter(notice__recipient=owner).update(
            state=DeliveryState.FAILED, attempts=9, error="550 5.1.1 No such mailbox"
        )
        Preference.objects.create(member=owner, kind=PLAIN.key, channel="mail", mode="off")
        QuietHours.objects.create(member=owner, starts="22:00", ends="07:00")
        failed, waiting = Delivery.objects.order_by("state")
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    for name in ("notice", "delivery", "preference", "quiethours"):
        assert client.get(f"/admin/notices/{name}/?q=person").status_code == 200
        assert client.get(f"/admin/notices/{name}/add/").status_code == 403
    page = client.get("/admin/notices/delivery/?state__exact=failed").content.decode()
    assert "550 5.1.1 No such mailbox" in page
    assert f"&lt;{owner.email}&gt;" in page
    assert client.get(f"/admin/notices/delivery/{failed.pk}/change/").status_code == 200
    client.post(
        "/admin/notices/delivery/", {"action": "send_again", "_selected_action": [failed.pk, waiting.pk]}, follow=True
    )

    with staff_scope(owner.manufacturer_id):
        again = Delivery.objects.get(pk=failed.pk)
        assert (again.state, again.attempts, again.error) == ("waiting", 0, "")
        assert Delivery.objects.get(pk=waiting.pk).due_at == waiting.due_at
