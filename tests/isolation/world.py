"""A small world with somebody in every role, and one object of each kind that an address can name."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Attachment, Delegation, Request, Route, Step
from jobs.models import ImportFile, ImportState, Job, JobState
from pages import brand
from partners.defaults import create_default_template
from partners.models import (
    Audience,
    ConfirmationAsk,
    ConfirmationRound,
    Contact,
    ContactCode,
    ContactEntry,
    ContactFile,
    ContactInsight,
    DuplicatePair,
    Enquiry,
    Favour,
    GreetingText,
    Handover,
    HandoverPartner,
    IntroductionReward,
    Journey,
    JourneyItem,
    LocatorEntry,
    Market,
    MarketDocument,
    Partner,
    PartnerCard,
    PlaybookStep,
    Prospect,
    ProspectFile,
    ProspectSource,
    QualificationType,
    RefusalReason,
    Relation,
    StageReason,
    Territory,
)
from partners.services import create_task, freeze_audience, plans, qualifications
from partners.services.applicant_mails import status_token
from partners.services.application_forms import draft_form, publish_form
from partners.services.cabinet import put_file
from partners.services.conversations import add_comment, write_note
from partners.services.markets import save_market
from partners.services.merging import merge_partners
from partners.services.recruiting import default_lists
from tenancy.models import Invitation, JoinRequest, Manufacturer, Membership, Sharing, User
from tenancy.rights import PARTNER_ROLES, STAFF_ROLES, Role
from tenancy.rls import staff_scope
from tests.factories import (
    CustomFieldFactory,
    ManufacturerFactory,
    MembershipFactory,
    NoticeFactory,
    PartnerFactory,
    PartnerMemberFactory,
    ProductFactory,
    SpecialisationFactory,
    UserFactory,
)
from tests.isolation.campaigns_world import campaigns_objects
from tests.isolation.communication_world import communication_objects
from tests.isolation.leads_world import leads_objects
from tests.isolation.training_world import training_objects
from tests.partners.agreements import agreement_type, paper, paper_type, sent
from valuation.models import Grade, GradeRun
from valuation.services import create_default_programme


@dataclass
class World:
    """Two manufacturers; `manufacturer` has the partners `partner` and `sibling` and all the objects."""

    manufacturer: Manufacturer
    other: Manufacturer
    partner: Any
    sibling: Any
    foreign_partner: Any
    users: dict[str, User | None]
    members: dict[str, Membership]
    captured: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What stands in an address beside the manufacturer, by the address's full name."""

    def client(self, person: str) -> Client:
        """A browser in which that person is signed in."""
        client = Client(raise_request_exception=False)
        if user := self.users[person]:
            client.force_login(user)
        return client

    def address(self, name: str, **instead: Any) -> str:
        """The address of that name for `manufacturer` and its objects; `instead` names others."""
        app = name.split(":")[0].removesuffix("_portal").removesuffix("_public")
        kwargs = {"manufacturer": self.manufacturer.slug} if app in OWN_APPS else {}
        return reverse(name, kwargs=kwargs | self.captured.get(name, {}) | instead)


OWN_APPS = {
    "approvals",
    "campaigns",
    "commerce",
    "communication",
    "home",
    "jobs",
    "leads",
    "notices",
    "partners",
    "tenancy",
    "training",
    "valuation",
}


SECRET = "a-secret-that-nobody-knows"


def make_world() -> World:
    """Everybody and everything; a test changes it at will."""
    manufacturer = ManufacturerFactory(slug="hanbit")
    other = ManufacturerFactory(slug="tokai")
    partner = PartnerFactory(manufacturer=manufacturer, code="A1", name="Seoul Agency", email_domain="seoul.example")
    sibling = PartnerFactory(manufacturer=manufacturer, code="B1", name="Busan Dealer", kind=partner.kind)
    members: dict[str, Membership] = {}
    for role in Role:
        if role in STAFF_ROLES:
            members[role] = MembershipFactory(manufacturer=manufacturer, role=role, user__name=role.label)
        else:
            members[role] = PartnerMemberFactory(
                manufacturer=manufacturer, partner=partner, role=role, user__name=role.label
            )
    members["sibling"] = PartnerMemberFactory(manufacturer=manufacturer, partner=sibling, role=Role.PARTNER_ADMIN)
    members["stranger"] = MembershipFactory(manufacturer=other, role=Role.OWNER)
    users: dict[str, User | None] = {person: member.user for person, member in members.items()}
    users["anonymous"] = None
    users["platform"] = UserFactory(is_staff=True, is_superuser=True)
    world = World(
        manufacturer=manufacturer,
        other=other,
        partner=partner,
        sibling=sibling,
        foreign_partner=PartnerFactory(manufacturer=other, code="F1"),
        users=users,
        members=members,
    )
    world.captured = make_objects(world)
    return world


def make_objects(world: World) -> dict[str, dict[str, Any]]:
    """One object for each address that names one, and what stands in the address."""
    own = {"manufacturer": world.manufacturer}
    partner, members = world.partner, world.members
    product = ProductFactory(**own)
    specialisation, custom_field = SpecialisationFactory(**own), CustomFieldFactory(**own)
    shop = PartnerFactory(code="S1", name="Small Shop", kind=partner.kind, parent=partner, **own)
    notices = {
        side: NoticeFactory(recipient=members[side], partner=members[side].partner, **own)
        for side in (Role.OWNER, Role.PARTNER_ADMIN)
    }
    day = dt.date(2026, 6, 30)
    with staff_scope(world.manufacturer.pk):
        Sharing.objects.create(partner=shop, above=partner, data_kind="profile", **own)
        LocatorEntry.objects.create(partner=partner, is_listed=True)
        territory = Territory.objects.create(code="north", names={"en": "North"}, **own)
        paper = default_storage.save(f"{world.manufacturer.pk}/own-fields/paper.pdf", ContentFile(b"%PDF-1.4"))
        Partner.objects.filter(pk=partner.pk).update(
            custom={"paper": {"path": paper, "name": "paper.pdf", "size": 8, "type": "application/pdf"}}
        )
        asked = ConfirmationRound.objects.create(months=12, due_on=day)
        ConfirmationAsk.objects.create(round=asked, partner=partner, fields=["phone"])
        audience = Audience.objects.create(
            name="Agencies",
            owner=members[Role.OWNER],
            is_shared=True,
            definition={"op": "all", "rules": [{"field": "code", "test": "filled"}]},
            **own,
        )
        frozen = freeze_audience(audience, by=members[Role.OWNER])
        programme = create_default_programme(effective_from=day, publish=False)
        tier = programme.tiers.get(rank=3)
        run = GradeRun.objects.create(day=day, is_complete=True, **own)
        grade = Grade.objects.create(
            partner=partner, programme=programme, tier=tier, pending_tier=tier, since=day, **own
        )
        file = ImportFile(
            kind="partners", original_name="p.csv", size=9, headers=["code", "name"], state=ImportState.CHECKED, **own
        )
        file.file.save(f"{world.manufacturer.pk}/p.csv", ContentFile(b"code,name\nX1,Ex\n"), save=False)
        file.save()
        job = Job.objects.create(kind="import_run", state=JobState.DONE, params={"file": file.pk}, **own)
        for name in ("result_file", "error_file"):
            getattr(job, name).save(f"{world.manufacturer.pk}/{name}.csv", ContentFile(b"a,b\n1,2\n"))
        invitation = Invitation.objects.create(
            email="new@seoul.example",
            role=Role.PARTNER_REP,
            partner=partner,
            secret_hash=hashlib.sha256(SECRET.encode()).hexdigest(),
            **own,
        )
        kim = Contact.objects.create(
            partner=partner,
            name="Kim",
            birthday=timezone.localdate().replace(1992, day=min(timezone.localdate().day, 28)),
            **own,
        )
        ContactInsight.objects.create(contact=kim, news_every="month", **own)
        favour = Favour.objects.create(contact=kim, given_on=day, what="Tea", **own)
        call = ContactCode.objects.create(list="channel", code="call", names={"en": "Call"}, **own)
        entry = ContactEntry.objects.create(
            partner=partner, channel=call, at=timezone.now(), title="Prices", is_shared=True, **own
        )
        paper = ContactFile(
            partner=partner, entry=entry, original_name="p.pdf", content_type="application/pdf", size=4, **own
        )
        paper.file.save(f"{world.manufacturer.pk}/p.pdf", ContentFile(b"%PDF"), save=False)
        paper.save()
        text = GreetingText.objects.create(occasion="birthday", language="en", subject="Hello", text="Hello", **own)
        request = JoinRequest.objects.create(email="kim@seoul.example", name="Kim", partner=partner, **own)
        route = Route.objects.create(kind="valuation.promotion", name="Rise", **own)
        asked = Request.objects.create(
            kind="valuation.promotion",
            subject_id=grade.pk,
            title="Seoul Agency rises",
            route=route,
            stage=1,
            partner=partner,
            asked_by=members[Role.OWNER],
            **own,
        )
        Step.objects.create(
            request=asked, stage=1, purpose="decide", who="member", member=members[Role.MANAGER], state="open", **own
        )
        attachment = Attachment(
            request=asked, name="offer.pdf", content_type="application/pdf", size=5, by=members[Role.OWNER], **own
        )
        attachment.file.save(f"{world.manufacturer.pk}/approvals/offer.pdf", ContentFile(b"%PDF-"))
        day_off = Delegation.objects.create(
            member=members[Role.MANAGER],
            delegate=members[Role.SERVICE],
            starts_on=day,
            ends_on=day,
            created_by=members[Role.MANAGER],
            **own,
        )
    recruiting = make_recruiting(world)
    with staff_scope(world.manufacturer.pk):
        working = make_work(world)
    pk: dict[str, int] = {
        "approvals:absence_end": day_off.pk,
        "approvals:file": attachment.pk,
        "commerce:product": product.pk,
        "commerce:product_sell_in": product.pk,
        "notices:notice": notices[Role.OWNER].pk,
        "notices:confirm": notices[Role.OWNER].pk,
        "notices_portal:notice": notices[Role.PARTNER_ADMIN].pk,
        "notices_portal:confirm": notices[Role.PARTNER_ADMIN].pk,
        "partners:audience_snapshot": frozen.pk,
        "partners:coverage": partner.pk,
        "partners:territory_edit": territory.pk,
        "partners:kind_edit": partner.kind_id,
        "partners:specialisation_edit": specialisation.pk,
        "partners:field_edit": custom_field.pk,
        "partners:locator_entry": partner.pk,
        "partners_public:locator_ask": partner.pk,
        "partners_portal:shared_profile": shop.pk,
        "valuation:run": run.pk,
    }
    pk |= {f"approvals:{page}": asked.pk for page in ("request", "decide", "recall", "comment", "attach")}
    pk |= {f"approvals:route_{page}": route.pk for page in ("edit", "retire")}
    pk |= {f"jobs:{page}": job.pk for page in ("detail", "cancel", "result_file", "error_file")}
    pk |= {f"jobs:{page}": file.pk for page in ("import", "import_match", "import_run")}
    pk |= {f"partners:{page}": key for page, key in recruiting.items()}
    pk |= {f"partners:{page}": partner.pk for page in ("detail", "edit", "stage", "confirm", "timeline")}
    pk |= {f"partners:audience{page}": audience.pk for page in ("", "_edit", "_freeze", "_archive")}
    pk |= {f"valuation:{page}": partner.pk for page in ("approve", "refuse", "override", "override_end")}
    pk |= {
        f"valuation:programme{page}": programme.pk
        for page in ("", "_check", "_delete", "_edit", "_preview", "_publish", "_retire", "_version")
    }
    for side in ("tenancy", "tenancy_portal"):
        pk |= {f"{side}:invitation_{step}": invitation.pk for step in ("resend", "revoke")}
        pk |= {f"{side}:join_{step}": request.pk for step in ("approve", "refuse")}
    pk |= {f"tenancy:member{step}": members[Role.PARTNER_REP].pk for step in ("", "_end", "_reopen")}
    pk["tenancy:view_as"] = members[Role.PARTNER_REP].pk
    pk |= {f"tenancy_portal:colleague{step}": members[Role.PARTNER_REP].pk for step in ("", "_end", "_reopen")}
    steps = ("", "_edit", "_insight", "_leave", "_return", "_consent")
    pk |= {f"partners:contact{step}": kim.pk for step in steps} | {
        "partners:favour_create": kim.pk,
        "partners:contact_news": kim.pk,
    }
    pk |= {f"partners_portal:person_{step}": kim.pk for step in ("edit", "leave", "return", "consent")}
    pk |= {"partners:favour_remove": favour.pk, "partners:entry": entry.pk, "partners:entry_edit": entry.pk}
    pk |= {f"{side}:entry_file": paper.pk for side in ("partners", "partners_portal")}
    pk |= {"partners:greeting_text_edit": text.pk, "partners:contact_code_edit": call.pk}
    pk |= make_journey(world)
    pk |= make_duplicates(world)
    pk |= {f"partners:{page}": partner.pk for page in ("take_back", "journey_start")}
    pk |= agreement_objects(world)
    pk |= qualification_objects(world)
    pk |= plan_objects(world)
    for side in ("partners", "partners_portal"):
        pk |= {f"{side}:task{step}": working["task"] for step in ("", "_edit", "_step", "_comment")}
        pk |= {f"{side}:file{step}": working["file"] for step in ("", "_edit", "_step")}
        pk |= {f"{side}:comment": working["comment"]}
    pk |= {f"partners:{page}": partner.pk for page in ("conversation", "files", "notes")}
    pk |= make_tiers(world, shop)
    pk |= make_matches(world, shop)
    market = make_market(world)
    pk |= {f"partners:market{page}": market.market_id for page in ("", "_edit", "_review", "_holidays")}
    pk |= {f"{side}:market_file": market.pk for side in ("partners", "partners_portal")}
    pk |= {"partners:note": working["note"]}
    return {name: {"pk": key} for name, key in pk.items()} | {
        "partners:greeting": {"pk": kim.pk, "occasion": "birthday"},
        "partners:file_version": {"pk": working["file"], "number": 1},
        "partners_portal:file_version": {"pk": working["file"], "number": 1},
        "partners:own_file": {"pk": partner.pk, "key": "paper"},
        "partners:market_entry_create": {"pk": market.market_id, "what": "texts"},
        "partners:market_entry": {"pk": market.market_id, "what": "documents", "entry": market.pk},
        "partners_portal:shop_paper": {"pk": shop.pk, "type": pk["partners_portal:paper_upload"]},
        "partners:partner_plan": {"pk": partner.pk, "year": PLAN_YEAR},
        "partners_portal:plan_year": {"year": PLAN_YEAR},
        "partners_portal:own_file": {"key": "paper"},
        "account_confirm_email": {"key": "nobody-has-it"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "nobody-has-it"},
        "approvals:route_create": {"kind": "valuation.promotion"},
        "jobs:import_template": {"kind": "partners"},
        "mfa_edit_webauthn": {"pk": 1},
        "mfa_remove_webauthn": {"pk": 1},
        "pages:brand_css": {"version": brand.VERSION, "colour": "0f5e69"},
        "partners_public:apply_status": {"token": status_token(world.manufacturer, PROSPECT_REFERENCE)},
        "tenancy_public:invitation": {"secret": SECRET},
        "tenancy_public:join_confirm": {"token": "nobody-has-it"},
        "tenancy_public:logo": {"name": "logo.png"},
        **campaigns_objects(world),
        **communication_objects(world),
        **training_objects(world),
        **leads_objects(world),
    }


PROSPECT_REFERENCE = "K7M2Q9XZ"


def make_recruiting(world: World) -> dict[str, int]:
    """An application with a file, and a draft of the form: what the pages of recruiting name."""
    with staff_scope(world.manufacturer.pk):
        owner = world.members[Role.OWNER]
        owner.manufacturer = world.manufacturer
        publish_form(draft_form(by=owner), by=owner)
        draft = draft_form(by=owner)
        default_lists()
        prospect = Prospect.objects.create(reference=PROSPECT_REFERENCE, company="New Company", stage="applied")
        file = ProspectFile(
            manufacturer_id=world.manufacturer.pk, prospect=prospect, question_key="paper", original_name="paper.pdf",
            content_type="application/pdf", size=9, sha256="0" * 64,
        )  # fmt: skip
        file.file.save("paper.pdf", ContentFile(b"%PDF-1.4\n"), save=False)
        file.save()
        question = draft.questions.first()
        assert question is not None
        keys = {
            "prospect_file": file.pk,
            "application_form": draft.pk,
            "application_form_edit": draft.pk,
            "application_question_create": draft.pk,
            "application_question": question.pk,
            "source_edit": ProspectSource.objects.get(code="fair").pk,
            "reason_edit": RefusalReason.objects.get(code="other").pk,
        }
        steps = ("", "_edit", "_move", "_comment", "_approve", "_refuse")
        return keys | {f"prospect{step}": prospect.pk for step in steps}


def make_journey(world: World) -> dict[str, int]:
    """A partner on its way, with a paper handed in; a playbook, a reason, and a handover."""
    own = {"manufacturer": world.manufacturer}
    now = timezone.now()
    with staff_scope(world.manufacturer.pk):
        template = create_default_template()
        journey = Journey.objects.create(partner=world.partner, template=template, started_at=now, moved_at=now, **own)
        phase = template.phases.all()[0]
        step = phase.steps.all()[0]
        item = JourneyItem(journey=journey, partner=world.partner, step=step, position=1, due_on=now.date(), **own)
        item.file_name, item.file_type = "paper.pdf", "application/pdf"
        item.file.save("paper.pdf", ContentFile(b"%PDF-1.4"), save=False)
        item.save()
        reason = StageReason.objects.create(code="fits", names={"en": "Fits"}, **own)
        playbook = PlaybookStep.objects.create(stage="active", titles={"en": "Call"}, **own)
        handover = Handover.objects.create(to=world.members[Role.MANAGER], at=now, count=1, **own)
        HandoverPartner.objects.create(handover=handover, partner=world.partner, **own)
    pages = {"partners:journey": journey.pk, "partners:journey_act": journey.pk, "partners:handover": handover.pk}
    pages |= {f"partners{side}:journey_{page}": item.pk for side in ("", "_portal") for page in ("tick", "file")}
    pages |= {f"partners:journey_template{page}": template.pk for page in ("", "_edit")}
    pages |= {"partners:journey_phase_create": template.pk, "partners:journey_phase": phase.pk}
    pages |= {"partners:journey_step_create": phase.pk, "partners:journey_step": step.pk}
    return pages | {"partners:stage_reason_edit": reason.pk, "partners:playbook_step": playbook.pk}


def agreement_objects(world: World) -> dict[str, int]:
    """An agreement that waits for Seoul Agency, and a paper that it has handed in."""
    with staff_scope(world.manufacturer.pk):
        agreement = sent(world.partner, agreement_type(), dt.date(2026, 3, 1))
        licence = paper_type()
        given = paper(world.partner, licence, world.members[Role.PARTNER_ADMIN])
    steps = ("", "_pdf", "_text", "_verify")
    pk = {f"{side}:agreement{step}": agreement.pk for side in ("partners", "partners_portal") for step in steps}
    pk |= {f"partners_portal:agreement_{step}": agreement.pk for step in ("accept", "refuse", "notice")}
    pk |= {f"partners:agreement_type_{step}": agreement.type_id for step in ("edit", "text", "check")}
    pk |= {f"partners:{page}": given.pk for page in ("paper", "paper_review", "paper_file")}
    return pk | {
        "partners:agreement_step": agreement.pk,
        "partners:paper_type_edit": licence.pk,
        "partners_portal:paper_upload": licence.pk,
        "partners_portal:paper_file": given.pk,
    }


def qualification_objects(world: World) -> dict[str, int]:
    """A qualification of Seoul Agency's admin, which nothing is guarded by."""
    with staff_scope(world.manufacturer.pk):
        kind = QualificationType.objects.create(code="fitter", names={"en": "Fitter"})
        day = dt.date(2026, 3, 1)
        proof = qualifications.Proof(day, None, "Trade licence 77")
        held = qualifications.grant(kind, world.members[Role.PARTNER_ADMIN], proof, day=day)
    return {"partners:qualification_end": held.pk, "partners:qualification_type_edit": kind.pk}


PLAN_YEAR = 2026


def plan_objects(world: World) -> dict[str, int]:
    """A plan of Seoul Agency with an initiative and a promise, still a draft."""
    manager = world.members[Role.MANAGER]
    with staff_scope(world.manufacturer.pk):
        plan = plans.start_plan(world.partner, PLAN_YEAR, by=manager)
        initiative = plans.save_initiative(plan, {"title": "Open a showroom"}, by=manager)
        promise = plans.save_promise(plan, {"title": "Samples"}, by=manager)
    pages = ("plan", "plan_summary", "plan_target", "initiative_create", "promise_create", "plan_scores")
    pk = {f"{side}:{page}": plan.pk for side in SIDES for page in (*pages, "plan_step", "plan_versions")}
    pk |= {f"{side}:{page}": initiative.pk for side in SIDES for page in ("initiative", "initiative_work")}
    return pk | {f"{side}:promise": promise.pk for side in SIDES} | {"partners:promise_settle": promise.pk}


SIDES = ("partners", "partners_portal")


def make_work(world: World) -> dict[str, int]:
    """A task, comment, file and note of the partner, all put down by its channel manager."""
    partner, by = world.partner, world.members[Role.MANAGER]
    upload: Any = SimpleUploadedFile("prices.csv", b"code,price\nX1,10\n")
    upload.checked_type = "text/csv"
    task = create_task(partner=partner, title="Send the licence", for_partner=True, by=by)
    return {
        "task": task.pk,
        "comment": add_comment(partner=partner, body="Thank you", by=by).pk,
        "file": put_file(partner=partner, upload=upload, by=by).pk,
        "note": write_note(partner=partner, body="Pays late", by=by).pk,
    }


def make_tiers(world: World, shop: Any) -> dict[str, int]:
    """A shop that lets its agency act, and a declaration of another one that waits."""
    own = {"manufacturer": world.manufacturer}
    with staff_scope(world.manufacturer.pk):
        for kind in ("papers", "service"):
            Sharing.objects.create(partner=shop, above=world.partner, data_kind=kind, **own)
        relation = Relation.objects.create(above=world.sibling, below=world.partner, declared_by="above", **own)
    pages = {f"{side}:relation": relation.pk for side in ("partners", "partners_portal")}
    return pages | {f"partners_portal:{page}": shop.pk for page in ("shop", "shop_edit", "shop_end")}


def make_market(world: World) -> MarketDocument:
    """The market of Seoul Agency, with a document that its partners may open."""
    with staff_scope(world.manufacturer.pk):
        market = save_market(Market(code="korea", names={"en": "Korea"}, shown_parts=["documents"]), ["KR"])
        document = MarketDocument(
            market=market, title="Rules", original_name="rules.pdf", content_type="application/pdf"
        )
        document.file.save("rules.pdf", ContentFile(b"%PDF-1.4"), save=False)
        document.save()
    return document


def make_matches(world: World, shop: Any) -> dict[str, int]:
    """Cards of Seoul Agency and of its shop, an enquiry between the two, and a reward for an introduction."""
    with staff_scope(world.manufacturer.pk):
        cards = [
            PartnerCard.objects.create(partner=partner, name=partner.name, is_published=True)
            for partner in (world.partner, shop)
        ]
        enquiry = Enquiry.objects.create(
            asking=shop, asked=world.partner, asking_name="S", asked_name="A", kind="joint_bid", subject="Hotel"
        )
        reward = IntroductionReward.objects.create(partner=world.partner, amount=100)
    pages = {
        "partners:enquiry": enquiry.pk,
        "partners:reward": reward.pk,
        "partners_portal:enquiry_create": cards[1].pk,
    }
    pages |= {f"partners_portal:enquiry{step}": enquiry.pk for step in ("", "_step")}
    return pages | {f"partners:{page}": world.partner.pk for page in ("introducer", "reward_create")}


def people() -> tuple[str, ...]:
    """Everybody in the world, in the order of the table of expected answers."""
    staff = [role.value for role in Role if role in STAFF_ROLES]
    partner = [role.value for role in Role if role in PARTNER_ROLES]
    return ("anonymous", *staff, *partner, "sibling", "stranger", "platform")


def make_duplicates(world: World) -> dict[str, int]:
    """A pair of partners that look alike, and two records that were merged."""
    own = {"manufacturer": world.manufacturer}
    kept, gone = (PartnerFactory(code=code, kind=world.partner.kind, **own) for code in ("M1", "M2"))
    first, second = sorted((world.partner.pk, world.sibling.pk))
    with staff_scope(world.manufacturer.pk):
        pair = DuplicatePair.objects.create(first_id=first, second_id=second, score=0.9, **own)
        merge = merge_partners(kept, gone)
    return {"partners:duplicate": pair.pk, "partners:duplicate_decide": pair.pk, "partners:merge_undo": merge.pk}
