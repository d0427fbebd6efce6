"""What tests about people share."""

import re
import threading
from typing import Any

from django.core import mail
from django.db import connection

from tenancy.models import Invitation, Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, platform_scope, staff_scope
from tenancy.services import invite
from tenancy.tasks import send_invitation


def scope_of(member: Membership) -> Any:
    """The scope that the member's pages run in."""
    if member.partner_id:
        return partner_scope(member.manufacturer_id, member.partner_id)
    return staff_scope(member.manufacturer_id)


def stored(row: Any) -> Any:
    """The row as it is in the database now, whoever it belongs to."""
    with platform_scope():
        return type(row).objects.get(pk=row.pk)


def sent_secret() -> str:
    """The secret in the link of the last mail."""
    found = re.search(r"/public/invitation/([\w-]+)/", str(mail.outbox[-1].body))
    assert found
    return found[1]


def invited(by: Membership, **kwargs: Any) -> tuple[Invitation, str]:
    """An invitation whose mail is out, and the secret in it."""
    with scope_of(by):
        invitation = invite(by=by, **({"email": "new@people.example", "role": Role.ANALYST, "language": "en"} | kwargs))
    send_invitation(manufacturer_id=by.manufacturer_id, invitation_id=invitation.pk)
    return invitation, sent_secret()


def at_once(*steps: Any) -> list[Any]:
    """Run the steps in threads that start together; what each returned, or the error it raised."""
    gate = threading.Barrier(len(steps))
    outcomes: list[Any] = [TimeoutError("It was not done in time.") for _step in steps]

    def run(number: int, step: Any) -> None:
        try:
            gate.wait(30)
            outcomes[number] = step()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes


SCRIPT = "<script>alert('x')</script>"


ESCAPED = "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"
