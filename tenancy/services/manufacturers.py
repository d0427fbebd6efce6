import zoneinfo
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from tenancy.errors import TenancyError
from tenancy.models import Language, Manufacturer, Membership, User
from tenancy.rights import Role
from tenancy.rls import platform_scope


@transaction.atomic
def create_manufacturer(
    slug: str,
    *,
    name: str,
    currency: str,
    timezone: str,
    languages: Sequence[str],
    owner_email: str,
    owner_name: str = "",
    password: str | None = None,
    **fields: Any,
) -> tuple[Manufacturer, Membership]:
    """An empty manufacturer with its first owner; a known e-mail address becomes owner with its present password.

    Raises TenancyError with a sentence for a slug, currency, zone or language that cannot be.
    """
    unknown = [language for language in languages if language not in Language.values]
    if unknown or not languages:
        raise TenancyError(
            _("Languages must be among %(known)s; %(unknown)s is not.")
            % {"known": ", ".join(Language.values), "unknown": ", ".join(unknown) or _("nothing")}
        )
    if timezone not in zoneinfo.available_timezones():
        raise TenancyError(_("%(zone)s is no time zone; they are named as in Asia/Seoul.") % {"zone": timezone})
    manufacturer = Manufacturer(
        slug=slug, name=name, currency=currency.upper(), timezone=timezone, languages=list(languages), **fields
    )
    user = User.objects.filter(email=owner_email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(
            owner_email, password, name=owner_name or owner_email.split("@")[0], language=languages[0]
        )
    with platform_scope():
        try:
            manufacturer.full_clean()
        except ValidationError as error:
            raise TenancyError(" ".join(error.messages)) from None
        manufacturer.save()
        owner = Membership.objects.create(
            manufacturer=manufacturer,
            user=user,
            role=Role.OWNER,
            name=user.name,
            email=user.email,
            language=user.language,
        )
    return manufacturer, owner


def save_settings(
    manufacturer: Manufacturer, *, fields: Sequence[str], logo: tuple[str, bytes] | None = None, no_logo: bool = False
) -> None:
    """Save these fields of a manufacturer; `logo` is a name and a drawn picture (`tenancy.logos`), or it goes."""
    before = manufacturer.logo.name
    if logo is not None:
        name = f"logos/{manufacturer.pk}-{logo[0]}"
        storage = manufacturer.logo.storage
        if not storage.exists(name):
            name = storage.save(name, ContentFile(logo[1]))
        manufacturer.logo.name = name
    elif no_logo:
        manufacturer.logo.name = ""
    manufacturer.save(update_fields=[*fields, "logo"])
    if before and before != manufacturer.logo.name:
        storage = manufacturer.logo.storage
        transaction.on_commit(lambda: storage.delete(before), robust=True)
