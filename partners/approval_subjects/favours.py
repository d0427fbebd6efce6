"""Gifts, visits and hospitality beyond the yearly limit: noted at once, counted once they are approved."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.registry import Fact, SubjectKind, register_subject
from pages import formats
from partners.models import Favour, FavourState
from partners.models.people import FAVOUR_SUBJECT
from partners.selectors.people import given_in, people_settings
from partners.services import people as services
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right


def facts_of(request: Request) -> Sequence[Fact]:
    """What is to be given to whom, and what they have been given this year."""
    favour = Favour.objects.select_related("contact__partner").filter(pk=request.subject_id).first()
    if favour is None:
        return []
    language, year = get_language(), favour.given_on.year
    currency = Manufacturer.objects.values_list("currency", flat=True).get(pk=favour.manufacturer_id)
    limit = people_settings().yearly_limit
    rows: list[Fact] = [
        (_("Person"), favour.contact),
        (favour.get_kind_display(), favour.what),
        (_("Value of this one"), formats.money(favour.value, currency, language)),
        (_("Day"), formats.date(favour.given_on, language)),
        (_("What for"), favour.reason or "–"),
        (
            _("Given in %(year)s without it") % {"year": year},
            formats.money(given_in(favour.contact, year), currency, language),
        ),
    ]
    if limit is not None:
        rows.append((_("Yearly limit for each person"), formats.money(limit, currency, language)))
    return rows


def person_page(member: Membership, request: Request) -> str:
    """The person's page."""
    contact = Favour.objects.filter(pk=request.subject_id).values_list("contact_id", flat=True).first()
    return member.url("partners:contact", pk=contact) + "#favours" if contact else ""


def count(request: Request, by: Membership | None) -> None:
    """It counts from now on."""
    services.settle_favour(request.subject_id, FavourState.APPROVED)


def refuse(request: Request, by: Membership | None) -> None:
    """It stays to be seen, and does not count."""
    services.settle_favour(request.subject_id, FavourState.REFUSED)


def take_back(request: Request, by: Membership | None) -> None:
    """Nobody wants to give it any more: the request alone tells of it."""
    Favour.objects.filter(pk=request.subject_id, state=FavourState.WAITING).delete()


register_subject(
    SubjectKind(
        FAVOUR_SUBJECT,
        label=gettext_lazy("Gift, visit or hospitality beyond the limit"),
        describe=facts_of,
        url=person_page,
        on_approved=count,
        on_refused=refuse,
        on_recalled=take_back,
        has_amount=True,
        right=Right.CONTACTS_EDIT,
    )
)
