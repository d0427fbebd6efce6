"""A registration that says already what is known of a lead or an opportunity; nothing of it is kept yet."""

from leads.models import DealRegistration, Lead, Opportunity

OF_CUSTOMER = ("business_number", "email", "phone", "website", "address", "city", "postal_code", "country")


def deal_of_lead(lead: Lead) -> DealRegistration:
    """What a lead says, as a registration."""
    return DealRegistration(
        lead=lead, customer_name=lead.company or lead.name, contact_name=lead.name, title=lead.subject,
        category_id=lead.category_id, amount=lead.amount, currency=lead.currency, expected_on=lead.wanted_on,
        site_id=lead.site_id, **{name: getattr(lead, name) for name in OF_CUSTOMER},
    )  # fmt: skip


def deal_of_opportunity(opportunity: Opportunity, *, country: str = "") -> DealRegistration:
    """What an opportunity and its end customer say, as a registration."""
    deal = DealRegistration(
        opportunity=opportunity, lead_id=opportunity.lead_id, title=opportunity.name, country=country,
        category_id=opportunity.category_id, amount=opportunity.amount, currency=opportunity.currency,
        expected_on=opportunity.expected_close, site_id=opportunity.site_id, note=opportunity.note,
    )  # fmt: skip
    customer = opportunity.customer
    if customer is not None:
        deal.customer_name, deal.contact_name = str(customer), customer.contact_name
        for name in OF_CUSTOMER:
            setattr(deal, name, getattr(customer, name) or getattr(deal, name))
    return deal
