"""What changes initiatives: their plan, start and end; the partner's steps; what the clock brings; carrying over."""

from campaigns.services.initiatives.carrying import carry_over, drop_proposed
from campaigns.services.initiatives.clock import turn_initiatives
from campaigns.services.initiatives.common import InitiativeError
from campaigns.services.initiatives.life import (
    copy_initiative,
    discard,
    end,
    move_step,
    remove_step,
    save_initiative,
    save_step,
    start,
)
from campaigns.services.initiatives.telling import remind
from campaigns.services.initiatives.work import (
    add_file,
    begin,
    decline,
    drop_file,
    finish,
    mark_seen,
    reopen,
    take_part,
)

__all__ = [
    "InitiativeError",
    "add_file",
    "begin",
    "carry_over",
    "copy_initiative",
    "decline",
    "discard",
    "drop_file",
    "drop_proposed",
    "end",
    "finish",
    "mark_seen",
    "move_step",
    "remind",
    "remove_step",
    "reopen",
    "save_initiative",
    "save_step",
    "start",
    "take_part",
    "turn_initiatives",
]
