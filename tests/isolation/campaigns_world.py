"""Objects of campaigns, content and funds in the world of the isolation tests: a function a subject, each in `SUBJECTS`."""

from collections.abc import Callable
from typing import Any

from campaigns.models import CampaignCheck
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, ContentFactory, RecipientFactory, VariantFactory


def campaign_life(world: Any) -> dict[str, dict[str, Any]]:
    """A plan with a text, a check and a reader."""
    own = {"manufacturer": world.manufacturer}
    campaign = CampaignFactory(**own, owner=world.members[Role.OWNER], name="Summer prices")
    variant = VariantFactory(**own, campaign=campaign)
    content = ContentFactory(**own, variant=variant)
    RecipientFactory(**own, campaign=campaign, partner=world.partner)
    with staff_scope(world.manufacturer.pk):
        check = CampaignCheck.objects.create(campaign=campaign, what="Prices agreed")
    pages = ("detail", "edit", "step", "copy", "costs", "variants", "content_preview", "readers")
    return {f"campaigns:{page}": {"pk": campaign.pk} for page in pages} | {
        "campaigns:check": {"pk": campaign.pk, "check": check.pk},
        "campaigns:content_new": {"pk": campaign.pk, "variant": variant.pk},
        "campaigns:content": {"pk": campaign.pk, "content": content.pk},
    }


SUBJECTS: tuple[Callable[[Any], dict[str, dict[str, Any]]], ...] = (campaign_life,)


def campaigns_objects(world: Any) -> dict[str, dict[str, Any]]:
    """What stands in the addresses of campaigns, content and funds beside the manufacturer, by their names."""
    return {name: named for subject in SUBJECTS for name, named in subject(world).items()}
