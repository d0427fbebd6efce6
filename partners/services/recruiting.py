"""What staff do with prospects: keep them, move them, refuse them, make partners of them (P-5)."""

import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from approvals.selectors import has_routes, open_request, open_requests
from approvals.services import request_approval, withdraw
from partners import prospect_keys
from partners.models import (
    AgreementType,
    Partner,
    PartnerKind,
    Prospect,
    ProspectComment,
    ProspectMove,
    ProspectSource,
    ProspectStage,
    RefusalReason,
    Stage,
)
from partners.models.recruiting import APPLICATION_SUBJECT, OPEN_STAGES
from partners.services.agreements import create_agreement, published_template
from partners.services.applicant_mails import write_refusals
from partners.services.lifecycle import set_stage
from partners.services.partners import PartnerError, create_partner
from tenancy.mail_domains import domain_of, is_free_mail
from tenancy.models import Invitation, Membership
from tenancy.services import invite

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Nothing in a reference can be taken for something else when it is read out."""
REFERENCE_LENGTH = 10
WEB_SOURCE, LIST_SOURCE = "application", "import"

DEFAULT_SOURCES = [
    (WEB_SOURCE, {"en": "Application page", "ko": "신청 페이지", "ja": "応募ページ"}),
    ("introduction", {"en": "Introduction", "ko": "소개", "ja": "紹介"}),
    ("fair", {"en": "Trade fair", "ko": "전시회", "ja": "展示会"}),
    ("search", {"en": "Own search", "ko": "자체 발굴", "ja": "自社開拓"}),
    (LIST_SOURCE, {"en": "Imported list", "ko": "가져온 목록", "ja": "取り込みリスト"}),
]
DEFAULT_REASONS = [
    ("region", {"en": "Region is taken", "ko": "해당 지역 파트너 있음", "ja": "地域にパートナーあり"}),
    ("requirements", {"en": "Does not meet the requirements", "ko": "요건 미충족", "ja": "要件を満たさない"}),
    ("no_answer", {"en": "No answer", "ko": "회신 없음", "ja": "回答なし"}),
    ("own_wish", {"en": "Withdrew", "ko": "신청 철회", "ja": "辞退"}),
    ("other", {"en": "Other", "ko": "기타", "ja": "その他"}),
]


class RecruitingError(PartnerError):
    """A step that a prospect cannot take now."""


def new_reference() -> str:
    """What a prospect is called in mails and on the phone: nobody can guess another's."""
    return "".join(secrets.choice(LETTERS) for _place in range(REFERENCE_LENGTH))


def default_lists() -> None:
    """Give a manufacturer that has no sources or reasons of its own the usual ones. Again changes nothing."""
    for model, rows in ((ProspectSource, DEFAULT_SOURCES), (RefusalReason, DEFAULT_REASONS)):
        entries: Any = model._default_manager
        if not entries.exists():
            entries.bulk_create(
                [model(code=code, names=names, order=order) for order, (code, names) in enumerate(rows)],
                ignore_conflicts=True,
            )


def source_of_applications() -> ProspectSource:
    """The source of who applies on the public page."""
    return _source(WEB_SOURCE)


def source_of_imports() -> ProspectSource:
    """The source of who comes from a list that names none."""
    return _source(LIST_SOURCE)


def create_sources(names: Sequence[str]) -> None:
    """Sources of which only the name is known."""
    taken = set(ProspectSource.objects.values_list("code", flat=True))
    for name in names:
        code = slugify(name)[:40] or f"source-{len(taken) + 1}"
        if code in taken:
            code = f"{code[:30]}-{len(taken) + 1}"
        ProspectSource.objects.create(code=code, names={"en": name}, order=len(taken))
        taken.add(code)


def _source(code: str) -> ProspectSource:
    default_lists()
    source, _created = ProspectSource.objects.get_or_create(code=code, defaults={"names": dict(DEFAULT_SOURCES)[code]})
    return source


@transaction.atomic
def create_prospect(prospect: Prospect, *, by: Membership | None, note: str = "") -> Prospect:
    """Keep a new prospect; its first step is written at once."""
    prospect.reference = new_reference()
    prospect_keys.fill(prospect)
    prospect.save(force_insert=True)
    ProspectMove.objects.create(prospect=prospect, to_stage=prospect.stage, at=prospect.stage_since, by=by, note=note)
    return prospect


@transaction.atomic
def update_prospect(prospect: Prospect, *, fields: Iterable[str]) -> Prospect:
    """Save the named fields of a prospect, and what duplicates are found by."""
    prospect_keys.fill(prospect)
    prospect.save(update_fields=[*sorted(set(fields) | set(prospect_keys.FIELDS)), "updated_at"])
    return prospect


def move_prospects(prospects: QuerySet[Prospect], to: str, *, by: Membership, note: str = "") -> int:
    """Move all of `prospects` to one of the open stages; those that stand there already stay. Returns how many moved.

    A refused one is taken up again by this; who is a partner already is left alone.
    """
    stage = ProspectStage(to)
    if stage not in OPEN_STAGES:
        raise RecruitingError(_("To “%(stage)s” a prospect comes by a step of its own.") % {"stage": stage.label})
    leaving = [*OPEN_STAGES, ProspectStage.REFUSED]
    return len(_move(prospects, stage, leaving=leaving, by=by, note=note, refusal_reason=None))


@transaction.atomic
def refuse_prospects(
    prospects: QuerySet[Prospect], reason: RefusalReason, *, by: Membership, note: str = "", with_mail: bool = True
) -> int:
    """Refuse all of `prospects` that are open, and tell who applied by one polite mail. Returns how many.

    Requests for their approval end first: a decision locks its request before the prospect, too.
    """
    in_approval = open_requests(APPLICATION_SUBJECT).filter(subject_id__in=prospects.order_by().values("pk"))
    for subject_id in sorted(in_approval.values_list("subject_id", flat=True)):
        withdraw(APPLICATION_SUBJECT, subject_id, because=_("The application was refused."))
    refused = _move(
        prospects, ProspectStage.REFUSED, leaving=OPEN_STAGES, by=by, note=note, refusal_reason=reason, due_on=None
    )
    if with_mail:
        write_refusals(Prospect.objects.filter(pk__in=refused))
    return len(refused)


def assign_prospects(prospects: QuerySet[Prospect], owner: Membership | None) -> int:
    """Make somebody responsible for all of `prospects`, in one statement; returns how many changed hands."""
    if owner is not None and not (owner.is_staff and owner.is_active):
        raise RecruitingError(_("%(name)s cannot look after prospects.") % {"name": owner.name})
    others = prospects.filter(owner__isnull=False) if owner is None else prospects.exclude(owner=owner)
    return others.order_by().update(owner=owner, updated_at=timezone.now())


def comment_on(prospect: Prospect, text: str, *, by: Membership) -> ProspectComment:
    """Write down what colleagues should know."""
    return ProspectComment.objects.create(prospect=prospect, author=by, text=text)


@dataclass(frozen=True)
class Approval:
    """What is to be made of an approved prospect."""

    code: str
    kind: PartnerKind | None
    """None where it was kept for a request and the kind was removed meanwhile."""
    channel_manager: Membership | None = None
    email: str = ""
    """Who is invited as the partner's first user; nobody where it is empty."""
    name: str = ""
    role: str = "partner_admin"
    language: str = "en"
    agreement_type: AgreementType | None = None
    """Which agreement is put before the partner; none where it is empty."""

    def facts(self) -> dict[str, Any]:
        """What a request for approval keeps of it; `of` reads it again."""
        return {
            "code": self.code,
            "kind": self.kind.pk if self.kind else None,
            "channel_manager": self.channel_manager.pk if self.channel_manager else None,
            "email": self.email,
            "name": self.name,
            "role": self.role,
            "language": self.language,
            "agreement_type": self.agreement_type.pk if self.agreement_type else None,
        }

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Approval":
        """What was kept, with the rows it names; who left or what was removed meanwhile is none."""
        managers = Membership.objects.filter(pk=facts["channel_manager"] or 0, is_active=True)
        types = AgreementType.objects.filter(pk=facts["agreement_type"] or 0)
        return cls(
            code=facts["code"],
            kind=PartnerKind.objects.filter(pk=facts["kind"] or 0).first(),
            channel_manager=managers.first(),
            email=facts["email"],
            name=facts["name"],
            role=facts["role"],
            language=facts["language"],
            agreement_type=types.first(),
        )


def goes_along_a_line() -> bool:
    """Whether making a partner of a prospect has to be approved first."""
    return has_routes(APPLICATION_SUBJECT)


@transaction.atomic
def accept_prospect(prospect: Prospect, approval: Approval, *, by: Membership) -> Prospect:
    """Make a partner of a prospect, or where there is an approval line for applications, ask for that.

    Until the last approval it stays where it stands. Asked twice, it is one request: the first one's.
    """
    current = Prospect.objects.get(pk=prospect.pk)
    _check_open(current)
    if open_request(APPLICATION_SUBJECT, current.pk) is not None:
        return current
    if not goes_along_a_line():
        return approve_prospect(current, approval, by=by)
    request_approval(
        APPLICATION_SUBJECT,
        current.pk,
        lambda: _("Make %(company)s a partner") % {"company": current},
        by=by,
        facts=approval.facts() | {"applicant": applicant_facts(current)},
    )
    return current


def applicant_facts(prospect: Prospect) -> dict[str, str]:
    """What of the company is approved with it: changed afterwards, the approval is of somebody else."""
    return {name: getattr(prospect, name) for name in ("company", "business_number", "email")}


@transaction.atomic
def approve_as_asked(prospect_id: int, facts: Mapping[str, Any], *, by: Membership) -> Prospect:
    """Make a partner of a prospect as its approval was asked for, unless what that rested on is another by now."""
    prospect, approval = _locked(prospect_id), Approval.of(facts)
    now = applicant_facts(prospect)
    if facts.get("applicant", now) != now:
        raise RecruitingError(
            _("%(company)s was changed after its approval was asked for. Refuse it, so that it is asked for anew.")
            % {"company": prospect}
        )
    if facts["agreement_type"] and approval.agreement_type is None:
        raise RecruitingError(_("There is no such agreement any more. Refuse it, so that it is asked for anew."))
    return approve_prospect(prospect, approval, by=by, any_code=True)


def _check_open(prospect: Prospect) -> None:
    if not prospect.is_open:
        raise RecruitingError(
            _("%(company)s is at “%(stage)s” already.") % {"company": prospect, "stage": prospect.get_stage_display()}
        )


@transaction.atomic
def approve_prospect(prospect: Prospect, approval: Approval, *, by: Membership, any_code: bool = False) -> Prospect:
    """Make a partner of a prospect: the partner, its onboarding, its agreement, its first user's
    invitation; all of it or nothing, and only once.

    any_code: whether the next free code will do, where the one given went to another partner meanwhile.
    """
    prospect = _locked(prospect.pk)
    _check_open(prospect)
    if any_code and Partner.objects.filter(code=approval.code).exists():
        approval = replace(approval, code=propose_code())
    prospect.partner = _make_partner(prospect, approval, by=by)
    if approval.agreement_type is not None:
        _send_agreement(prospect.partner, approval.agreement_type, by=by, language=approval.language)
    if approval.email:
        prospect.invitation = _invite_first_user(prospect.partner, approval, by=by)
    prospect.due_on = None
    prospect.save(update_fields=["partner", "invitation", "due_on", "updated_at"])
    _move(Prospect.objects.filter(pk=prospect.pk), ProspectStage.ONBOARDING, leaving=OPEN_STAGES, by=by)
    return Prospect.objects.select_related("partner", "invitation").get(pk=prospect.pk)


def follow_partner(partner: Partner) -> int:
    """When a partner becomes active its prospect has arrived too; returns how many moved."""
    if partner.stage != Stage.ACTIVE:
        return 0
    onboarding = [ProspectStage.ONBOARDING]
    return len(_move(Prospect.objects.filter(partner=partner), ProspectStage.ACTIVE, leaving=onboarding, by=None))


def propose_code() -> str:
    """A code for the next partner: the newest partner's, counted on."""
    newest = Partner.objects.order_by("-pk").values_list("code", flat=True)[:50]
    prefix, width = "P", 4
    for code in newest:
        if found := re.fullmatch(r"(.*?)(\d{1,12})", code):
            prefix, width = found[1], len(found[2])
            break
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(substr(code, length(%(prefix)s) + 1)::bigint), 0) FROM partners_partner"
            " WHERE starts_with(code, %(prefix)s) AND substr(code, length(%(prefix)s) + 1) ~ '^[0-9]{1,12}$'",
            {"prefix": prefix},
        )
        (highest,) = cursor.fetchone()
    return f"{prefix}{highest + 1:0{width}}"


def _make_partner(prospect: Prospect, approval: Approval, *, by: Membership) -> Partner:
    if approval.kind is None:
        raise RecruitingError(_("There is no such kind of partner any more. Refuse it, so that it is asked for anew."))
    if Partner.objects.filter(code=approval.code).exists():
        raise RecruitingError(_("Another partner has the code %(code)s.") % {"code": approval.code})
    domain = domain_of(prospect.email)
    made = Partner(
        code=approval.code,
        name=prospect.company,
        local_name=prospect.local_name,
        kind=approval.kind,
        stage=Stage.PROSPECT,
        channel_manager=approval.channel_manager,
        email_domain="" if is_free_mail(domain) else domain,
        **{name: getattr(prospect, name) for name in COPIED},
    )
    try:
        with transaction.atomic():
            partner = create_partner(made, by=by)
    except IntegrityError:  # the code was given away just now
        raise RecruitingError(_("Another partner has the code %(code)s.") % {"code": approval.code}) from None
    return set_stage(partner, Stage.ONBOARDING, by=by)  # with its journey, where there is a template


COPIED = ("business_number", "email", "phone", "website", "address", "city", "region", "postal_code", "country")
"""What a partner takes over from its application as it stands."""


def _send_agreement(partner: Partner, kind: AgreementType, *, by: Membership, language: str) -> None:
    spoken = published_template(kind).texts
    create_agreement(
        partner,
        kind,
        starts_on=timezone.localdate(),
        by=by,
        send=True,
        language=language if spoken.get(language, "").strip() else "",
    )


def _invite_first_user(partner: Partner, approval: Approval, *, by: Membership) -> Invitation:
    return invite(
        by=by,
        email=approval.email,
        name=approval.name,
        role=approval.role,
        language=approval.language,
        partner=partner,
    )


def _locked(prospect_id: int) -> Prospect:
    return Prospect.objects.select_for_update(no_key=True, of=("self",)).get(pk=prospect_id)


@transaction.atomic
def _move(
    prospects: QuerySet[Prospect],
    to: ProspectStage,
    *,
    leaving: Collection[str],
    by: Membership | None,
    note: str = "",
    **changes: Any,
) -> list[int]:
    """The only writer of the stage of prospects that exist: those `leaving` one of these stages move, and who they are
    is returned. Each step is kept with its time.
    """
    now = timezone.now()
    # What they are asked for is read again after the lock: another hand may have moved them meanwhile.
    locked = Prospect.objects.filter(pk__in=prospects.order_by().values("pk")).select_for_update(no_key=True)
    rows = [
        (pk, stage)
        for pk, stage in locked.order_by("pk").values_list("pk", "stage")
        if stage in leaving and stage != to
    ]
    ProspectMove.objects.bulk_create(
        [ProspectMove(prospect_id=pk, from_stage=stage, to_stage=to, at=now, by=by, note=note) for pk, stage in rows],
        batch_size=5000,
    )
    moved = [pk for pk, _stage in rows]
    Prospect.objects.filter(pk__in=moved).update(stage=to, stage_since=now, updated_at=now, **changes)
    return moved
