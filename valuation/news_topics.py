"""A partner's grade, for personal news."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Partner
from partners.news import NewsTopic, register_topic
from valuation.models import ChangeReason, Grade, GradeChange


def grade(partner: Partner, since: dt.date, until: dt.date) -> list[str]:
    """Which grade the partner has, and whether it changed in the period."""
    held = Grade.objects.select_related("tier").filter(partner=partner).first()
    if held is None:
        return []
    changes = GradeChange.objects.filter(partner=partner, day__gte=since, day__lt=until)
    changed = changes.exclude(reason=ChangeReason.WARNING).order_by("-day", "-pk").first()
    if changed is not None and changed.from_tier_id not in (None, changed.to_tier_id):
        return [_("Your grade is %(grade)s now.") % {"grade": held.tier}]
    return [_("Your grade is still %(grade)s.") % {"grade": held.tier}]


register_topic(NewsTopic("grade", gettext_lazy("Own grade"), grade, function="grades"))
