"""A question to a partner on the public page is a lead too: that partner's, or one of the pool, as the manufacturer chose."""

from leads.functions import LEADS
from leads.models import LocatorLeads
from leads.services.codes import LOCATOR
from leads.services.intake import create_lead
from leads.services.offers import give_lead
from leads.services.web_forms import intake_settings
from partners.locator_questions import register_question
from partners.models import LocatorQuestion
from tenancy.errors import DomainError
from tenancy.functions import is_switched_on


@register_question
def keep_as_lead(question: LocatorQuestion) -> None:
    """Keep a question as a lead. Where the partner may not get leads now, it waits in the pool."""
    choice = intake_settings().locator
    partner = question.partner
    if choice == LocatorLeads.NONE or not is_switched_on(LEADS.key, partner.manufacturer.functions_off):
        return
    lead = create_lead(
        {
            "name": question.name,
            "email": question.email,
            "phone": question.phone,
            "message": question.message,
            "language": question.language,
        },
        source=LOCATOR,
        consent=question.consent,
        consent_version="locator",
    )
    if choice == LocatorLeads.PARTNER:
        try:
            give_lead(lead, partner, by=None)
        except DomainError:
            return  # it waits in the pool, where the next step finds it
