"""What is read about end customers."""

from django.db import connection
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex

from commerce.models import EndCustomer
from leads.selectors.leads import words_of
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
