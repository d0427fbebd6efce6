"""Leads, opportunities, deals, sites and end customers in the search over everything.

Staff find what their lists show them, by what they may read; a partner's people find what the database lets them read: of
a lead nothing before it is theirs.
"""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex
from django.utils.translation import gettext_lazy as _

from commerce.models import EndCustomer
from leads.functions import CUSTOMERS, DEALS, LEADS, SITES
from leads.models import Lead, LeadState, Opportunity
from leads.privacy import title_of
from leads.selectors.customers import customers_for, matching_customers
from leads.selectors.deals import deals_for, deals_matching
from leads.selectors.leads import leads_for, matching_leads, words_of
from leads.selectors.opportunities import matching_opportunities, opportunities_for
from leads.selectors.sites import matching_sites, sites_for
from partners.selectors.partners import search_words
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Found, SearchSource, register_search


def holding(rows: QuerySet[Any], words: list[str], *fields: str) -> QuerySet[Any]:
    """Those of a partner's own rows whose fields hold every word."""
    searched = [part for field in fields for part in (Value(" "), field)]
    for number, word in enumerate(words):
        name = f"place_{number}"
        place = StrIndex(Concat(*searched, output_field=TextField()), Value(word))
        rows = rows.alias(**{name: place}).filter(**{f"{name}__gt": 0})
    return rows


def line(*parts: Any) -> str:
    """What is said below a title: the parts that there are, with points between."""
    return " · ".join(str(part) for part in parts if part)


# --- Staff --------------------------------------------------------------------------------------------------------------


def find_leads(member: Membership, text: str, limit: int) -> list[Found]:
    """For staff: leads they may see, the latest first; merged ones are left out."""
    rows = matching_leads(leads_for(member).exclude(state=LeadState.MERGED), text, member=member)
    return [
        Found(
            title_of(member, lead),
            member.url("leads:detail", pk=lead.pk),
            line(lead.reference, lead.city, lead.get_state_display()),
        )
        for lead in rows.only("company", "name", "reference", "city", "state").order_by("-received_at", "-pk")[:limit]
    ]


def find_opportunities(member: Membership, text: str, limit: int) -> list[Found]:
    """For staff: opportunities they may see, those that something was heard of last first."""
    rows = matching_opportunities(opportunities_for(member), text, member=member).select_related("stage", "partner")
    return [
        Found(row.name, member.url("leads:opportunity", pk=row.pk), line(row.partner, row.stage))
        for row in rows.order_by("-last_activity_at", "-pk")[:limit]
    ]


def find_deals(member: Membership, text: str, limit: int) -> list[Found]:
    """For staff: registered deals they may see, the latest first."""
    return [
        Found(
            deal.customer_name,
            member.url("leads:deal", pk=deal.pk),
            line(deal.reference, deal.shown_partner, deal.get_state_display()),
        )
        for deal in deals_matching(deals_for(member), text).order_by("-submitted_at", "-pk")[:limit]
    ]


def find_sites(member: Membership, text: str, limit: int) -> list[Found]:
    """For both sides: sites the member may see, the latest first."""
    page = "leads:site" if member.is_staff else "leads_portal:site"
    return [
        Found(str(site), member.url(page, pk=site.pk), line(site.reference, site.place, site.get_stage_display()))
        for site in matching_sites(sites_for(member), text).order_by("-created_at", "-pk")[:limit]
    ]


def find_customers(member: Membership, text: str, limit: int) -> list[Found]:
    """For staff: end customers they may see, by name."""
    rows = matching_customers(customers_for(member), text).select_related("served_by")
    return [
        Found(str(customer), member.url("leads:customer", pk=customer.pk), line(customer.city, customer.served_by))
        for customer in rows.order_by("name", "pk")[:limit]
    ]


def narrowed(page: str) -> Any:
    """The list of that name, narrowed by the words."""
    return lambda member, text: f"{member.url(page)}?{urlencode({'q': text})}"


# --- A partner's people -------------------------------------------------------------------------------------------------


def find_own_leads(member: Membership, text: str, limit: int) -> list[Found]:
    """Leads that the partner has, as far as it works on them; they open as opportunities."""
    leads = Lead.objects.filter(partner=member.partner_id)
    found = holding(leads, words_of(text), "search_text", "phone_digits").order_by("-received_at", "-pk")[:limit]
    rows = {lead.pk: lead for lead in found}
    work = Opportunity.objects.filter(lead__in=list(rows), partner=member.partner_id).order_by("pk")
    pages = dict(work.values_list("lead", "pk"))
    return [
        Found(
            str(lead),
            member.url("leads_portal:opportunity", pk=pages[pk]),
            line(lead.reference, lead.city, lead.get_state_display()),
        )
        for pk, lead in rows.items()
        if pk in pages
    ]


def find_own_opportunities(member: Membership, text: str, limit: int) -> list[Found]:
    """For a partner's people: their own opportunities, those that something was heard of last first."""
    rows = holding(opportunities_for(member), search_words(text), "search_text").select_related("stage", "customer")
    return [
        Found(row.name, member.url("leads_portal:opportunity", pk=row.pk), line(row.customer, row.stage))
        for row in rows.order_by("-last_activity_at", "-pk")[:limit]
    ]


def find_own_deals(member: Membership, text: str, limit: int) -> list[Found]:
    """For a partner's people: their own registrations, the latest first."""
    rows = holding(deals_for(member), search_words(text), "search_text")
    return [
        Found(
            deal.customer_name,
            member.url("leads_portal:deal", pk=deal.pk),
            line(deal.reference, deal.get_state_display()),
        )
        for deal in rows.order_by("-created_at", "-pk")[:limit]
    ]


def find_own_customers(member: Membership, text: str, limit: int) -> list[Found]:
    """End customers that the partner serves, by what it works on for them."""
    own = EndCustomer.objects.filter(merged_into=None, served_by=member.partner_id)
    found = list(holding(own, words_of(text), "search_text", "phone_digits").order_by("name", "pk")[:limit])
    work = Opportunity.objects.filter(customer__in=[row.pk for row in found], partner=member.partner_id).order_by("pk")
    pages = dict(work.values_list("customer", "pk"))
    return [
        Found(str(row), member.url("leads_portal:opportunity", pk=pages[row.pk]), line(row.contact_name, row.phone))
        for row in found
        if row.pk in pages
    ]


STAFF = (
    ("leads", _("Leads"), Right.LEADS_VIEW, find_leads, LEADS, "leads:list"),
    ("opportunities", _("Opportunities"), Right.LEADS_VIEW, find_opportunities, LEADS, "leads:opportunity_list"),
    ("deals", _("Deals"), Right.DEALS_VIEW, find_deals, DEALS, "leads:deals"),
    ("sites", _("Sites"), Right.LEADS_VIEW, find_sites, SITES, "leads:sites_list"),
    ("customers", _("End customers"), Right.CUSTOMERS_VIEW, find_customers, CUSTOMERS, "leads:customers"),
)
PORTAL = (
    ("leads", _("Leads"), Right.PORTAL_LEADS, find_own_leads, LEADS),
    ("opportunities", _("Opportunities"), Right.PORTAL_LEADS, find_own_opportunities, LEADS),
    ("deals", _("Deals"), Right.PORTAL_DEALS, find_own_deals, DEALS),
    ("sites", _("Sites"), Right.PORTAL_WORK, find_sites, SITES),
    ("customers", _("End customers"), Right.PORTAL_LEADS, find_own_customers, LEADS),
)
register_search(
    *(
        SearchSource(key, label, "staff", right, find, function=function.key, more=narrowed(page), order=20 + place)
        for place, (key, label, right, find, function, page) in enumerate(STAFF)
    ),
    *(
        SearchSource(key, label, "portal", right, find, function=function.key, order=20 + place)
        for place, (key, label, right, find, function) in enumerate(PORTAL)
    ),
)
