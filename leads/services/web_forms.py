"""The public form: its versions, and what comes in by it: once each, not from programs, and without cookies (L-1)."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any, cast

from django.core import signing
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from leads.models import FormState, IntakeSettings, Lead, LeadForm
from leads.services.codes import WEB
from leads.services.intake import create_once
from leads.services.states import LeadError
from partners.services.applying import network_of
from tenancy.models import Manufacturer, Membership

TICKET_SALT = "leads.form"
QUICKEST = dt.timedelta(seconds=2)
"""Nobody fills the form in faster; programs do."""
LONGEST = dt.timedelta(days=1)
PER_ADDRESS, PER_NETWORK = 30, 300
"""Of one address and one network in an hour; there is no limit for all, since no lead may be lost."""
WINDOW = 3600
ASKABLE = (
    "company", "name", "title", "phone", "email", "country", "region", "city", "postal_code", "address", "subject",
    "category", "quantity", "amount", "wanted_on", "message",
)  # fmt: skip
"""What the form can ask, in its order; own fields come after, by their keys."""
USUAL = ["company", "name", "phone", "email", "city", "subject", "message"]


class FormError(LeadError):
    """What was sent is not taken as it comes. `code` is for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def new_ticket(manufacturer: Manufacturer) -> str:
    """What a page of the form carries instead of a cookie: whose it is, when it was opened, a key for what is sent."""
    return signing.dumps({"manufacturer": manufacturer.pk, "key": uuid.uuid4().hex}, salt=TICKET_SALT)


def read_ticket(manufacturer: Manufacturer, ticket: str, *, now_allowed: bool = False) -> uuid.UUID:
    """The key of a page of the form; FormError says why what was sent from it is not taken."""
    try:
        content = signing.loads(ticket, salt=TICKET_SALT, max_age=LONGEST)
    except signing.BadSignature:
        content = {}
    if content.get("manufacturer") != manufacturer.pk:
        raise FormError(_("This page was open for too long. Look over what you wrote and send it again."), "ticket")
    if not now_allowed:
        try:
            signing.loads(ticket, salt=TICKET_SALT, max_age=QUICKEST)
        except signing.SignatureExpired:
            return uuid.UUID(content["key"])
        raise FormError(_("That was very quick. Look over what you wrote and send it again."), "quick")
    return uuid.UUID(content["key"])


def count_attempt(manufacturer: Manufacturer, address: str) -> None:
    """Count what is sent; FormError where too much comes from one address or one network."""
    names = (f"address:{address}", f"network:{network_of(address)}")
    keys = [f"leadform:{manufacturer.pk}:{hashlib.sha256(name.encode()).hexdigest()[:32]}" for name in names]
    of_address, of_network = cast(Any, cache).count_up(keys, WINDOW)
    if of_address > PER_ADDRESS or of_network > PER_NETWORK:
        raise FormError(_("Too much came from your network. Try again in an hour, or call us."), "many")


def take_in(form: LeadForm, values: Mapping[str, Any], *, key: uuid.UUID, campaign: str) -> Lead:
    """Keep what was sent with the form as a lead. The same page sent twice, even at once, is one lead.

    Who looks like it is found by the worker that scores it.
    """
    return create_once(
        {**values, "language": form.language, "campaign_code": campaign},
        form_key=key,
        source=WEB,
        consent=form.consent,
        consent_version=form.consent_version,
        find_duplicates=False,
    )


def sent_before(key: uuid.UUID) -> str | None:
    """The reference of the lead that was sent from this page already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reference FROM leads_lead WHERE form_key = %s", [key.hex])
        row = cursor.fetchone()
    return row[0] if row else None


def published_forms() -> dict[str, LeadForm]:
    """What is asked now, by language. Read for each post: written out, since putting it together takes longer than it."""
    rows = LeadForm.objects.raw("SELECT * FROM leads_leadform WHERE state = %s", [FormState.PUBLISHED.value])
    return {form.language: form for form in rows}


# The form's versions ---------------------------------------------------------------------------------------------------


@transaction.atomic
def draft_form(language: str) -> LeadForm:
    """The draft in a language: the one there is, or a new one that begins as the published one stands."""
    draft = LeadForm.objects.filter(language=language, state=FormState.DRAFT).first()
    if draft is not None:
        return draft
    latest = LeadForm.objects.filter(language=language).order_by("-version").first()
    if latest is None:
        with override(language):
            return LeadForm.objects.create(
                language=language,
                version=1,
                title=_("How can we help you?"),
                intro=_("Write to us, and the partner that suits you best will be in touch."),
                thanks=_("Thank you. We have your message, and a partner near you will be in touch."),
                consent=_("I agree that my data are used to answer me, by you and a partner of yours."),
                asked=list(USUAL),
                needed=["name"],
            )
    return LeadForm.objects.create(
        language=language,
        version=latest.version + 1,
        **{name: getattr(latest, name) for name in ("title", "intro", "thanks", "consent", "asked", "needed")},
    )


@transaction.atomic
def publish_form(draft: LeadForm, *, by: Membership | None) -> LeadForm:
    """From now on this version is asked; the one before stays as it was. Twice is once."""
    row = LeadForm.objects.select_for_update().get(pk=draft.pk)
    if row.state == FormState.PUBLISHED:
        return row
    if row.state != FormState.DRAFT:
        raise LeadError(_("This version was replaced already."))
    LeadForm.objects.filter(language=row.language, state=FormState.PUBLISHED).update(state=FormState.RETIRED)
    row.state, row.published_at, row.published_by = FormState.PUBLISHED, timezone.now(), by
    row.save(update_fields=["state", "published_at", "published_by"])
    return row


def intake_settings() -> IntakeSettings:
    """The manufacturer's choices; the usual ones where it has made none."""
    return IntakeSettings.objects.first() or IntakeSettings()
