"""Everything read about the people of partners."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min, Q, QuerySet, Sum

from pages.weeks import monday_of
from partners.first_orders import first_orders
from partners.grades import Rise, rises_since
from partners.models import (
    Agreement,
    ConsentChannel,
    Contact,
    ContactConsent,
    ContactInsight,
    Favour,
    FavourState,
    Greeting,
    Holiday,
    Occasion,
    Partner,
    PeopleSettings,
    Stage,
)
from partners.models.people import COUNTED_FAVOURS, OF_THE_COMPANY, in_year
from partners.refused_mail import refused_among
from tenancy.models import Membership
from tenancy.rights import Right

DAYS_SHOWN = 14
"""This week and the next."""
LISTED = (
    "name", "latin_name", "position", "department", "role", "is_primary", "email", "phone", "mobile", "language",
    "birthday", "joined_on", "left_on", "membership_id", "partner__name", "partner__local_name", "partner__code",
)  # fmt: skip


def contacts_for(member: Membership) -> QuerySet[Contact]:
    """The people this member may see: for staff those of the partners they see, for a partner its own."""
    contacts = Contact.objects.all()
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        return contacts.filter(partner__channel_manager=member)
    return contacts


def contact_rows(member: Membership) -> QuerySet[Contact]:
    """People with what a list shows of them."""
    return contacts_for(member).select_related("partner").only(*LISTED)


def contacts_of(partner: Partner) -> QuerySet[Contact]:
    """A partner's people: first the one to ask first, those who have left last."""
    return Contact.objects.filter(partner=partner).order_by("left_on", "-is_primary", "name", "pk")


def current_contacts(partner_id: int) -> QuerySet[Contact]:
    """Those who are at the partner now."""
    return Contact.objects.filter(partner_id=partner_id, left_on=None).order_by("-is_primary", "name", "pk")


def contacts_matching(contacts: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """Those whose name, in either writing, or address holds the text."""
    return contacts.filter(Q(name__icontains=text) | Q(latin_name__icontains=text) | Q(email__icontains=text))


def insight_of(contact: Contact) -> ContactInsight:
    """What staff know of a person; nothing yet is an empty one."""
    return ContactInsight.objects.filter(contact=contact).first() or ContactInsight(contact=contact)


@dataclass(frozen=True)
class ChannelConsent:
    """A channel, and whether the person may be sent something by it."""

    channel: str
    label: str
    consent: ContactConsent | None

    @property
    def is_given(self) -> bool:
        return self.consent is not None and self.consent.withdrawn_on is None


def consents_of(contact: Contact) -> list[ChannelConsent]:
    """Each channel with what was said of it last. One query."""
    latest: dict[str, ContactConsent] = {}
    for consent in ContactConsent.objects.filter(contact=contact).order_by("pk"):
        latest[consent.channel] = consent
    return [ChannelConsent(channel, str(channel.label), latest.get(channel)) for channel in ConsentChannel]


def people_settings() -> PeopleSettings:
    """The manufacturer's limits; without any said, none."""
    return PeopleSettings.objects.first() or PeopleSettings()


def given_in(contact: Contact, year: int) -> Decimal:
    """What a person was given in a calendar year, in the base currency; what is not approved does not count."""
    days = (dt.date(year, 1, 1), dt.date(year, 12, 31))
    given = Favour.objects.filter(contact=contact, given_on__range=days, state__in=COUNTED_FAVOURS)
    found = given.aggregate(total=Sum("value"))["total"]
    return found or Decimal(0)


@dataclass(frozen=True)
class FavourBalance:
    """What a person was given this year, beside what is allowed."""

    year: int
    total: Decimal
    limits: PeopleSettings

    @property
    def limit(self) -> Decimal | None:
        return self.limits.yearly_limit

    @property
    def is_reached(self) -> bool:
        return self.limit is not None and self.total >= self.limit

    @property
    def is_near(self) -> bool:
        return self.limit is not None and self.total * 100 >= self.limit * self.limits.warn_percent


def favour_balance(contact: Contact, today: dt.date) -> FavourBalance:
    """How much of the year's limit is used."""
    return FavourBalance(today.year, given_in(contact, today.year), people_settings())


def favours_of(contact: Contact) -> QuerySet[Favour]:
    """What a person was given, newest first."""
    return Favour.objects.filter(contact=contact).select_related("by").order_by("-given_on", "-pk")


def favour_rows(member: Membership) -> QuerySet[Favour]:
    """What was given to the people this member may see, with what a list shows of it."""
    return Favour.objects.filter(contact__in=contacts_for(member)).select_related("contact__partner", "by")


@dataclass(frozen=True)
class FavourYear:
    """What was given in a calendar year: how much, to how many, and to how many beyond the limit."""

    year: int
    total: Decimal
    people: int
    beyond: int
    waiting: int


def favours_in(member: Membership, year: int) -> FavourYear:
    """A calendar year of gifts, visits and hospitality. Two queries."""
    rows = favour_rows(member).filter(given_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31))).order_by()
    limit = people_settings().yearly_limit
    given = [
        total
        for _contact, total in rows.filter(state__in=COUNTED_FAVOURS)
        .values_list("contact")
        .annotate(total=Sum("value"))
    ]
    waiting = rows.filter(state=FavourState.WAITING).count()
    beyond = sum(1 for total in given if limit is not None and total > limit)
    return FavourYear(year, sum(given, Decimal(0)), len(given), beyond, waiting)


@dataclass(frozen=True)
class SpecialDay:
    """Somebody's birthday or work anniversary in the days ahead, or the day on which their company's grade rose."""

    contact: Contact
    occasion: Occasion
    day: dt.date
    years: int
    greeting: Greeting | None
    may_mail: bool
    grade: str = ""


def special_days(
    member: Membership, today: dt.date, *, looked_after_by: Membership | None = None, with_rises: bool = False
) -> list[SpecialDay]:
    """Birthdays and work anniversaries of this week and the next, of the people this member sees, or looks after.
    Nobody of a partner that has ended.

    Four queries. Who was born on 29 February has their day on the 28th where a year has none. With rises, five more
    at most: who is first to ask at partners whose grade rose in the two weeks before today, and at those whose contract or
    first order has its anniversary.
    """
    monday = monday_of(today)
    ahead = [monday + dt.timedelta(days=number) for number in range(DAYS_SHOWN)]
    by_code: dict[int, dt.date] = {}
    for day in ahead:
        by_code[in_year(day)] = day
        if in_year(day) == 228 and (day + dt.timedelta(days=1)).day == 1:
            by_code[229] = day
    seen = contacts_for(member).filter(left_on=None).exclude(partner__stage=Stage.ENDED).select_related("partner")
    if looked_after_by is not None:
        seen = seen.filter(partner__channel_manager=looked_after_by)
    found = seen.filter(Q(birthday_in_year__in=list(by_code)) | Q(joined_in_year__in=list(by_code)))
    dated: list[tuple[Contact, Occasion, dt.date, int, str]] = []
    for contact in found:
        for occasion, first in ((Occasion.BIRTHDAY, contact.birthday), (Occasion.ANNIVERSARY, contact.joined_on)):
            falls_on = by_code.get(in_year(first)) if first else None
            if first and falls_on and falls_on.year > first.year:
                dated.append((contact, occasion, falls_on, falls_on.year - first.year, ""))
    if with_rises:
        dated += [
            (contact, occasion, by_code[in_year(first)], by_code[in_year(first)].year - first.year, "")
            for occasion, contact, first in _days_of_companies(seen, by_code)
        ]
        rises = rises_since(today - dt.timedelta(days=DAYS_SHOWN))
        for contact in seen.filter(partner__in=list(rises), is_primary=True):
            rise = rises[contact.partner_id]
            dated.append((contact, Occasion.PROMOTION, rise.day, 0, rise.grade))
    people = {contact.pk for contact, *_rest in dated}
    greetings = {
        (greeting.contact_id, greeting.occasion, greeting.day or greeting.year): greeting
        for greeting in Greeting.objects.filter(contact__in=people, year__gte=monday.year - 1)
    }
    mailable = set(
        ContactConsent.objects.filter(contact__in=people, channel=ConsentChannel.EMAIL, withdrawn_on=None).values_list(
            "contact_id", flat=True
        )
    )
    refused = refused_among([contact.email for contact, *_rest in dated if contact.pk in mailable])
    return sorted(
        (
            SpecialDay(
                contact,
                occasion,
                day,
                years,
                greetings.get((contact.pk, occasion, day if occasion == Occasion.PROMOTION else day.year)),
                may_mail=contact.pk in mailable and contact.email.strip().lower() not in refused | {""},
                grade=grade,
            )
            for contact, occasion, day, years, grade in dated
        ),
        key=lambda special: (special.day, special.contact.name, special.occasion),
    )


def special_day_of(contact: Contact, occasion: str, today: dt.date) -> tuple[dt.date, int] | None:
    """The person's day nearest to today, up to two weeks past or ahead, and how many years it is."""
    if occasion == Occasion.PROMOTION:
        rise = rise_of(contact, today)
        return (rise.day, 0) if rise else None
    if occasion in OF_THE_COMPANY:
        first = first_days(occasion, [contact.partner_id]).get(contact.partner_id) if contact.is_primary else None
    else:
        first = contact.birthday if occasion == Occasion.BIRTHDAY else contact.joined_on
    if first is None:
        return None
    days = [day for year in (today.year - 1, today.year, today.year + 1) if (day := day_in(first, year)) > first]
    near = [day for day in days if abs((day - today).days) <= DAYS_SHOWN]
    return (near[0], near[0].year - first.year) if near else None


def first_days(occasion: str, partner_ids: Collection[int] | None = None) -> dict[int, dt.date]:
    """Since when each partner has had a contract, or has bought; of these partners or of all."""
    if occasion == Occasion.FIRST_ORDER:
        return first_orders(partner_ids)
    lasting = Agreement.objects.filter(accepted_at__isnull=False)
    if partner_ids is not None:
        lasting = lasting.filter(partner__in=partner_ids)
    rows = lasting.order_by().values("partner").annotate(first=Min("starts_on"))
    return {row["partner"]: row["first"] for row in rows}


def _days_of_companies(seen: QuerySet[Contact], by_code: dict[int, dt.date]) -> list[tuple[Occasion, Contact, dt.date]]:
    """The first contacts of companies whose contract or first order has its day in these days."""
    near = {
        (occasion, partner): first
        for occasion in OF_THE_COMPANY
        for partner, first in first_days(occasion).items()
        if (day := by_code.get(in_year(first))) and day.year > first.year
    }
    contacts = seen.filter(partner__in={partner for _occasion, partner in near}, is_primary=True) if near else []
    return [
        (occasion, contact, near[occasion, contact.partner_id])
        for contact in contacts
        for occasion in OF_THE_COMPANY
        if (occasion, contact.partner_id) in near
    ]


def resting_on(contact: Contact, day: dt.date) -> Holiday | None:
    """The holiday of the person's country on a day: no greeting goes out then."""
    return (
        Holiday.objects.filter(country=contact.partner.country, date=day).first() if contact.partner.country else None
    )


def rise_of(contact: Contact, today: dt.date) -> Rise | None:
    """How the grade of the person's partner rose in the last two weeks."""
    return rises_since(today - dt.timedelta(days=DAYS_SHOWN), [contact.partner_id]).get(contact.partner_id)


def greetings_of(contact: Contact, occasion: str, day: dt.date) -> QuerySet[Greeting]:
    """The congratulation of a person for an occasion that falls on a day, if there is one."""
    greetings = Greeting.objects.filter(contact=contact, occasion=occasion)
    if occasion == Occasion.PROMOTION:
        return greetings.filter(day=day)
    return greetings.filter(year=day.year, day=None)


def day_in(first: dt.date, year: int) -> dt.date:
    """The day of a year on which something of `first` comes round."""
    try:
        return first.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)


def may_mail(contact: Contact) -> bool:
    """Whether the person is still there, agreed to mail, and has an address that takes it."""
    return (
        contact.left_on is None
        and bool(contact.email)
        and ContactConsent.objects.filter(contact=contact, channel=ConsentChannel.EMAIL, withdrawn_on=None).exists()
        and not refused_among([contact.email])
    )
