import datetime as dt

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from pages import formats
from partners import selectors
from partners.completeness import Missing, completeness_of
from partners.models import StageProposal
from partners.profile import is_stale
from partners.questions import all_questions
from partners.selectors.lifecycle import proposals_for
from partners.selectors.onboarding import journeys_for, next_item, stalled
from partners.selectors.people import special_days
from partners.selectors.recruiting import overdue_prospects, unread_applications
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

DUE_SHOWN = 5
NAMES_SHOWN = 3


@register_waiting(side="staff")
def partners_left_behind(member: Membership) -> list[WaitingItem]:
    """Partners whose channel manager has left."""
    if not member.can(Right.PARTNERS_ASSIGN):
        return []
    return [
        WaitingItem(
            ngettext(
                "%(count)s partner of %(name)s needs another channel manager",
                "%(count)s partners of %(name)s need another channel manager",
                left.looked_after,
            )
            % {"count": formats.number(left.looked_after), "name": left.name},
            _("%(name)s has left; nobody hears what concerns these partners") % {"name": left.name},
            f"{member.url('partners:list')}?manager={left.pk}",
            _("Choose and give them away"),
            count=left.looked_after,
        )
        for left in selectors.managers_who_left()
    ]


@register_waiting(side="portal")
def profile_to_look_after(member: Membership) -> list[WaitingItem]:
    """A partner's own profile: to be confirmed after a year, else to be filled in further."""
    if member.partner is None or not member.can(Right.PORTAL_PROFILE_EDIT):
        return []
    completeness = completeness_of(member.partner, all_questions())
    needed = [field for field in completeness.needed if field.partner_edits]
    items = [_needed_item(member, needed)] if needed else []
    ask = selectors.open_ask(member.partner.pk)
    if ask is not None:
        return [
            WaitingItem(
                _("Confirm what is old in your profile"),
                ngettext("%(count)s field", "%(count)s fields", len(ask.fields)) % {"count": len(ask.fields)},
                member.url("partners_portal:confirm_fields"),
                _("Go through it"),
                due=dt.datetime.combine(ask.round.due_on, dt.time.max, tzinfo=timezone.get_current_timezone()),
                count=len(ask.fields),
            ),
            *items,
        ]
    if is_stale(member.partner):
        return [
            WaitingItem(
                _("Confirm your profile"),
                _("Nobody has said within a year that it is still right"),
                member.url("partners_portal:profile"),
                _("Go through it"),
            ),
            *items,
        ]
    if items or not (missing := [field for field in completeness.missing if field.partner_edits]):
        return items
    return [
        WaitingItem(
            _("Complete your profile"),
            _("%(percent)s so far · next: %(field)s")
            % {"percent": formats.percent(completeness.percent, 0), "field": missing[0].label},
            member.url("partners_portal:profile_edit"),
            _("Fill it in"),
        )
    ]


def _needed_item(member: Membership, needed: list[Missing]) -> WaitingItem:
    """What a partner at its stage has to tell and has not told."""
    names = ", ".join(field.label for field in needed[:NAMES_SHOWN])
    return WaitingItem(
        ngettext(
            "%(count)s answer about your company is needed",
            "%(count)s answers about your company are needed",
            len(needed),
        )
        % {"count": formats.number(len(needed))},
        names if len(needed) <= NAMES_SHOWN else _("%(names)s and others") % {"names": names},
        f"{member.url('partners_portal:profile_edit')}#id_{needed[0].name}",
        _("Fill it in"),
        count=len(needed),
    )


@register_waiting(side="staff")
def recruiting_to_do(member: Membership) -> list[WaitingItem]:
    """Applications that nobody has taken up, and one's own prospects whose next step is due."""
    if not member.can(Right.RECRUITING) or not member.has_function("recruiting"):
        return []
    items = []
    if new := unread_applications().count():
        items.append(
            WaitingItem(
                ngettext("%(count)s new application", "%(count)s new applications", new)
                % {"count": formats.number(new)},
                _("Nobody is responsible for it yet"),
                f"{member.url('partners:prospects')}?stage=applied&owner=none",
                _("Look at them"),
                count=new,
            )
        )
    items += [
        WaitingItem(
            prospect.next_step or _("Next step with %(company)s") % {"company": prospect},
            str(prospect),
            member.url("partners:prospect", pk=prospect.pk),
            pgettext("action", "Open"),
            due=due_at(prospect.due_on),
        )
        for prospect in overdue_prospects(member, timezone.localdate())[:DUE_SHOWN]
    ]
    return items


def due_at(day: dt.date | None) -> dt.datetime | None:
    """The end of a day, for what is due on it."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59))) if day else None


@register_waiting(side="staff")
def special_days_ahead(member: Membership) -> list[WaitingItem]:
    """Birthdays and anniversaries of this week and the next, of the people of partners one looks after."""
    if not member.can(Right.CONTACTS_EDIT) or not member.has_function("people"):
        return []
    today = timezone.localdate()
    open_days = [day for day in special_days(member, today, looked_after_by=member) if day.greeting is None]
    if not open_days:
        return []
    names = ", ".join(str(day.contact) for day in open_days[:NAMES_SHOWN])
    return [
        WaitingItem(
            ngettext(
                "%(count)s birthday or anniversary this week and next",
                "%(count)s birthdays and anniversaries this week and next",
                len(open_days),
            )
            % {"count": formats.number(len(open_days))},
            names if len(open_days) <= NAMES_SHOWN else _("%(names)s and others") % {"names": names},
            member.url("partners:special_days"),
            _("Congratulate"),
            count=len(open_days),
        )
    ]


@register_waiting(side="staff")
def stages_to_decide(member: Membership) -> list[WaitingItem]:
    """Partners that rules propose to move."""
    if not member.can(Right.PARTNERS_EDIT):
        return []
    count = proposals_for(member).filter(state=StageProposal.State.OPEN).count()
    if not count:
        return []
    return [
        WaitingItem(
            ngettext("%(count)s partner belongs at another stage", "%(count)s partners belong at another stage", count)
            % {"count": formats.number(count)},
            _("Silent for three times their rhythm, back again, or through with their onboarding"),
            member.url("partners:stage_proposals"),
            _("Decide"),
            count=count,
        )
    ]


@register_waiting(side="staff")
def journeys_that_stand_still(member: Membership) -> list[WaitingItem]:
    """Onboardings in which nothing happens."""
    if not member.can(Right.PARTNERS_EDIT):
        return []
    count = stalled(journeys_for(member), timezone.localdate()).count()
    if not count:
        return []
    return [
        WaitingItem(
            ngettext("%(count)s onboarding stands still", "%(count)s onboardings stand still", count)
            % {"count": formats.number(count)},
            _("No step was done for longer than their journey gives"),
            f"{member.url('partners:journeys')}?needs=stalled",
            _("Remind them"),
            count=count,
        )
    ]


@register_waiting(
    side="portal",
    probe="EXISTS (SELECT FROM partners_journey WHERE partner_id = %(partner)s AND state = 'running')",
)
def next_step_of_journey(member: Membership) -> list[WaitingItem]:
    """A partner's own next step."""
    if member.partner_id is None or not member.can(Right.PORTAL_WORK):
        return []
    item = next_item(member.partner_id)
    if item is None:
        return []
    return [
        WaitingItem(
            str(item.step),
            _("Next step of your onboarding, due on %(day)s") % {"day": formats.date(item.due_on, get_language())},
            member.url("partners_portal:journey"),
            _("Go on"),
        )
    ]
