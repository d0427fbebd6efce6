"""Telling 100,000 people against one INSERT ... SELECT of the same rows into tables with the same keys and indexes.

Once in the portal alone, which writes a notice each, and once with mail, which writes a delivery of each notice too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection

from bench.harness import Measure, report, side_by_side
from bench.network import BIG
from notices.models import Channel, Mode
from notices.registry import PORTAL, NoticeKind, register_kind
from notices.services import tell
from tenancy.models import Manufacturer, Membership
from tenancy.rls import as_owner, staff_scope

LIMIT = 3.0

IN_PORTAL = register_kind(
    NoticeKind("bench.in_portal", label="Bench: in the portal", sides={PORTAL}, modes={Channel.MAIL: Mode.OFF})
)
BY_MAIL = register_kind(NoticeKind("bench.by_mail", label="Bench: with mail", sides={PORTAL}))

NOTICES = """
INSERT INTO bench_notice (manufacturer_id, recipient_id, partner_id, kind, key, facts, is_important, in_inbox, created_at)
SELECT manufacturer_id, id, partner_id, 'bench', %(key)s, '{}', false, true, now()
FROM tenancy_membership
WHERE manufacturer_id = %(manufacturer)s AND partner_id IS NOT NULL AND is_active
ORDER BY id
"""
DELIVERIES = f"""
WITH told AS ({NOTICES} RETURNING id, manufacturer_id)
INSERT INTO bench_delivery (manufacturer_id, notice_id, channel, is_digest, state, attempts, due_at, error)
SELECT manufacturer_id, id, 'mail', false, 'waiting', 0, now(), '' FROM told ORDER BY id
"""


class Round:
    """Tells everybody something new each time, by the service and by plain SQL."""

    def __init__(self, manufacturer: Manufacturer) -> None:
        self.manufacturer = manufacturer
        self.count = 0
        self.told = 0

    def tell(self, kind: NoticeKind) -> None:
        self.count += 1
        with staff_scope(self.manufacturer.pk):
            people = Membership.objects.filter(partner__isnull=False, is_active=True)
            self.told = tell(people, kind, key=f"bench-{self.count}")

    def insert(self, statement: str) -> None:
        self.count += 1
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(statement, {"manufacturer": self.manufacturer.pk, "key": f"bench-{self.count}"})


@contextmanager
def tables() -> Iterator[None]:
    """Tables like those of notices and deliveries, and nothing left of all that the bench wrote."""
    with as_owner(), connection.cursor() as cursor:
        for name in ("notice", "delivery"):
            cursor.execute(f"DROP TABLE IF EXISTS bench_{name}")
            cursor.execute(f"CREATE TABLE bench_{name} (LIKE notices_{name} INCLUDING ALL)")
    yield
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM notices_delivery USING notices_notice notice"
            " WHERE notice.id = notice_id AND notice.kind LIKE 'bench.%'"
        )
        cursor.execute("DELETE FROM notices_notice WHERE kind LIKE 'bench.%'")
        cursor.execute("DROP TABLE bench_notice, bench_delivery")


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Tell the people of the largest manufacturer's partners, several times."""
    parser = argparse.ArgumentParser(prog="bench.notices", description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args(argv)
    measures = []
    one_round = Round(Manufacturer.objects.get(slug=BIG))
    with tables():
        for name, kind, floor in (
            ("telling people in the portal", IN_PORTAL, NOTICES),
            ("telling people, with mail", BY_MAIL, DELIVERIES),
        ):
            taken = side_by_side(
                {"tell": partial(one_round.tell, kind), "insert": partial(one_round.insert, floor)}, times=options.times
            )
            measures.append(Measure(name, taken["tell"], taken["insert"], LIMIT, {"people": f"{one_round.told:,}"}))
    return report(measures)
