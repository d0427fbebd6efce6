"""What a partner agreed on with others, and what it got for introductions, on its timeline."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Enquiry, IntroductionReward
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def enquiries(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What it asked others, and others asked it."""
    rows = Enquiry.objects.filter(Q(asking=partner_id) | Q(asked=partner_id))
    return [
        Entry(
            at=enquiry.created_at,
            key=enquiry.pk,
            title=_("%(asking)s asks %(asked)s: %(subject)s")
            % {"asking": enquiry.asking_name, "asked": enquiry.asked_name, "subject": enquiry.subject},
            text=f"{enquiry.get_kind_display()} · {enquiry.get_state_display()}",
            who=enquiry.by_name,
            url_name="partners:enquiry",
            url_kwargs={"pk": enquiry.pk},
        )
        for enquiry in newest(rows, before, limit, at="created_at")
    ]


def rewards(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What it got for introductions."""
    rows = IntroductionReward.objects.filter(partner_id=partner_id).select_related("by")
    return [
        Entry(
            at=reward.created_at,
            key=reward.pk,
            title=_("Reward for introducing %(company)s") % {"company": reward.company or "–"},
            text=f"{reward.get_state_display()} {reward.favour}".strip(),
            who=reward.by.name if reward.by else "",
            url_name="partners:reward",
            url_kwargs={"pk": reward.pk},
        )
        for reward in newest(rows, before, limit, at="created_at")
    ]


register_timeline(
    TimelineSource(
        "enquiries",
        gettext_lazy("Between partners"),
        "message",
        Right.PARTNERS_VIEW,
        enquiries,
        function="matching",
        of=Enquiry,
        columns=("asking_id", "asked_id"),
    )
)
register_timeline(
    TimelineSource(
        "rewards",
        gettext_lazy("Rewards"),
        "gift",
        Right.RECRUITING,
        rewards,
        function="recruiting",
        of=IntroductionReward,
    )
)
