"""What a partner's people downloaded or passed on, on its timeline. That they looked at something is not told."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.functions import CONTENT
from campaigns.models import AssetUse, UseKind
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right

TITLES = {
    UseKind.DOWNLOAD: gettext_lazy("%(person)s downloaded “%(material)s”"),
    UseKind.BRAND: gettext_lazy("%(person)s downloaded “%(material)s” with the own logo"),
}
SHARED = gettext_lazy("A customer downloaded “%(material)s” by a link of the partner")


def downloads(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Downloads, the newest first; what was only looked at leaves a gap."""
    rows = AssetUse.objects.filter(partner=partner_id).exclude(kind=UseKind.VIEW).select_related("asset", "member")
    return [
        Entry(
            at=use.at,
            key=use.pk,
            title=str(SHARED if use.link_id else TITLES.get(UseKind(use.kind), TITLES[UseKind.DOWNLOAD]))
            % {"person": use.member.name if use.member else _("Somebody"), "material": use.asset.title},
            url_name="campaigns:asset",
            url_kwargs={"pk": use.asset_id},
        )
        for use in newest(rows, before, limit, at="at")
    ]


register_timeline(
    TimelineSource(
        "material",
        gettext_lazy("Material"),
        "download",
        Right.CONTENT_VIEW,
        downloads,
        function=CONTENT.key,
        of=AssetUse,
    )
)
