"""Who hears of agreements and papers: the partner's people who can read agreements, and who looks after the partner."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, Exists, F, IntegerField, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, JSONObject

from notices.registry import NoticeKind
from notices.services import tell, tell_from
from partners.models import Agreement, AgreementState, Paper, PaperState, Renewal, Stage
from partners.notice_kinds import agreements as kinds
from partners.services.house import house_scope
from partners.terms import WARN_DAYS
from tenancy.models import Membership
from tenancy.rights import ROLE_RIGHTS, Right, Role
from tenancy.selectors import members_with

READERS = [role for role, rights in ROLE_RIGHTS.items() if Right.PORTAL_AGREEMENTS in rights]


def readers_of(partner_id: int) -> QuerySet[Membership]:
    """The partner's people who can read its agreements."""
    return members_with(Right.PORTAL_AGREEMENTS).filter(partner=partner_id)


def carers_of(partner: Any) -> list[Membership]:
    """The partner's channel manager; where there is none, the owners."""
    manager = partner.channel_manager
    if manager is not None and manager.is_active:
        return [manager]
    return list(members_with(Right.SETTINGS_EDIT).filter(role=Role.OWNER))


def tell_sent(agreement: Agreement) -> int:
    """Tell the partner's people that an agreement waits for their company."""
    facts = {"agreement": agreement.pk, "title": agreement.title}
    return tell(
        readers_of(agreement.partner_id), kinds.AGREEMENT_SENT, key=f"agreement-sent-{agreement.pk}", facts=facts
    )


def tell_sent_many(agreements: QuerySet[Agreement]) -> int:
    """The same for many agreements, in one statement."""
    return _tell_readers(agreements, kinds.AGREEMENT_SENT, _key("agreement-sent"), _agreement_facts())


def remind_of(agreements: QuerySet[Agreement], day: dt.date) -> int:
    """Once more, at most once a day."""
    key = Concat(_key("agreement-reminder"), Value(f"-{day.isoformat()}"), output_field=TextField())
    return _tell_readers(agreements, kinds.AGREEMENT_REMINDER, key, _agreement_facts())


def tell_partner(agreement: Agreement, step: str) -> int:
    """Tell the partner's people of a step of the manufacturer: `withdrawn`, `notice` or `terminated`."""
    return tell(
        readers_of(agreement.partner_id),
        kinds.AGREEMENT_CHANGED,
        key=f"agreement-{step}-{agreement.pk}",
        facts=_facts(agreement, step),
    )


def tell_staff(agreement: Agreement, step: str, who: str) -> int:
    """Tell who looks after the partner of its step: `accepted`, `refused` or `notice`."""
    with house_scope():
        partner = Agreement.objects.select_related("partner__channel_manager").get(pk=agreement.pk).partner
        facts = _facts(agreement, step) | {"partner": partner.names, "who": who}
        return tell(carers_of(partner), kinds.AGREEMENT_ANSWERED, key=f"agreement-{step}-{agreement.pk}", facts=facts)


def tell_paper_received(paper: Paper) -> int:
    """Tell who looks after the partner that a paper waits for review."""
    with house_scope():
        row = Paper.objects.select_related("partner__channel_manager", "type").get(pk=paper.pk)
        facts = {"paper": row.pk, "type": row.type.names, "partner": row.partner.names}
        return tell(carers_of(row.partner), kinds.PAPER_RECEIVED, key=f"paper-received-{row.pk}", facts=facts)


def tell_paper_reviewed(paper: Paper) -> int:
    """Tell the partner's people what was said of a paper."""
    facts = {"type": paper.type.names, "state": paper.state, "reason": paper.reason, "type_id": paper.type_id}
    at = paper.reviewed_at.isoformat() if paper.reviewed_at else ""
    return tell(readers_of(paper.partner_id), kinds.PAPER_REVIEWED, key=f"paper-reviewed-{paper.pk}-{at}", facts=facts)


def tell_papers_missing(rows: Iterable[tuple[int, dict[str, str], int]], day: dt.date) -> int:
    """Ask partners for papers they owe, at most once a day for each: (partner, names of the type, the type)."""
    owed = list(rows)
    readers: dict[int, list[int]] = {}
    for pk, partner_id in (
        members_with(Right.PORTAL_AGREEMENTS)
        .filter(partner__in={partner for partner, _names, _type in owed})
        .values_list("pk", "partner_id")
    ):
        readers.setdefault(partner_id or 0, []).append(pk)
    return tell_from(
        [
            (reader, f"paper-owed-{type_id}-{day.isoformat()}", {"type": names, "type_id": type_id})
            for partner, names, type_id in owed
            for reader in readers.get(partner, ())
        ],
        kinds.PAPER_OWED,
    )


def warn_of_ends(day: dt.date) -> dict[str, int]:
    """Warn both sides of agreements and papers that end soon: 60, 30 and 7 days before, each once.

    The key of a notice names the end and the warning, so that running again tells nobody twice, and a day that was
    missed is made up by the warning that is due now.
    """
    agreements = _ending_agreements(day)
    papers = _ending_papers(day)
    return {
        "agreements": _warn(
            agreements, kinds.AGREEMENT_ENDING, "agreement-ends", _agreement_end_facts(), "ends_on", day
        ),
        "papers": _warn(papers, kinds.PAPER_ENDING, "paper-ends", _paper_end_facts(), "valid_until", day),
    }


def _ending_agreements(day: dt.date) -> QuerySet[Agreement]:
    """Accepted ones that end within the longest warning, and are not followed by one that is accepted already."""
    following = Agreement.objects.filter(
        partner=OuterRef("partner"),
        type=OuterRef("type"),
        state=AgreementState.ACCEPTED,
        starts_on__gt=OuterRef("starts_on"),
    )
    return Agreement.objects.filter(
        ~Exists(following),
        state=AgreementState.ACCEPTED,
        ends_on__gte=day,
        ends_on__lte=day + dt.timedelta(days=max(WARN_DAYS)),
    ).exclude(partner__stage=Stage.ENDED)


def _ending_papers(day: dt.date) -> QuerySet[Paper]:
    """Accepted ones that run out within the longest warning, where no accepted one lasts longer."""
    newer = Paper.objects.filter(partner=OuterRef("partner"), type=OuterRef("type"), state=PaperState.ACCEPTED).filter(
        Q(valid_until=None) | Q(valid_until__gt=OuterRef("valid_until"))
    )
    return Paper.objects.filter(
        ~Exists(newer),
        state=PaperState.ACCEPTED,
        type__is_retired=False,
        valid_until__gte=day,
        valid_until__lte=day + dt.timedelta(days=max(WARN_DAYS)),
    ).exclude(partner__stage=Stage.ENDED)


def _warn(rows: QuerySet[Any], kind: NoticeKind, key: str, facts: Any, end: str, day: dt.date) -> int:
    warnings = [When(**{f"{end}__lte": day + dt.timedelta(days=days)}, then=Value(days)) for days in sorted(WARN_DAYS)]
    rows = rows.annotate(warning=Case(*warnings, output_field=IntegerField()))
    named = Concat(
        _key(key),
        Value("-"),
        Cast(end, CharField()),
        Value("-"),
        Cast("warning", CharField()),
        output_field=TextField(),
    )
    told = _tell_readers(rows, kind, named, facts)
    with_manager = rows.filter(partner__channel_manager__is_active=True)
    told += tell_from(_told(with_manager, named, facts, "partner__channel_manager"), kind)
    owners = list(members_with(Right.SETTINGS_EDIT).filter(role=Role.OWNER).values_list("pk", flat=True))
    without = rows.exclude(partner__channel_manager__is_active=True)
    for owner in owners:
        told += tell_from(_told(without, named, facts, Value(owner)), kind)
    return told


def _tell_readers(rows: QuerySet[Any], kind: NoticeKind, key: Any, facts: Any) -> int:
    reading = rows.filter(partner__members__is_active=True, partner__members__role__in=READERS)
    return tell_from(_told(reading, key, facts, "partner__members__pk"), kind)


def _told(rows: QuerySet[Any], key: Any, facts: Any, recipient: Any) -> QuerySet[Any, Any]:
    who = F(recipient) if isinstance(recipient, str) else recipient
    return (
        rows.order_by()
        .annotate(notice_to=who, notice_key=key, notice_facts=facts)
        .values_list("notice_to", "notice_key", "notice_facts")
    )


def _key(name: str) -> Any:
    return Concat(Value(f"{name}-"), Cast("pk", CharField()), output_field=TextField())


def _facts(agreement: Agreement, step: str) -> dict[str, Any]:
    return {
        "agreement": agreement.pk,
        "title": agreement.title,
        "step": step,
        "reason": agreement.reason,
        "end_on": agreement.ends_on.isoformat() if agreement.ends_on else None,
    }


def _agreement_facts() -> JSONObject:
    return JSONObject(agreement="pk", title="title")


def _agreement_end_facts() -> JSONObject:
    renews = Case(
        When(Q(renewal=Renewal.AUTOMATIC, notice_on=None), then=Value("automatic")),
        When(Q(renewal=Renewal.AGAIN, notice_on=None), then=Value("again")),
        default=Value("ends"),
    )
    return JSONObject(
        agreement="pk", title="title", end_on="ends_on", renews=renews, partner="partner__name", partner_id="partner"
    )


def _paper_end_facts() -> JSONObject:
    return JSONObject(
        paper="pk",
        type="type__names",
        type_id="type",
        end_on="valid_until",
        partner="partner__name",
        partner_id="partner",
    )
