"""The cards on the board of opportunities, written without templates: a board has some eighty."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.middleware.csrf import get_token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leads.models import Opportunity, PipelineStage
from pages import formats
from pages.markup import escaped, icon
from pages.tables import link_pattern

ANY_PK = 987654321


class CardWriter:
    """Writes cards: what each needs of language, addresses and stages is looked up once. Every value is escaped.

    `can_work` lets a card be moved: dragged, or by its menu.
    """

    def __init__(
        self, request: Any, *, stages: Sequence[PipelineStage], today: dt.date, list_query: str, can_work: bool
    ) -> None:
        member = request.member
        self.is_staff, self.can_work, self.today = member.is_staff, can_work, today
        self.currency, self.language = member.manufacturer.currency, get_language()
        page = "leads:opportunity" if member.is_staff else "leads_portal:opportunity"
        self.address_of = link_pattern(member.url(page, pk=ANY_PK), ANY_PK)
        overdue, unplanned, still = (
            escaped(words) for words in (_("overdue"), _("Nothing is planned next"), _("Stands still"))
        )
        self.overdue = f" ({overdue})"
        self.unplanned = f'<p class="row-detail is-worse">{unplanned}</p>'
        self.still = f'<p class="row-detail"><span class="state state-warn">{still}</span></p>'
        if can_work:
            self.menu_of = self._menus(request, stages, list_query)

    def cards(self, opportunities: Sequence[Opportunity]) -> SafeString:
        """The cards of a column as items of its list."""
        return mark_safe("".join([f"<li>{self._card(each)}</li>" for each in opportunities]))  # noqa: S308 - escaped below

    def _card(self, card: Opportunity) -> str:
        is_open = card.is_open
        amount = card.amount_base if is_open else card.won_amount_base
        whose = card.partner if self.is_staff else card.customer
        drag = f' draggable="true" data-card="{card.pk}" data-stage="{card.stage_id}"' if self.can_work else ""
        return (
            f'<article class="board-card{" is-stalled" if card.stalled_at else ""}"{drag}>'
            f'<div class="board-card-head"><a class="board-card-title" href="{escaped(self.address_of(card.pk))}">'
            f'{escaped(str(card))}</a> <span class="board-score">'
            f"{escaped(formats.money_short(amount, self.currency, self.language))}</span></div>"
            f'<p class="row-detail">{"" if whose is None else escaped(str(whose))}'
            f"{f' · {escaped(card.rep.name)}' if card.rep else ''}</p>"
            f"{self._next(card) if is_open else ''}</article>"
        )

    def _next(self, card: Opportunity) -> str:
        """What comes next at one that is open."""
        due = card.next_step_on
        if card.next_step or due:
            is_late = due is not None and due < self.today
            when = f" · {escaped(formats.day(due, self.language))}{self.overdue if is_late else ''}" if due else ""
            planned = f'<p class="row-detail{" is-worse" if is_late else ""}">{escaped(card.next_step)}{when}</p>'
        else:
            planned = self.unplanned
        return planned + (self.still if card.stalled_at else "") + (self.menu_of(card) if self.can_work else "")

    def _menus(self, request: Any, stages: Sequence[PipelineStage], list_query: str) -> Callable[[Opportunity], str]:
        """Moves by keyboard, for who does not drag: to every stage but its own."""
        action_of = link_pattern(request.member.url("leads_portal:opportunity_move", pk=ANY_PK), ANY_PK)
        hidden = (
            f'<input type="hidden" name="csrfmiddlewaretoken" value="{escaped(get_token(request))}">'
            f'<input type="hidden" name="board" value="?{escaped(list_query)}">'
        )
        move, aim, down = escaped(_("Move")), _("Move %(name)s"), icon("down", 16)
        item = '<li><button class="menu-link" type="submit" name="stage" value="{}">{}</button></li>'
        choices = [(stage.pk, item.format(stage.pk, escaped(str(stage)))) for stage in stages]
        menus = {stage.pk: "".join([choice for pk, choice in choices if pk != stage.pk]) for stage in stages}

        def menu(card: Opportunity) -> str:
            return (
                f'<details class="menu menu-start board-move"><summary class="btn btn-sm"'
                f' aria-label="{escaped(aim % {"name": card.name})}">{move}{down}</summary>'
                f'<form class="menu-panel" method="post" action="{escaped(action_of(card.pk))}">{hidden}'
                f'<input type="hidden" name="seen" value="{card.stage_id}">'
                f'<ul class="menu-list">{menus[card.stage_id]}</ul></form></details>'
            )

        return menu
