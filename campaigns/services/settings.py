"""How this manufacturer's campaigns are sent."""

from typing import Any

from campaigns.models import CampaignSettings


def campaign_settings() -> CampaignSettings:
    """What was chosen; without anything, what holds from the start."""
    return CampaignSettings.objects.first() or CampaignSettings()


def save_campaign_settings(chosen: CampaignSettings) -> CampaignSettings:
    """Keep what was chosen; two at once leave one row."""
    kept = ("id", "manufacturer")
    values: dict[str, Any] = {
        field.attname: getattr(chosen, field.attname)
        for field in CampaignSettings._meta.concrete_fields
        if field.name not in kept
    }
    if not CampaignSettings.objects.exists():
        CampaignSettings.objects.bulk_create([CampaignSettings(**values)], ignore_conflicts=True)
    CampaignSettings.objects.update(**values)
    return CampaignSettings.objects.get()
