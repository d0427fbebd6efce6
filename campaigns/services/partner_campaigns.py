"""What is done with campaigns of partners: staff release templates, partners send them to customers of their own."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.country_rules import consent_stands, missing_for, rules_for
from campaigns.models import (
    CampaignChannel,
    MessageState,
    OwnCustomer,
    OwnMessage,
    OwnState,
    OwnSuppression,
    PartnerCampaign,
    PartnerTemplate,
    PartnerTemplateText,
    PartnerWords,
    ReleaseState,
)
from campaigns.own_delivery import may_go_at, stop_own, suppress_own
from campaigns.own_lists import Row
from campaigns.own_texts import LONGEST, Place, filled, places_of, template_problems
from campaigns.own_writing import House, house_of, text_of
from campaigns.selectors.own_customers import that_fit
from campaigns.selectors.partner_campaigns import is_for_partner
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right

WEEK = dt.timedelta(days=7)
MOST_CUSTOMERS = 20_000
LEFT_OUT_ORDER = ("suppressed", "no_consent", "consent_old", "no_text", "capped")


class OwnCampaignError(DomainError):
    """A template or a partner's campaign that cannot be changed or sent so."""


# --- Staff ------------------------------------------------------------------------------------------------------------


def _must_edit(by: Membership) -> None:
    if not by.is_staff or not by.can(Right.CAMPAIGNS_EDIT):
        raise OwnCampaignError(_("Your role does not allow changing templates for partners."))


WRITTEN = ("names", "about", "audience", "starts_on", "ends_on", "is_advertising", "needs_logo")


@transaction.atomic
def save_template(template: PartnerTemplate, *, by: Membership) -> PartnerTemplate:
    """Keep what a template is and whom it is for. Of one that is there what is `WRITTEN` is kept alone: one that was withdrawn
    since it was read stays so."""
    _must_edit(by)
    if is_new := template._state.adding:
        template.created_by = by
    template.save(update_fields=None if is_new else [*WRITTEN, "updated_at"])
    return template


@transaction.atomic
def save_text(text: PartnerTemplateText, *, by: Membership) -> PartnerTemplateText:
    """Keep the words of a template in one language. Released words do not change under the partners' hands."""
    _must_edit(by)
    template = PartnerTemplate.objects.select_for_update(no_key=True).get(pk=text.template_id)
    if template.state == ReleaseState.RELEASED:
        raise OwnCampaignError(
            _("Partners are using this template. Withdraw it, change the words and release it again.")
        )
    text.save()
    return text


@transaction.atomic
def release(template: PartnerTemplate, *, by: Membership) -> PartnerTemplate:
    """Let partners use it from now on."""
    _must_edit(by)
    template = PartnerTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
    texts = list(template.texts.all())
    if not texts:
        raise OwnCampaignError(_("There is no text yet: write it in one language at least."))
    for text in texts:
        if problems := template_problems(text_of(text)):
            raise OwnCampaignError(f"{text.get_language_display()}: {' '.join(problems)}")
    if template.state != ReleaseState.RELEASED:
        template.state, template.released_at = ReleaseState.RELEASED, timezone.now()
        template.save(update_fields=["state", "released_at", "updated_at"])
    return template


def withdraw(template: PartnerTemplate, *, by: Membership) -> None:
    """Nobody starts it any more, and what is being sent by it stops at the next batch."""
    _must_edit(by)
    rows = PartnerTemplate.objects.filter(pk=template.pk, state=ReleaseState.RELEASED)
    if not rows.update(state=ReleaseState.WITHDRAWN, updated_at=timezone.now()):
        raise OwnCampaignError(_("Only a released template can be withdrawn."))


# --- The partner's list -----------------------------------------------------------------------------------------------


def _must_send(by: Membership) -> int:
    if by.partner_id is None or not by.can(Right.PORTAL_CAMPAIGNS):
        raise OwnCampaignError(_("Your role does not allow sending to customers."))
    return by.partner_id


@transaction.atomic
def save_customers(rows: Iterable[Row], *, by: Membership) -> int:
    """Put customers on the partner's list; who is there already is brought up to date. A consent once told is not lost."""
    partner = _must_send(by)
    wanted = {row["email"]: row for row in rows}
    known = {row.email: row for row in OwnCustomer.objects.filter(email__in=list(wanted))}
    new = len(wanted) - len(known)
    if new and OwnCustomer.objects.count() + new > MOST_CUSTOMERS:
        raise OwnCampaignError(_("A list holds %(most)s customers at most.") % {"most": MOST_CUSTOMERS})
    made = []
    for email, row in wanted.items():
        before = known.get(email)
        agreed = dt.date.fromisoformat(row["agreed_on"]) if row["agreed_on"] else None
        made.append(
            OwnCustomer(
                manufacturer_id=by.manufacturer_id,
                partner_id=partner,
                email=email,
                name=row["name"] or (before.name if before else ""),
                language=row["language"],
                country=row["country"],
                group=row["group"] or (before.group if before else ""),
                agreed_on=agreed or (before.agreed_on if before else None),
            )
        )
    OwnCustomer.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["manufacturer", "partner", "email"],
        update_fields=["name", "language", "country", "group", "agreed_on"],
        batch_size=1000,
    )
    return len(made)


@transaction.atomic
def remove_customer(pk: int, *, by: Membership) -> bool:
    """Take somebody off the list; what waits does not go. What they were sent stays with its address alone, since by its
    link they may still unsubscribe."""
    _must_send(by)
    return _take_off(OwnCustomer.objects.filter(pk=pk)) > 0


@transaction.atomic
def remove_customers(sought: str, *, by: Membership) -> int:
    """Take all off the list in whose name, address or group this stands, as one would each; without it everybody. Returns how
    many there were."""
    _must_send(by)
    return _take_off(that_fit(sought))


def _take_off(customers: QuerySet[OwnCustomer]) -> int:
    pks = list(customers.select_for_update().values_list("pk", flat=True))
    messages = OwnMessage.objects.filter(customer__in=pks)
    messages.filter(state=MessageState.WAITING).update(state=MessageState.REFUSED, error="removed")
    messages.update(customer=None, name="")
    OwnCustomer.objects.filter(pk__in=pks).delete()
    return len(pks)


# --- The partner's campaign -------------------------------------------------------------------------------------------


@transaction.atomic
def draft_of(template_pk: int, *, by: Membership) -> PartnerCampaign:
    """The partner's campaign by a template that is being prepared: the one there is, or a new one."""
    partner = _must_send(by)
    if not is_for_partner(template_pk, partner):
        raise OwnCampaignError(_("This template is not there for you any more."))
    wanted = PartnerCampaign(manufacturer_id=by.manufacturer_id, partner_id=partner, template_id=template_pk)
    PartnerCampaign.objects.bulk_create([wanted], ignore_conflicts=True)
    campaign = PartnerCampaign.objects.get(partner=partner, template=template_pk, state=OwnState.DRAFT)
    own = PartnerWords(manufacturer_id=by.manufacturer_id, partner_id=partner, campaign=campaign)
    PartnerWords.objects.bulk_create([own], ignore_conflicts=True)
    return campaign


def places_by_language(house: House) -> dict[str, list[Place]]:
    """Where the partner may write words of its own, by language."""
    return {language: places_of(text.subject, text.preheader, text.body) for language, text in house.texts.items()}


@transaction.atomic
def save_words(
    campaign: PartnerCampaign, words: Mapping[str, Mapping[str, str]], *, group: str, by: Membership
) -> None:
    """Keep the partner's own words, as far as the template has places for them, and to which group it goes."""
    _must_send(by)
    campaign = PartnerCampaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if campaign.state != OwnState.DRAFT:
        raise OwnCampaignError(_("This campaign has been sent already."))
    house = house_of(campaign)
    kept: dict[str, dict[str, str]] = {}
    for language, places in places_by_language(house).items():
        said = {place.key: str(words.get(language, {}).get(place.key, "")).strip()[:LONGEST] for place in places}
        kept[language] = {key: text for key, text in said.items() if text}
    PartnerWords.objects.filter(campaign=campaign).update(words=kept, group=group.strip()[:60])


@dataclass(frozen=True)
class Outlook:
    """Who would be written to now, who is left out and why, and what is still missing."""

    people: list[tuple[int, str, str, str, str]] = field(default_factory=list)
    """Customer, address, name, language, country."""
    left_out: dict[str, int] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


def outlook_of(campaign: PartnerCampaign, house: House, own: PartnerWords) -> Outlook:
    """What would happen if it were sent now. Four queries, however long the list."""
    template, settings = house.template, house.settings
    customers = OwnCustomer.objects.all()
    if own.group:
        customers = customers.filter(group=own.group)
    suppressed = set(OwnSuppression.objects.values_list("email", flat=True))
    recent = OwnMessage.objects.filter(sent_at__gte=timezone.now() - WEEK, state=MessageState.SENT)
    written = dict(recent.values_list("email").annotate(count=Count("pk")).filter(count__gte=settings.weekly_cap))
    today = timezone.localdate()
    left_out: Counter[str] = Counter()
    people = []
    countries = set()
    for pk, email, name, language, country, agreed_on in customers.order_by("pk").values_list(
        "pk", "email", "name", "language", "country", "agreed_on"
    ):
        why = ""
        rules = rules_for(country)
        if email in suppressed:
            why = "suppressed"
        elif template.is_advertising and CampaignChannel.EMAIL in rules.consent_for and agreed_on is None:
            why = "no_consent"
        elif template.is_advertising and agreed_on is not None and not consent_stands(country, agreed_on, None, today):
            why = "consent_old"
        elif language not in house.texts:
            why = "no_text"
        elif email in written:
            why = "capped"
        if why:
            left_out[why] += 1
        else:
            people.append((pk, email, name, language, country))
            countries.add(country)
    ordered = {why: left_out[why] for why in LEFT_OUT_ORDER if left_out[why]}
    return Outlook(people, ordered, _reasons(campaign, house, own, countries, bool(people)))


def _reasons(
    campaign: PartnerCampaign, house: House, own: PartnerWords, countries: set[str], is_anybody: bool
) -> list[str]:
    brand, template = house.brand, house.template
    reasons = []
    if not is_for_partner(template.pk, campaign.partner_id):
        reasons.append(_("This template is not there for you any more."))
    if template.needs_logo and not brand.logo:
        reasons.append(_("It goes out with your logo only: put it in under “Your brand”."))
    told = {"sender_name": brand.company, "postal_address": brand.address, "reply_to": brand.email}
    asked = {name for country in countries for name in missing_for(country, CampaignChannel.EMAIL, told)}
    if template.is_advertising and "postal_address" in asked:
        reasons.append(_("The law asks for your postal address in each mail: put it in under “Your brand”."))
    if not brand.company:
        reasons.append(_("Your company's name is missing: put it in under “Your brand”."))
    if not brand.email:
        reasons.append(_("Answers need an address to go to: put in your e-mail under “Your brand”."))
    for language, text in house.texts.items():
        words = filled(text_of(text), own.words.get(language, {}))
        if len(words.subject) > 200:
            reasons.append(_("The subject has become too long: shorten your words."))
    if not is_anybody:
        reasons.append(_("There is nobody to write to."))
    return list(dict.fromkeys(reasons))


@transaction.atomic
def send_own(campaign: PartnerCampaign, *, by: Membership) -> PartnerCampaign:
    """Queue one mail for each customer and set a worker on them. A second click finds it on its way and does nothing."""
    _must_send(by)
    campaign = PartnerCampaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if campaign.state != OwnState.DRAFT:
        return campaign
    house = house_of(campaign)
    own = PartnerWords.objects.get(campaign=campaign)
    outlook = outlook_of(campaign, house, own)
    if outlook.reasons:
        raise OwnCampaignError(" ".join(outlook.reasons))
    now = timezone.now()
    zone, is_advertising = house.manufacturer.timezone, house.template.is_advertising
    moments = {
        country: may_go_at(now, country, is_advertising=is_advertising, zone=zone)
        for country in {person[4] for person in outlook.people}
    }
    OwnMessage.objects.bulk_create(
        [
            OwnMessage(
                manufacturer_id=by.manufacturer_id,
                partner_id=campaign.partner_id,
                campaign=campaign,
                customer_id=pk,
                email=email,
                name=name,
                language=language,
                country=country,
                due_at=moments[country],
            )
            for pk, email, name, language, country in outlook.people
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    campaign.state, campaign.started_by, campaign.started_at = OwnState.SENDING, by, now
    campaign.people = len(outlook.people)
    campaign.save(update_fields=["state", "started_by", "started_at", "people"])
    _start_sending(campaign)
    return campaign


def stop(campaign: PartnerCampaign, *, by: Membership) -> int:
    """Nothing more of it goes; returns how many have not been sent."""
    _must_send(by)
    return stop_own(campaign, "stopped")


def _start_sending(campaign: PartnerCampaign) -> None:
    """After commit, set a worker on what is due. When the broker is away, the sweep does it later."""
    from campaigns.tasks.partner_campaigns import start_own_chain

    transaction.on_commit(partial(start_own_chain, campaign.manufacturer_id, campaign.partner_id), robust=True)


# --- What comes back, in the partner's scope --------------------------------------------------------------------------


@transaction.atomic
def note(message_pk: int, what: str, *, answer: str = "") -> bool:
    """Something came back from a customer: "opened", "clicked", "answered" or "unsubscribed"; the first of each counts."""
    message = OwnMessage.objects.filter(pk=message_pk).first()
    if message is None:
        return False
    rows = OwnMessage.objects.filter(pk=message_pk)
    values: dict[str, Any] = {f"{what}_at": timezone.now()}
    if what == "answered":
        rows.exclude(answered_at=None).update(answer=answer)
        values["answer"] = answer
    if what == "unsubscribed":
        suppress_own(message.partner_id, message.email, OwnSuppression.Reason.UNSUBSCRIBED)
        waiting = OwnMessage.objects.filter(email=message.email, state=MessageState.WAITING)
        waiting.update(state=MessageState.REFUSED, error="suppressed")
    if rows.filter(**{f"{what}_at": None}).update(**values):
        PartnerCampaign.objects.filter(pk=message.campaign_id).update(**{what: F(what) + 1})
    return True
