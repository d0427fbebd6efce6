"""Learning programmes that people of a partner have finished, on its timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right
from training.functions import TRAINING
from training.models import PersonState, ProgrammePerson


def finished(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Who has finished which programme."""
    rows = ProgrammePerson.objects.filter(partner=partner_id, state=PersonState.DONE).select_related(
        "programme", "member"
    )
    return [
        Entry(
            at=row.ended_at,
            key=row.pk,
            title=_("%(name)s has finished the learning programme “%(programme)s”")
            % {"name": row.member.name, "programme": row.programme},
            text="",
            url_name="training:programme_person",
            url_kwargs={"pk": row.pk},
        )
        for row in newest(rows, before, limit, at="ended_at")
        if row.ended_at is not None
    ]


register_timeline(
    TimelineSource(
        "programmes",
        gettext_lazy("Learning programmes"),
        "award",
        Right.TRAINING_VIEW,
        finished,
        function=TRAINING.key,
        of=ProgrammePerson,
    )
)
