"""What happened between the demo's people: one module a subject, so that no page of the demo is empty.

Each story is called in the staff scope of a demo manufacturer after its figures and grades are there, with the day on which
the demo was made. It may run again after a break, and then adds nothing twice.
"""

import datetime as dt
from collections.abc import Callable

from prm_portal.demo_stories.agreements import tell_agreements
from prm_portal.demo_stories.announcements import tell_announcements
from prm_portal.demo_stories.approvals import tell_approvals
from prm_portal.demo_stories.assets import tell_assets
from prm_portal.demo_stories.audiences import tell_audiences
from prm_portal.demo_stories.batches import tell_batches
from prm_portal.demo_stories.campaigns import tell_campaigns
from prm_portal.demo_stories.certificates import tell_certificates
from prm_portal.demo_stories.deals import tell_deals
from prm_portal.demo_stories.duplicates import tell_duplicates
from prm_portal.demo_stories.funds import tell_funds
from prm_portal.demo_stories.initiatives import tell_initiatives
from prm_portal.demo_stories.lead_offers import tell_lead_offers
from prm_portal.demo_stories.lead_scores import tell_lead_scores
from prm_portal.demo_stories.leads import tell_leads
from prm_portal.demo_stories.lines import tell_lines
from prm_portal.demo_stories.live_learning import tell_live_learning
from prm_portal.demo_stories.locator import tell_locator
from prm_portal.demo_stories.markets import tell_markets
from prm_portal.demo_stories.matches import tell_matches
from prm_portal.demo_stories.media_learning import tell_media_learning
from prm_portal.demo_stories.onboarding import tell_onboarding
from prm_portal.demo_stories.opportunities import tell_opportunities
from prm_portal.demo_stories.partner_campaigns import tell_partner_campaigns
from prm_portal.demo_stories.people import tell_people
from prm_portal.demo_stories.plans import tell_plans
from prm_portal.demo_stories.profile import tell_profile
from prm_portal.demo_stories.recruiting import tell_recruiting
from prm_portal.demo_stories.sequences import tell_sequences
from prm_portal.demo_stories.sites import tell_sites
from prm_portal.demo_stories.tiers import tell_tiers
from prm_portal.demo_stories.training import tell_training
from prm_portal.demo_stories.training_past import tell_training_past
from prm_portal.demo_stories.working import tell_working
from tenancy.models import Manufacturer

Story = Callable[[Manufacturer, dt.date], None]

STORIES: list[Story] = [
    tell_agreements,
    tell_audiences,
    tell_approvals,
    tell_recruiting,
    tell_people,
    tell_onboarding,
    tell_working,
    tell_duplicates,
    tell_plans,
    tell_tiers,
    tell_markets,
    tell_matches,
    tell_profile,
    tell_leads,
    tell_lead_scores,
    tell_lead_offers,
    tell_opportunities,
    tell_deals,
    tell_batches,
    tell_sites,
    tell_campaigns,
    tell_lines,
    tell_announcements,
    tell_locator,  # its question is a lead too: one more, after those that are told
    tell_assets,
    tell_funds,
    tell_partner_campaigns,
    tell_initiatives,
    tell_sequences,
    tell_training,
    tell_live_learning,
    tell_media_learning,
    tell_certificates,
    tell_training_past,
]
