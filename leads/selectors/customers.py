"""What is read about end customers."""

from django.db import connection
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex

from commerce.models import EndCustomer
from leads.models import CustomerMerge
from leads.selectors.duplicates import Alike, find_alike
from leads.selectors.leads import words_of
from leads.services.likeness import party_of_customer
from partners.selectors.partners import FOUND_AT_MOST
from tenancy.models import Membership
from tenancy.rights import Right


def customers_for(member: Membership) -> QuerySet[EndCustomer]:
    """The end customers this member may see: staff all, or only those of their partners; a partner its own."""
    customers = EndCustomer.objects.filter(merged_into=None)
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        return customers.filter(served_by__channel_manager=member)
    return customers


def customer_rows(member: Membership) -> QuerySet[EndCustomer]:
    """End customers with what a list shows of them."""
    return customers_for(member).select_related("served_by").defer("note", "consent")


def matching_customers(customers: QuerySet[EndCustomer], text: str) -> QuerySet[EndCustomer]:
    """Those whose name, contact, city, mail or phone number hold every word of `text`. One query of its own."""
    words = words_of(text)
    if not words:
        return customers
    with connection.cursor() as cursor:
        cursor.execute("SELECT commerce_search_customers(%s, %s)", [words, FOUND_AT_MOST + 1])
        found = cursor.fetchone()[0]
    if found is not None and len(found) <= FOUND_AT_MOST:
        return customers.filter(pk__in=found)
    searched = [Value(" "), "search_text", Value(" "), "phone_digits"]
    for number, word in enumerate(words):
        name = f"place_{number}"
        place = StrIndex(Concat(*searched, output_field=TextField()), Value(word))
        customers = customers.alias(**{name: place}).filter(**{f"{name}__gt": 0})
    return customers


def merges_of(customer: EndCustomer) -> QuerySet[CustomerMerge]:
    """The end customers that went into this one and still are in it, the latest first."""
    merges = CustomerMerge.objects.filter(winner=customer, undone_at=None)
    return merges.select_related("loser", "merged_by").order_by("-merged_at", "-pk")


def customers_alike(customer: EndCustomer, member: Membership) -> list[Alike]:
    """Other end customers that may be this one, as far as the member may see them, the surest first."""
    party = party_of_customer(customer)
    found = [
        each for each in find_alike(party, apart_from=("customer", customer.pk), limit=20) if each.kind == "customer"
    ]
    seen = set(customers_for(member).filter(pk__in=[each.id for each in found]).values_list("pk", flat=True))
    return [each for each in found if each.id in seen]
