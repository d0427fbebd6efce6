"""Sites in the portal: a partner's own, and those where it takes part."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from leads.models import OPEN_SITE_STAGES, SiteStage
from leads.selectors import sites as reading
from leads.tables.sites import SITE_TONES
from leads.views.sites import (
    SiteAlikeMixin,
    SiteAtMixin,
    SiteEditMixin,
    SiteFileMixin,
    SiteStepMixin,
    hanging_rows,
    own_forms,
)
from pages import formats
from pages.paging import Sort, count_up_to, page_of
from partners.views.portal.profile import OwnPartnerMixin
from tenancy.rights import Right

ON_A_PAGE = 20


class OwnSitesMixin(OwnPartnerMixin):
    """Pages of a partner's sites. Everybody of the partner reads them and brings photos; who works leads changes them."""

    required_right = Right.PORTAL_WORK
    required_function: str | None = "sites"
    kwargs: dict[str, Any]
    space = "leads_portal"

    @property
    def may_edit(self) -> bool:
        return self.member.can(Right.PORTAL_LEADS_WORK)


class SitesView(OwnSitesMixin, TemplateView):
    """The partner's sites, the newest first."""

    template_name = "leads/portal/sites.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words, stage = self.request.GET.get("q", "")[:100], self.request.GET.get("stage", "")
        sites = reading.sites_for(self.member)
        chosen = reading.matching_sites(sites, words)
        if stage in SiteStage.values:
            chosen = chosen.filter(stage=stage)
        page = page_of(
            chosen, Sort("created_at", descending=True), size=ON_A_PAGE, after=self.request.GET.get("after", "")
        )
        more = {"q": words, "stage": stage, "after": page.next_key}
        return super().get_context_data(
            title=self.title(count_up_to(sites.filter(stage__in=OPEN_SITE_STAGES)), bool(page.rows)),
            sites=[(site, SITE_TONES.get(site.stage, "")) for site in page.rows],
            more_url=f"?{urlencode({key: value for key, value in more.items() if value})}" if page.next_key else "",
            words=words,
            stage=stage,
            stages=SiteStage.choices,
            is_narrowed=bool(words or stage),
            may_edit=self.may_edit,
            own=self.member.partner_id,
            **kwargs,
        )

    def title(self, under_way: int, has_any: bool) -> str:
        """How many sites the partner has."""
        if under_way:
            return ngettext(
                "%(count)s of your sites is under way", "%(count)s of your sites are under way", under_way
            ) % {"count": formats.number(under_way)}
        return _("None of your sites is under way") if has_any else _("You have registered no site yet")


class SiteView(OwnSitesMixin, SiteAtMixin, TemplateView):
    """One site, as far as it concerns the partner."""

    template_name = "leads/portal/site.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = self.site
        photos, papers = reading.photos_and_papers(site)
        return super().get_context_data(
            site=site,
            parties=reading.parties_of(site),
            quantities=list(reading.quantities_of(site)),
            photos=photos,
            papers=papers,
            hanging=hanging_rows(site, self.member, "leads_portal"),
            moves=list(site.moves.all()),
            own=self.member.partner_id,
            may_edit=self.may_edit,
            tone=SITE_TONES.get(site.stage, ""),
            **(own_forms(site, self.member) | kwargs),
        )


class SiteStepView(OwnSitesMixin, SiteStepMixin):
    """A small step of a partner."""

    page_view = SiteView

    def may(self, step: str) -> bool:
        return step == "files" or self.may_edit


class SiteFileView(OwnSitesMixin, SiteFileMixin):
    """A photo or a paper that the partner may see."""


class SiteEditView(OwnSitesMixin, SiteEditMixin):
    """A new site, or what the partner knows of one."""

    required_right = Right.PORTAL_LEADS_WORK
    template_name = "leads/portal/site_form.html"


class SiteAlikeView(OwnSitesMixin, SiteAlikeMixin):
    """What looks like the site that is typed, as far as the partner may know."""

    required_right = Right.PORTAL_LEADS_WORK
