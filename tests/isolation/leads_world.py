"""Objects of leads and deals in the world of the isolation tests: a function a subject, each listed in `SUBJECTS`."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from commerce.models import DirectSale, EndCustomer
from leads.models import (
    BatchItem,
    ConflictCase,
    ConflictFile,
    DealAppeal,
    DealFile,
    DealRegistration,
    DirectRule,
    DistributionRule,
    ExtensionRequest,
    Lead,
    LeadBatch,
    LeadLikeness,
    LeadState,
    Offer,
    Opportunity,
    OpportunityFile,
    Replay,
    RoutingDecision,
    Site,
    SiteAccess,
    SiteFile,
    StateRequest,
)
from leads.services.claims import Claim, add_claims, lock_head
from leads.services.codes import source_of
from leads.services.customer_merging import merge_customers
from leads.services.customers import create_customer
from leads.services.intake import create_lead
from leads.services.merging import merge_leads
from leads.services.offer_links import link_path
from leads.services.stages import ensure_stages
from leads.services.state_requests import Ticket, token_of
from leads.services.web_forms import draft_form
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.leads.factories import LeadFactory


def intake_objects(world: Any) -> dict[str, Any]:
    """A lead that Seoul Agency has, what looks like it, a merge, and an end customer that it serves."""
    with staff_scope(world.manufacturer.pk):
        values = {"company": "Hanok", "name": "Kim", "phone": "02-1234-5678", "city": "Seoul"}
        lead, other, third = (create_lead(values, find_duplicates=False) for _ in range(3))
        likeness = LeadLikeness.objects.create(lead=other, other=lead, score=0.9)
        merge = merge_leads(lead, third, by=None)
        type(lead).objects.filter(pk=lead.pk).update(state=LeadState.ACCEPTED, partner=world.partner)
        customer = create_customer(EndCustomer(name="Hanok", served_by=world.partner), by=None)
        twin = create_customer(EndCustomer(name="Hanok twin"), by=None)
        joined = merge_customers(customer, twin, by=None)
        source = source_of("fair")
        form = draft_form("en")
    pages: dict[str, Any] = {
        f"leads:{page}": lead.pk for page in ("detail", "edit", "discard", "restore", "assign", "to_customer")
    }
    pages |= {
        f"leads:{page}": customer.pk for page in ("customer", "customer_edit", "customer_merge", "customer_withdraw")
    }
    pages["leads:customer_merge_undo"] = joined.pk
    pages |= {"leads:web_form": form.pk, "leads:web_form_draft": {"language": "en"}}
    pages |= {f"leads:code{page}": {"what": "sources"} for page in ("s", "_create")}
    pages |= {"leads:code_edit": {"what": "sources", "pk": source.pk}}
    return pages | {"leads:likeness": likeness.pk, "leads:merge": likeness.pk, "leads:merge_undo": merge.pk}


def offer_objects(world: Any) -> dict[str, Any]:
    """A lead offered to Seoul Agency, the decision and the rule behind it, and the link in the mail."""
    with staff_scope(world.manufacturer.pk):
        rule = DistributionRule.objects.create(mode="best")
        lead = Lead.objects.create(reference="L-OFFERED", company="Hidden", country="KR", state="offered")
        decision = RoutingDecision.objects.create(lead=lead, rule=rule, mode="best", outcome="offered")
        offer = Offer.objects.create(
            lead=lead, partner=world.partner, decision=decision, due_at=timezone.now() + dt.timedelta(days=1)
        )
    link = link_path(world.manufacturer, offer.pk, world.members[Role.PARTNER_ADMIN])
    pages: dict[str, Any] = {f"leads:{page}": lead.pk for page in ("candidates", "hand_out", "take_back")}
    pages |= {f"leads_portal:offer{step}": offer.pk for step in ("", "_answer")}
    pages |= {"leads:offer_withdraw": offer.pk, "leads:decision": decision.pk, "leads:distribution_rule": rule.pk}
    return pages | {"leads_public:offer": {"token": link.rstrip("/").rpartition("/")[2]}}


def batch_objects(world: Any) -> dict[str, Any]:
    """A distribution with one lead, and a policy tried on the past."""
    lead = LeadFactory(manufacturer=world.manufacturer)
    with staff_scope(world.manufacturer.pk):
        batch = LeadBatch.objects.create(name="Autumn", state="ready", leads=1, placed=1)
        item = BatchItem.objects.create(
            batch=batch, lead=lead, partner=world.partner, candidates=[world.partner.pk], candidate_values=[1.0]
        )
        day = dt.date(2026, 6, 30)
        trial = Replay.objects.create(name="Nearer", since=day, until=day)
    steps = ("", "_settings", "_partners", "_leads", "_solve", "_send", "_stop", "_cancel")
    pages: dict[str, Any] = {f"leads:batch{step}": batch.pk for step in steps}
    pages |= {"leads:replay": trial.pk, "leads:replay_delete": trial.pk}
    return pages | {"leads:batch_item": {"pk": batch.pk, "item": item.pk}}


def deal_objects(world: Any) -> dict[str, Any]:
    """A deal that waits for its answer, with a file, a line in the log, an extension and an appeal."""
    with staff_scope(world.manufacturer.pk):
        deal = DealRegistration.objects.create(
            reference="D000001", partner=world.partner, partner_name="Seoul Agency", customer_name="Hidden",
            state="submitted", submitted_at=timezone.now(), due_at=timezone.now(),
        )  # fmt: skip
        file = DealFile(
            deal=deal, name="offer.pdf", content_type="application/pdf", size=9, sha256="0" * 64, by_name="Kim",
            manufacturer_id=world.manufacturer.pk,
        )  # fmt: skip
        file.file.save(f"{world.manufacturer.pk}/deals/offer.pdf", ContentFile(b"%PDF-1.4\n"), save=False)
        file.save()
        add_claims(lock_head(), [Claim(deal, "submitted")])
        extension = ExtensionRequest.objects.create(deal=deal, days=30, text="Tender", asked_by_name="Kim")
        appeal = DealAppeal.objects.create(deal=deal, text="Ours", asked_by_name="Kim")
    pages = {f"leads:deal{page}": deal.pk for page in ("", "_decide", "_confirm")}
    pages |= {f"leads_portal:deal{page}": deal.pk for page in ("", "_edit", "_step", "_extension", "_appeal")}
    for side in ("leads", "leads_portal"):
        pages |= {f"{side}:deal_{page}": deal.pk for page in ("proof_of", "proof_file")} | {
            f"{side}:deal_file": file.pk
        }
    return pages | {"leads:deal_extension": extension.pk, "leads:deal_appeal": appeal.pk}


def site_objects(world: Any) -> dict[str, Any]:
    """A site of Seoul Agency with a photo, a direct sale with a rule, and a case of conflict with a piece of evidence."""
    with staff_scope(world.manufacturer.pk):
        site = Site.objects.create(reference="S-OWN", name="Harbour Tower", registered_by=world.partner)
        SiteAccess.objects.create(site=site, partner=world.partner)
        own = {"partner": world.partner, "original_name": "p.png", "content_type": "image/png", "size": 8}
        photo = SiteFile(site=site, kind="photo", sha256="0" * 64, **own)
        photo.file.save(f"{world.manufacturer.pk}/p.png", ContentFile(b"\x89PNG"), save=False)
        photo.save()
        sale = DirectSale.objects.create(
            order_number="D-1", date=dt.date(2026, 6, 30), amount=10, currency="KRW", amount_base=10
        )
        rule = DirectRule.objects.create(way="direct", outcome="none")
        case = ConflictCase.objects.create(reference="C-OWN", kind="direct", partner=world.partner, sale=sale)
        proof = ConflictFile(case=case, sha256="0" * 64, by_name="P", **own)
        proof.file.save(f"{world.manufacturer.pk}/e.png", ContentFile(b"\x89PNG"), save=False)
        proof.save()
    pages: dict[str, Any] = {
        "leads:site_merge": site.pk,
        "leads:direct_sale": sale.pk,
        "leads:direct_rule_step": rule.pk,
    }
    both = ("leads", "leads_portal")
    pages |= {f"{side}:site{page}": site.pk for side in both for page in ("", "_edit", "_step")}
    pages |= {f"{side}:conflict{page}": case.pk for side in both for page in ("", "_step")}
    pages |= {f"{side}:site_file": {"pk": site.pk, "file": photo.pk} for side in both}
    return pages | {f"{side}:conflict_file": {"pk": case.pk, "file": proof.pk} for side in both}


def opportunity_objects(world: Any) -> dict[str, Any]:
    """An opportunity of Seoul Agency, and the link in the mail that asks its admin how it stands."""
    admin = world.members[Role.PARTNER_ADMIN]
    with staff_scope(world.manufacturer.pk):
        stage = ensure_stages()[0]
        opportunity = Opportunity.objects.create(name="Lobby", partner=world.partner, stage=stage)
        asked = StateRequest.objects.create(
            partner=world.partner, opportunity=opportunity, expires_at=timezone.now() + dt.timedelta(days=14)
        )
        paper = OpportunityFile(
            opportunity=opportunity, partner=world.partner, name="offer.pdf", content_type="application/pdf", size=9,
            sha256="0" * 64, by_name="Kim", manufacturer_id=world.manufacturer.pk,
        )  # fmt: skip
        paper.file.save(f"{world.manufacturer.pk}/opportunities/offer.pdf", ContentFile(b"%PDF-1.4\n"), save=False)
        paper.save()
    staff_steps = ("", "_note", "_ask", "_site", "_files")
    pages: dict[str, Any] = {f"leads:opportunity{step}": opportunity.pk for step in staff_steps}
    steps = ("", "_edit", "_move", "_won", "_lost", "_activity", "_rep", "_answer", "_files")
    pages |= {f"leads_portal:opportunity{step}": opportunity.pk for step in steps}
    ticket = Ticket(world.manufacturer.pk, world.partner.pk, asked.pk, admin.pk)
    pages |= {
        f"{side}:opportunity_file": {"pk": opportunity.pk, "file": paper.pk} for side in ("leads", "leads_portal")
    }
    return pages | {"leads:opportunity_stage": stage.pk, "leads_public:state_answer": {"token": token_of(ticket)}}


SUBJECTS: tuple[Callable[[Any], dict[str, Any]], ...] = (
    intake_objects,
    offer_objects,
    batch_objects,
    deal_objects,
    site_objects,
    opportunity_objects,
)


def leads_objects(world: Any) -> dict[str, dict[str, Any]]:
    """What the addresses of leads and deals name, by their names: keys of objects, or all that stands in the address."""
    found = {name: named for subject in SUBJECTS for name, named in subject(world).items()}
    return {name: named if isinstance(named, dict) else {"pk": named} for name, named in found.items()}
