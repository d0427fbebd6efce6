import datetime as dt

import pytest
from django.utils import timezone

from approvals.errors import ApprovalError
from approvals.models import Delegation
from approvals.services import delegate, end_delegation
from notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]


def away(member, to, first=0, last=3, by=None):
    today = timezone.localdate()
    return delegate(
        member,
        to,
        starts_on=today + dt.timedelta(days=first),
        ends_on=today + dt.timedelta(days=last),
        by=by or member,
    )


def test_a_delegate_is_told(manager, second):
    away(manager, second)

    assert Notice.objects.get(recipient=second).kind == "approvals.delegated"


@pytest.mark.parametrize(("first", "last", "says"), [(3, 1, "lies before the first"), (-9, -3, "lies in the past")])
def test_days_make_sense(manager, second, first, last, says):
    with pytest.raises(ApprovalError, match=says):
        away(manager, second, first, last)


def test_nobody_stands_in_for_themselves_nor_a_partner(manager, partner_admin):
    with pytest.raises(ApprovalError, match="somebody else"):
        away(manager, manager)
    with pytest.raises(ApprovalError, match="colleague"):
        away(manager, partner_admin)


def test_one_delegate_at_a_time_who_is_there(manager, second, analyst):
    away(manager, second, 0, 5)
    with pytest.raises(ApprovalError, match="already"):
        away(manager, analyst, 5, 9)
    with pytest.raises(ApprovalError, match="Manager Lee is away"):
        away(analyst, manager, 4, 6)

    assert away(manager, analyst, 6, 9).pk


def test_others_name_it_only_who_looks_after_people(manager, second, analyst, owner):
    with pytest.raises(ApprovalError, match="yourself only"):
        away(manager, second, by=analyst)

    assert away(manager, second, by=owner).created_by == owner


def test_an_absence_ends_early(manager, second, analyst):
    row = away(manager, second)
    with pytest.raises(ApprovalError, match="own absence only"):
        end_delegation(row, by=analyst)

    end_delegation(row, by=manager)

    assert Delegation.objects.get().ended_at
    assert away(manager, analyst).pk
