"""Objects of communication in the world of the isolation tests: a function a subject, each in `SUBJECTS`."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from communication.models import Announcement
from communication.services import announcements
from partners.models import Audience
from tenancy.rights import Role
from tenancy.rls import staff_scope


def announcement_objects(world: Any) -> dict[str, dict[str, Any]]:
    """An announcement to Seoul Agency alone, with a file."""
    owner = world.members[Role.OWNER]
    with staff_scope(world.manufacturer.pk):
        audience = Audience.objects.create(
            name="Seoul",
            owner=owner,
            definition={"op": "all", "rules": [{"field": "code", "test": "is", "value": world.partner.code}]},
        )
        announcement = Announcement.objects.create(
            kind="price", titles={"en": "Prices"}, bodies={"en": "They rise."}, audience=audience, owner=owner
        )
        upload: Any = SimpleUploadedFile("prices.csv", b"a;b\n1;2\n")
        upload.checked_type = "text/csv"
        announcements.put_files(announcement, [upload], by=owner)
        announcements.publish(announcement, by=owner)
        file = announcement.files.get()
    own = {"pk": announcement.pk}
    pages = ("announcement", "announcement_edit", "announcement_step", "announcement_partners", "announcement_people")
    return (
        {f"communication:{page}": own for page in pages}
        | {f"communication_portal:{page}": own for page in ("news_item", "news_step")}
        | {f"communication{side}": own | {"file": file.pk} for side in (":announcement_file", "_portal:news_file")}
    )


SUBJECTS: tuple[Callable[[Any], dict[str, dict[str, Any]]], ...] = (announcement_objects,)


def communication_objects(world: Any) -> dict[str, dict[str, Any]]:
    """What stands in the addresses of communication beside the manufacturer, by their names."""
    return {name: named for subject in SUBJECTS for name, named in subject(world).items()}
