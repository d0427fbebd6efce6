"""What this app itself has to tell a partner's people: files put in for them, and what runs out."""

import datetime as dt

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from pages import formats
from partners.models import Agreement, AgreementState, FileVersion, Paper, PaperState, Partner, Renewal
from partners.news import NewsTopic, register_topic
from partners.timeline import start_of

MOST_NAMES = 5
ENDING_WITHIN = dt.timedelta(days=60)


def files(partner: Partner, since: dt.date, until: dt.date) -> list[str]:
    """Files that were put in for the partner by the other side, new or in a new version."""
    versions = FileVersion.objects.filter(
        partner=partner,
        is_shared=True,
        created_at__gte=start_of(since),
        created_at__lt=start_of(until),
        created_by__partner=None,
        file__removed_at=None,
    )
    names = list(dict.fromkeys(versions.order_by("-created_at", "-pk").values_list("file__name", flat=True)[:50]))
    if not names:
        return []
    shown = ", ".join(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        shown = _("%(names)s and others") % {"names": shown}
    return [_("New files for you: %(names)s") % {"names": shown}]


def endings(partner: Partner, since: dt.date, until: dt.date) -> list[str]:
    """Agreements and papers that end in the two months after the period."""
    within = (until, until + ENDING_WITHIN)
    agreements = Agreement.objects.filter(partner=partner, state=AgreementState.ACCEPTED, ends_on__range=within)
    papers = Paper.objects.filter(partner=partner, state=PaperState.ACCEPTED, valid_until__range=within)
    found = [
        *agreements.exclude(renewal=Renewal.AUTOMATIC, notice_on=None).values_list("ends_on", "title"),
        *((paper.valid_until, str(paper.type)) for paper in papers.select_related("type")),
    ]
    return [
        _("%(what)s runs out on %(day)s.") % {"what": what, "day": formats.date(day, get_language())}
        for day, what in sorted(found)
    ]


register_topic(NewsTopic("files", gettext_lazy("New files"), files, function="working_together"))
register_topic(NewsTopic("endings", gettext_lazy("What runs out soon"), endings, function="agreements"))
