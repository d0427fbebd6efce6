"""Objects of campaigns, content and funds in the world of the isolation tests: a function a subject, each in `SUBJECTS`."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from campaigns.links import Purpose, Ticket, token_of
from campaigns.models import (
    Asset,
    AssetPreview,
    AssetTerms,
    CampaignCheck,
    ConsentNotice,
    Fund,
    FundActivity,
    FundFile,
    FundRequest,
    InitiativeFile,
    InitiativePartner,
    Mailing,
    MessengerTemplate,
    OwnCustomer,
    OwnMessage,
    PartnerTemplate,
    PartnerTemplateText,
    ReleaseState,
    ShareLink,
    Suppression,
)
from campaigns.own_links import LOGO
from campaigns.services.asset_files import checked_upload
from campaigns.services.assets import add_version, publish_asset, save_asset
from campaigns.services.funds import default_activities, save_fund
from campaigns.services.partner_campaigns import draft_of
from partners.models import Audience
from partners.services import save_audience
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.campaigns.factories import CampaignFactory, ContentFactory, RecipientFactory, VariantFactory
from tests.campaigns.initiatives import draft, started, works
from tests.campaigns.sequences import draft as draft_sequence
from tests.campaigns.uploads import pdf


def campaign_life(world: Any) -> dict[str, dict[str, Any]]:
    """A plan with a text, a check and a reader."""
    own = {"manufacturer": world.manufacturer}
    campaign = CampaignFactory(**own, owner=world.members[Role.OWNER], name="Summer prices")
    variant = VariantFactory(**own, campaign=campaign)
    content = ContentFactory(**own, variant=variant)
    RecipientFactory(**own, campaign=campaign, partner=world.partner)
    with staff_scope(world.manufacturer.pk):
        check = CampaignCheck.objects.create(campaign=campaign, what="Prices agreed")
    pages = ("detail", "edit", "step", "copy", "costs", "variants", "content_preview", "readers", "links")
    return {f"campaigns:{page}": {"pk": campaign.pk} for page in pages} | {
        "campaigns:check": {"pk": campaign.pk, "check": check.pk},
        "campaigns:content_new": {"pk": campaign.pk, "variant": variant.pk},
        "campaigns:content": {"pk": campaign.pk, "content": content.pk},
    }


def sequence_objects(world: Any) -> dict[str, dict[str, Any]]:
    """One that is being written, with a task."""
    owner = world.members[Role.OWNER]
    owner.manufacturer = world.manufacturer
    with staff_scope(world.manufacturer.pk):
        version = draft_sequence(owner, [{"kind": "task"}], name="Welcome")
        step = version.steps.get(kind="task")
    pages = ("", "_edit", "_do", "_past", "_entrants", "_result", "_step_new")
    return {f"campaigns:sequence{page}": {"pk": version.sequence_id} for page in pages} | {
        f"campaigns:sequence_step{page}": {"pk": version.sequence_id, "step": step.pk} for page in ("", "_do")
    }


def asset_objects(world: Any) -> dict[str, dict[str, Any]]:
    """A PDF that is out for Seoul Agency alone, with a drawn page, terms that nobody accepted, and a link of the agency."""
    manager, rep = world.members[Role.MANAGER], world.members[Role.PARTNER_REP]
    with staff_scope(world.manufacturer.pk):
        manager.manufacturer = world.manufacturer
        audience = save_audience(
            Audience(name="Seoul alone"),
            {"op": "all", "rules": [{"field": "code", "test": "is", "value": "A1"}]},
            by=manager,
        )
        terms = AssetTerms.objects.create(name="Terms", texts={"en": "Terms."})
        asset = save_asset(Asset(titles={"en": "Prices"}, audience=audience, terms=terms), products=[], by=manager)
        version = add_version(asset, language="en", upload=checked_upload(pdf()), by=manager)
        publish_asset(asset, tell=False)
        preview = AssetPreview(version=version, page=1, width=1, height=1)
        preview.stored.save(f"{world.manufacturer.pk}/library/world/1.webp", ContentFile(b"RIFF"), save=False)
        preview.save()
        link = ShareLink.objects.create(
            partner=world.partner, asset=asset, language="en", token="abcdefgh234567", created_by=rep
        )
    own = {"pk": asset.pk}
    page = {"pk": version.pk, "page": 1}
    return (
        {
            f"campaigns:asset{step}": own
            for step in ("", "_edit", "_version_add", "_step", "_readers", "_effect", "_log")
        }
        | {f"campaigns:asset_{step}": {"pk": version.pk} for step in ("file", "zones", "sample")}
        | {f"campaigns_portal:asset{step}": own for step in ("", "_file", "_accept", "_branded", "_share")}
        | {
            "campaigns:asset_terms_edit": {"pk": terms.pk},
            "campaigns:asset_preview": page,
            "campaigns_portal:asset_preview": page,
            "campaigns_portal:share_link_off": {"pk": link.pk},
            "campaigns_public:shared": {"token": link.token},
            "campaigns_public:shared_file": {"token": link.token},
            "campaigns_public:shared_page": {"token": link.token, "page": 1},
        }
    )


def campaign_responses(world: Any) -> dict[str, dict[str, Any]]:
    """What a mail to a reader holds. The redirect has nowhere to lead without the rest of its address."""
    own = {"manufacturer": world.manufacturer}
    campaign = CampaignFactory(**own, owner=world.members[Role.OWNER], name="Autumn prices", state="rollout")
    ticket = Ticket(RecipientFactory(**own, campaign=campaign, partner=world.partner).pk, 0)
    code, house = "call", world.manufacturer.pk
    return {
        **{
            f"campaigns:{page}": {"pk": campaign.pk}
            for page in ("result_pdf", "result_export", "result_enter", "chances")
        },
        "campaigns_public:picture": {"token": token_of(Purpose.OPEN, house, ticket)},
        "campaigns_public:click": {"token": token_of(Purpose.CLICK, house, ticket)},
        "campaigns_public:answer": {"token": token_of(Purpose.ANSWER, house, ticket, code), "code": code},
    }


def sending_objects(world: Any) -> dict[str, dict[str, Any]]:
    """A reader with the links of a mail, a mailing with its text, a suppressed address, and a template of a messenger."""
    own = {"manufacturer": world.manufacturer}
    campaign = CampaignFactory(**own, owner=world.members[Role.OWNER], name="Winter prices", state="rollout")
    reader = RecipientFactory(**own, campaign=campaign, partner=world.partner)
    content = ContentFactory(**own, variant=VariantFactory(**own, campaign=campaign))
    with staff_scope(world.manufacturer.pk):
        suppressed = Suppression.objects.create(channel="email", address="gone@example.com", reason="staff")
        template = MessengerTemplate.objects.create(name="Summer", language="en", body="Hello")
        mailing = Mailing.objects.create(campaign=campaign, kind="rollout", starts_at="2026-06-01T00:00Z")
        told = ConsentNotice.objects.create(name="Kim", address="kim@example.com", language="en", country="KR")

    def token(purpose: Purpose) -> dict[str, str]:
        return {"token": token_of(purpose, world.manufacturer.pk, Ticket(reader.pk, mailing.pk))}

    return {
        "campaigns_public:unsubscribe": token(Purpose.UNSUBSCRIBE),
        "campaigns_public:choices": token(Purpose.CHOICES),
        "campaigns_public:consent": {
            "token": token_of(Purpose.CONSENT, world.manufacturer.pk, Ticket(told.pk, 0)),
        },
        "campaigns:suppression_lift": {"pk": suppressed.pk},
        "campaigns:template": {"pk": template.pk},
        "campaigns:template_step": {"pk": template.pk},
        "campaigns:mailing_start": {"pk": campaign.pk},
        "campaigns:mailing_step": {"pk": campaign.pk, "mailing": mailing.pk},
        "campaigns:mailing_list": {"pk": campaign.pk, "mailing": mailing.pk},
        "campaigns:mailing_results": {"pk": campaign.pk, "mailing": mailing.pk},
        "campaigns:mailing_letters": {"pk": campaign.pk, "mailing": mailing.pk},
        "campaigns:mail_shown": {"pk": campaign.pk, "content": content.pk},
        "campaigns:mail_page": {"pk": campaign.pk, "content": content.pk},
    }


def partner_campaign_objects(world: Any) -> dict[str, dict[str, Any]]:
    """A released template, and Seoul Agency's campaign by it that is being prepared, with a customer of its own."""
    rep = world.members[Role.PARTNER_REP]
    with staff_scope(world.manufacturer.pk):
        template = PartnerTemplate.objects.create(names={"en": "Summer"}, state=ReleaseState.RELEASED)
        text = PartnerTemplateText.objects.create(template=template, language="en", subject="Summer", body="New.")
    with partner_scope(world.manufacturer.pk, world.partner.pk):
        campaign = draft_of(template.pk, by=rep)
        customer = OwnCustomer.objects.create(
            partner=world.partner, email="minsu@example.com", language="ko", country="KR"
        )
        message = OwnMessage.objects.create(
            partner=world.partner,
            campaign=campaign,
            customer=customer,
            email=customer.email,
            language="ko",
            country="KR",
            due_at=timezone.now(),
        )
    own, ticket = {"pk": template.pk}, Ticket(message.pk, campaign.pk)
    public = {
        name: token_of(purpose, world.manufacturer.pk, ticket, extra)
        for name, purpose, extra in (
            ("own_open", Purpose.OPEN, "own"),
            ("own_click", Purpose.CLICK, "own"),
            ("own_answer", Purpose.ANSWER, "owncall"),
            ("own_unsubscribe", Purpose.UNSUBSCRIBE, "own"),
        )
    }
    return (
        {f"campaigns:partner_{name}": own for name in ("template", "template_edit", "template_step", "text_new")}
        | {f"campaigns_portal:own_{name}": {"pk": campaign.pk} for name in ("campaign", "look", "send", "stop")}
        | {f"campaigns_public:{name}": {"token": token} for name, token in public.items()}
        | {
            "campaigns:partner_text": {"pk": template.pk, "text": text.pk},
            "campaigns_portal:own_start": own,
            "campaigns_portal:own_mail": {"pk": campaign.pk, "language": "en"},
            "campaigns_portal:own_customer_remove": {"pk": customer.pk},
            "campaigns_public:own_answer": {"token": public["own_answer"], "code": "call"},
            "campaigns_public:own_logo": {
                "token": token_of(Purpose.OPEN, world.manufacturer.pk, Ticket(0, campaign.pk), LOGO)
            },
        }
    )


def fund_objects(world: Any) -> dict[str, dict[str, Any]]:
    """A fund, and a request of Seoul Agency with a proof."""
    own, by = {"manufacturer": world.manufacturer}, world.members[Role.MANAGER]
    with staff_scope(world.manufacturer.pk):
        by.manufacturer = world.manufacturer
        default_activities()
        day = timezone.localdate()
        later = day + dt.timedelta(days=30)
        fund = Fund(name="Spring", currency="KRW", starts_on=day, ends_on=later, request_until=later, is_common=True)
        save_fund(fund, by=by, amount=Decimal(1_000_000))
        request = FundRequest.objects.create(
            fund=fund, partner=world.partner, partner_name="Seoul Agency", reference="F000001", title="Fair",
            activity=FundActivity.objects.first(), starts_on=day, ends_on=day, currency="KRW", rate=1, planned=2, share=50,
            asked=1, asked_by_name="Kim",
        )  # fmt: skip
        file = FundFile(
            request=request, kind="proof", name="p.pdf", content_type="application/pdf", size=5, by_name="Kim"
        )
        file.file.save(f"{own['manufacturer'].pk}/funds/world/p.pdf", ContentFile(b"%PDF-"), save=False)
        file.save()
    budget, asked = {"pk": fund.pk}, {"pk": request.pk}
    return (
        {f"campaigns:{page}": budget for page in ("fund", "fund_edit", "fund_money")}
        | {f"{side}:{page}": asked for side in SIDES for page in ("fund_request", "fund_step")}
        | {f"{side}:fund_file": {"pk": file.pk} for side in SIDES}
        | {"campaigns_portal:fund_ask": budget}
    )


def initiative_objects(world: Any) -> dict[str, dict[str, Any]]:
    """One that runs at Seoul Agency, with a file that shows a step; and a draft, whose step can be changed."""
    owner, rep = world.members[Role.OWNER], world.members[Role.PARTNER_REP]
    initiative = started(owner, world.partner)
    written = draft(owner, world.partner)
    work = works(initiative, world.partner)[0]
    with staff_scope(world.manufacturer.pk):
        row = InitiativePartner.objects.get(initiative=initiative)
        step = written.steps.order_by("order").first()
        assert step is not None
        file = InitiativeFile(
            work=work, partner=world.partner, name="p.pdf", content_type="application/pdf", size=5, sha256="0", by=rep
        )
        file.file.save(f"{world.manufacturer.pk}/initiatives/world/p.pdf", ContentFile(b"%PDF-"), save=False)
        file.save()
    own = {"pk": initiative.pk}
    return (
        {f"campaigns:initiative{page}": own for page in ("", "_edit", "_act", "_partners")}
        | {f"campaigns_portal:initiative{page}": own for page in ("", "_act")}
        | {f"{side}:initiative_file": own | {"file": file.pk} for side in SIDES}
        | {
            "campaigns:initiative_partner": own | {"row": row.pk},
            "campaigns:initiative_step_new": {"pk": written.pk},
            "campaigns:initiative_step": {"pk": written.pk, "step": step.pk},
        }
    )


SIDES = ("campaigns", "campaigns_portal")
SUBJECTS: tuple[Callable[[Any], dict[str, dict[str, Any]]], ...] = (
    asset_objects,
    campaign_life,
    campaign_responses,
    fund_objects,
    initiative_objects,
    sending_objects,
    sequence_objects,
    partner_campaign_objects,
)


def campaigns_objects(world: Any) -> dict[str, dict[str, Any]]:
    """What stands in the addresses of campaigns, content and funds beside the manufacturer, by their names."""
    return {name: named for subject in SUBJECTS for name, named in subject(world).items()}
