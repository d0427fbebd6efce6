"""A mailing from its start to its end: everything that staff do with it."""

import datetime as dt
from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.country_rules import missing_for
from campaigns.mails import mail_of, sender_of
from campaigns.message_sql import QUEUE, facts_asked
from campaigns.models import (
    MAILINGS_UNDER_WAY,
    Arm,
    Campaign,
    CampaignChannel,
    CampaignContent,
    CampaignState,
    Mailing,
    MailingState,
    Message,
    MessageState,
    Recipient,
)
from campaigns.refusals import sentence_of
from campaigns.texts import Person, Words, problems_of
from campaigns.writing import Writer, text_of
from tenancy.errors import DomainError
from tenancy.joins import set_joins
from tenancy.models import Membership
from tenancy.rights import Right

COUNTED_FROM = 1000
"""A mailing to so many makes the database count its tables at once: workers begin sooner than it would look by itself."""
ARMS = {
    Mailing.Kind.PILOT: [Arm.PILOT],
    Mailing.Kind.ROLLOUT: [Arm.REST],
    Mailing.Kind.REMINDER: [Arm.PILOT, Arm.REST],
}
WHEN = {
    Mailing.Kind.PILOT: {CampaignState.PILOT},
    Mailing.Kind.ROLLOUT: {CampaignState.ROLLOUT},
    Mailing.Kind.REMINDER: {CampaignState.ROLLOUT, CampaignState.MEASURING},
}
"""In which states of a campaign which part of its readers is written to."""
SETTING_NAMES = {
    "sender_name": gettext_lazy("the sender's name"),
    "postal_address": gettext_lazy("the postal address"),
    "reply_to": gettext_lazy("the address for answers"),
    "free_phone": gettext_lazy("the free number to opt out"),
}


class SendingError(DomainError):
    """A mailing that cannot be started or changed so."""


@transaction.atomic
def start_mailing(campaign: Campaign, kind: str, by: Membership, *, starts_at: dt.datetime | None = None) -> Mailing:
    """Queue a message for each reader of that part, in one statement, and set workers on them.

    Refused with every reason at once. The same part is mailed once; readers who have not answered can be reminded again.
    """
    if not by.can(Right.CAMPAIGNS_SEND):
        raise SendingError(_("Your role does not allow sending campaigns."))
    campaign = (
        Campaign.objects.select_for_update(no_key=True, of=("self",))
        .select_related("manufacturer", "product")
        .get(pk=campaign.pk)
    )
    if campaign.state not in WHEN[Mailing.Kind(kind)]:
        raise SendingError(
            _("This campaign is at “%(state)s”: that part of its readers is not written to now.")
            % {"state": campaign.get_state_display()}
        )
    if kind != Mailing.Kind.REMINDER and Mailing.objects.filter(campaign=campaign, kind=kind).exists():
        raise SendingError(_("This part of the readers has been written to already."))
    if campaign.mailings.filter(state__in=MAILINGS_UNDER_WAY).exists():
        raise SendingError(_("Another mailing of this campaign is still under way."))
    if reasons := reasons_against(campaign, ARMS[Mailing.Kind(kind)]):
        raise SendingError(" ".join(reasons))
    mailing = Mailing.objects.create(
        campaign=campaign,
        kind=kind,
        state=MailingState.SENDING,
        starts_at=max(starts_at or timezone.now(), timezone.now()),
        started_by=by,
    )
    queued = _queue_messages(mailing)
    if not queued:
        raise SendingError(_("There is nobody to write to."))
    start_sending(campaign.manufacturer_id)
    return mailing


def readers_of(campaign: Campaign, kind: str) -> QuerySet[Recipient]:
    """The readers of a part."""
    return Recipient.objects.filter(campaign=campaign, left_out="", arm__in=ARMS[Mailing.Kind(kind)])


def reasons_against(campaign: Campaign, arms: list[Arm]) -> list[str]:
    """What keeps a campaign from being sent to those parts of its readers, as sentences; empty when nothing does."""
    readers = Recipient.objects.filter(campaign=campaign, left_out="", arm__in=arms)
    spoken = set(readers.values_list("variant", "language", "country").distinct())
    if not spoken:
        return [_("There is nobody to write to.")]
    writer = Writer(campaign)
    reasons = []
    lacking = sorted(
        {language for variant, language, country in spoken if not writer.has_text(variant, language, country)}
    )
    if lacking:
        reasons.append(_("There is no text in: %(languages)s.") % {"languages": ", ".join(lacking)})
    for content in writer.contents.values():
        problems = problems_of(text_of(content))
        if writer.why_not(content.variant_id, content.language, content.country) == "no_template":
            problems.append(sentence_of("no_template"))
        reasons += [f"{content.variant.label}/{content.language}: {problem}" for problem in problems]
    if campaign.is_advertising:
        reasons += missing_settings(campaign, {country for _variant, _language, country in spoken}, writer)
    return list(dict.fromkeys(reasons))


def missing_settings(campaign: Campaign, countries: set[str], writer: Writer) -> list[str]:
    """What the laws of the readers' countries ask the sender to say and the settings do not."""
    chosen = writer.settings
    name, address = sender_of(chosen, campaign.manufacturer)
    told = {
        "sender_name": name,
        "postal_address": chosen.postal_address,
        "reply_to": chosen.reply_to or chosen.sender_email or address,
        "free_phone": chosen.free_phone,
    }
    asked: dict[str, list[str]] = {}
    for country in sorted(countries):
        for setting in missing_for(country, campaign.channel, told):
            asked.setdefault(setting, []).append(country or "–")
    return [
        _("The rules on advertising in %(countries)s ask for %(what)s: enter it in the settings of campaigns.")
        % {"countries": ", ".join(of), "what": SETTING_NAMES[setting]}
        for setting, of in asked.items()
    ]


def pause(mailing: Mailing, *, by: Membership) -> None:
    """No further message goes until it is resumed; the one under way still does."""
    _change(mailing, by, {MailingState.SENDING}, MailingState.PAUSED, _("Only a mailing under way can be paused."))


def resume(mailing: Mailing, *, by: Membership) -> None:
    """Go on where it was paused."""
    _change(mailing, by, {MailingState.PAUSED}, MailingState.SENDING, _("Only a paused mailing can be resumed."))
    start_sending(mailing.manufacturer_id)


@transaction.atomic
def stop(mailing: Mailing, *, by: Membership) -> int:
    """Nothing more goes, for good; returns how many have not been sent."""
    _change(
        mailing,
        by,
        MAILINGS_UNDER_WAY,
        MailingState.STOPPED,
        _("This mailing has ended already."),
    )
    return Message.objects.filter(mailing=mailing, state=MessageState.WAITING).update(
        state=MessageState.REFUSED, error="stopped"
    )


@transaction.atomic
def stop_all(campaign: Campaign) -> int:
    """The campaign goes no further: what has not been sent is not; returns how many."""
    open_ones = campaign.mailings.filter(state__in=MAILINGS_UNDER_WAY)
    ids = list(open_ones.select_for_update(no_key=True).values_list("pk", flat=True))
    campaign.mailings.filter(pk__in=ids).update(state=MailingState.STOPPED, ended_at=timezone.now())
    return Message.objects.filter(mailing__in=ids, state=MessageState.WAITING).update(
        state=MessageState.REFUSED, error="stopped"
    )


@transaction.atomic
def _change(mailing: Mailing, by: Membership, before: Collection[str], after: str, otherwise: str) -> None:
    if not by.can(Right.CAMPAIGNS_SEND):
        raise SendingError(_("Your role does not allow sending campaigns."))
    ended = {"ended_at": timezone.now()} if after == MailingState.STOPPED else {}
    if not Mailing.objects.filter(pk=mailing.pk, state__in=before).update(state=after, **ended):
        raise SendingError(otherwise)
    mailing.refresh_from_db(fields=["state", "ended_at"])


def start_sending(manufacturer_id: int) -> None:
    """After commit, set workers on what is due. When the broker is away, the sweep does it later."""
    from campaigns.tasks import sending as tasks

    transaction.on_commit(partial(tasks.start_chains, manufacturer_id), robust=True)


def _queue_messages(mailing: Mailing) -> int:
    asked = facts_asked(mailing) | {
        "arms": [str(arm) for arm in ARMS[Mailing.Kind(mailing.kind)]],
        "is_reminder": mailing.kind == Mailing.Kind.REMINDER,
        "starts_at": mailing.starts_at,
    }
    with set_joins() as cursor:
        cursor.execute(QUEUE, asked)
        queued = int(cursor.rowcount)
        if queued >= COUNTED_FROM:
            cursor.execute("SELECT campaigns_count_mailings()")
    return queued


# --- Before it goes out -----------------------------------------------------------------------------------------------


def words_for(content: CampaignContent, *, country: str, person: Person) -> Words:
    """A content as somebody in a country would get it: nothing in it is counted, and its buttons lead nowhere."""
    campaign = content.variant.campaign
    return Writer(campaign).compiled(content, country or content.country).render(person, None)


def send_test(content: CampaignContent, *, to: str, person: Person, country: str, by: Membership) -> None:
    """Mail a content to an address of one's own house, marked as a test; the error of the mail server is told."""
    if not by.can(Right.CAMPAIGNS_EDIT):
        raise SendingError(_("Your role does not allow test mails."))
    campaign = content.variant.campaign
    writer = Writer(campaign)
    words = writer.compiled(content, country or content.country).render(person, None)
    with translation.override(by.language):
        subject = _("[Test] %(subject)s") % {"subject": words.subject}
    mail = mail_of(
        Words(subject, words.html, words.text),
        manufacturer=campaign.manufacturer_id,
        key=f"test-{content.pk}-{timezone.now():%Y%m%d%H%M%S%f}",
        to=(by.name if to == by.email else "", to),
        sender=sender_of(writer.settings, campaign.manufacturer),
        reply_to=writer.settings.reply_to,
    )
    try:
        mail.send()
    except (OSError, ValueError) as error:
        raise SendingError(_("The mail server did not take it: %(error)s") % {"error": error}) from error


def is_by_workers(campaign: Campaign) -> bool:
    """Whether workers send it, rather than staff with lists and letters."""
    return campaign.channel not in (CampaignChannel.POST, CampaignChannel.FAX)
