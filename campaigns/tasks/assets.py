"""Previews of material, and what begins and ends in the library."""

from celery import shared_task
from django.utils import timezone

from tenancy.rls import platform_scope
from tenancy.tasks import active_clocks, scoped_task

MORNING = 6
"""The hour of the manufacturer's own clock from which what begins today is out."""


@shared_task(name="campaigns.draw_previews")
def draw_previews(*, manufacturer_id: int, version_id: int) -> str:
    """Draw one version, outside any scope. Safe to run again."""
    from campaigns.services import asset_files

    return asset_files.draw_previews(manufacturer_id=manufacturer_id, version_id=version_id)


@shared_task(name="campaigns.sweep_previews")
def sweep_previews() -> int:
    """Every few minutes: draw what was put in and never drawn, since a message was lost or a worker died."""
    from campaigns.services import asset_files

    with platform_scope():
        late = asset_files.late_previews()
    for manufacturer_id, version_id in late:
        draw_previews.delay(manufacturer_id=manufacturer_id, version_id=version_id)
    return len(late)


@shared_task(name="campaigns.look_through_all_assets")
def look_through_all_assets() -> int:
    """Every hour: one task for each manufacturer where the day has begun."""
    begun = [pk for pk, clock in active_clocks() if clock.hour >= MORNING]
    for manufacturer_id in begun:
        look_through_assets.delay(manufacturer_id=manufacturer_id)
    return len(begun)


@scoped_task(name="campaigns.look_through_assets")
def look_through_assets(*, manufacturer_id: int) -> list[int]:
    """Publish what begins and end what is over in one manufacturer. Safe to run again."""
    from campaigns.services import assets

    return list(assets.look_through_assets(today=timezone.localdate()))
