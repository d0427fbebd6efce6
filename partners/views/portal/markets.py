"""The partner's own market, as far as the manufacturer tells of it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from partners.countries import country_name
from partners.models import Holiday, MarketDocument, MarketFigure, MarketText
from partners.selectors import markets as reading
from partners.views.staff.markets import MarketFileMixin
from tenancy.access import PortalMixin
from tenancy.rights import Right


class OwnMarketView(PortalMixin, TemplateView):
    """What the manufacturer tells its partners of their market. The database gives out the parts meant for them alone."""

    required_right = Right.PORTAL_PROFILE_VIEW
    required_function = "markets"
    template_name = "partners/portal/market.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        market, today = reading.own_market(), timezone.localdate()
        return super().get_context_data(
            title=_("What to know of your market: %(market)s") % {"market": market.name}
            if market and market.parts
            else _("Nothing is told of your market yet"),
            market=market if market and market.parts else None,
            groups=[group for group in reading.text_groups(MarketText.objects.all()) if group.texts],
            holidays=list(Holiday.objects.filter(date__gte=today).order_by("date")[:20]),
            lines=reading.figure_lines(MarketFigure.objects.all()),
            documents=list(MarketDocument.objects.all()),
            country=country_name(market.country) if market else "",
            **kwargs,
        )


class OwnMarketFileView(PortalMixin, MarketFileMixin):
    required_right = Right.PORTAL_PROFILE_VIEW
