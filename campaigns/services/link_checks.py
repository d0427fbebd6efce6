"""Links of a campaign's texts followed by a job, so that nobody sends a link that leads nowhere. No request waits for it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from campaigns.link_fetch import Followed, follow
from campaigns.models import Campaign, CampaignContent, LinkCheck
from campaigns.texts import links_in
from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from tenancy.models import Membership
from tenancy.rls import commit_chunk

CHECKING = "campaigns.links"
"""The key of the job."""
FRESH = dt.timedelta(hours=1)
"""What was followed so short ago is not followed again."""


@dataclass(frozen=True)
class Link:
    """A link of a campaign, and where it led; nothing is known of one that was not followed yet."""

    url: str
    check: LinkCheck | None

    @property
    def is_broken(self) -> bool:
        return self.check is not None and self.check.result == LinkCheck.Result.BROKEN


def urls_of(campaign: Campaign) -> list[str]:
    """The different links to the web outside in a campaign's texts, in their order."""
    found = []
    for body in (
        CampaignContent.objects.filter(variant__campaign=campaign).order_by("pk").values_list("body", flat=True)
    ):
        found += [url for url in links_in(body) if url.startswith(("http://", "https://"))]
    return [url for url in dict.fromkeys(found) if not url.startswith(f"{settings.PUBLIC_URL}/") and len(url) <= 2000]


def links_of(campaign: Campaign) -> list[Link]:
    """Each link with what was found, the broken ones first. Two queries."""
    urls = urls_of(campaign)
    checks = {check.url: check for check in LinkCheck.objects.filter(url__in=urls)}
    return sorted((Link(url, checks.get(url)) for url in urls), key=lambda link: not link.is_broken)


def check_links(campaign: Campaign, *, by: Membership | None) -> Job | None:
    """Have the links followed; nothing where there are none."""
    if not urls_of(campaign):
        return None
    return start_job(CHECKING, params={"campaign": campaign.pk}, by=by, key=f"links-{campaign.pk}")


def run_checks(progress: Progress) -> dict[str, Any]:
    """The job: each link at most once an hour; its result says how many `links` were asked and how many are `broken`. Nothing is
    locked while a server is waited for."""
    campaign = Campaign.objects.filter(pk=progress.job.params["campaign"]).first()
    urls = urls_of(campaign) if campaign else []
    fresh = LinkCheck.objects.filter(url__in=urls, checked_at__gt=timezone.now() - FRESH).values_list("url", flat=True)
    urls = [url for url in urls if url not in set(fresh)]
    progress.begin(len(urls))
    broken = 0
    for url in urls:
        commit_chunk()
        result = _result_of(found := follow(url))
        LinkCheck.objects.update_or_create(
            url=url, defaults={"result": result, "detail": found.detail, "checked_at": timezone.now()}
        )
        broken += result == LinkCheck.Result.BROKEN
        progress.advance()
    return {"links": len(urls), "broken": broken}


def _result_of(followed: Followed) -> LinkCheck.Result:
    if followed.is_fine is None:
        return LinkCheck.Result.UNKNOWN
    return LinkCheck.Result.FINE if followed.is_fine else LinkCheck.Result.BROKEN
