"""Lists of question banks and of their questions."""

from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages import formats
from pages.tables import (
    Cell,
    ChoiceColumn,
    LeanColumn,
    LeanTable,
    MomentColumn,
    NumberColumn,
    PercentColumn,
    TextColumn,
    link_pattern,
)
from partners.tables.partners import ANY_PK
from training.item_statistics import Hint
from training.models import QuestionKind

USE = [(False, _("In use")), (True, _("Retired"))]
HINTS: dict[str, Any] = {
    Hint.TOO_FEW: _("Too few answers yet"),
    Hint.EASY: _("Too easy"),
    Hint.HARD: _("Very hard"),
    Hint.WEAK: _("Tells little"),
    Hint.REVERSED: _("Better learners get it wrong"),
    Hint.DEAD_OPTION: _("An answer nobody chooses"),
    Hint.DRAWS_THE_BEST: _("A wrong answer draws the best"),
}
GRAVE = (Hint.REVERSED, Hint.DRAWS_THE_BEST)


class BankTable(LeanTable):
    name = TextColumn(verbose_name=_("Question bank"))
    counted = NumberColumn(decimals=0, verbose_name=pgettext_lazy("of a quiz", "Questions"))
    owner = TextColumn(accessor="owner__name", verbose_name=_("Trainer"), minor=True)
    is_retired = ChoiceColumn(choices=USE, verbose_name=_("State"))
    created_at = MomentColumn(verbose_name=_("Created"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:bank", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)


class HintsColumn(LeanColumn):
    """What makes a question worth looking at, in words."""

    def prepare(self, table: LeanTable) -> Cell:
        words = {key: escape(str(label)) for key, label in HINTS.items()}

        def cell(value: Any, _record: Any) -> str:
            if not value:
                return formats.NOTHING
            if value == (Hint.TOO_FEW,):
                return f'<span class="muted">{words[Hint.TOO_FEW]}</span>'
            return " ".join(
                f'<span class="state state-{"bad" if hint in GRAVE else "warn"}">{words[hint]}</span>' for hint in value
            )

        return cell


class QuestionTable(LeanTable):
    written = TextColumn(verbose_name=pgettext_lazy("of a quiz", "Question"), cut=True)
    kind = ChoiceColumn(choices=QuestionKind, verbose_name=pgettext_lazy("of question", "Kind"))
    tag_words = TextColumn(verbose_name=_("Tags"), minor=True)
    difficulty = NumberColumn(decimals=0, verbose_name=pgettext_lazy("of a question, as its writer says", "Difficulty"))
    answers = NumberColumn(decimals=0, verbose_name=pgettext_lazy("count", "Answers"))
    reached = PercentColumn(verbose_name=_("Points reached"))
    discrimination = NumberColumn(decimals=2, verbose_name=_("Discrimination"))
    hints = HintsColumn(verbose_name=_("Worth a look"))
    is_retired = ChoiceColumn(choices=USE, verbose_name=_("State"))
    updated_at = MomentColumn(verbose_name=_("Changed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address_of = link_pattern(self.member.url("training:question", pk=ANY_PK), ANY_PK)

    def row_url(self, record: Any) -> str:
        return self.address_of(record.pk)
