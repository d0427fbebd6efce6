"""What is wrong with a sequence while it is being written, each with its step."""

from dataclasses import dataclass

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from campaigns.events import known_event
from campaigns.models import (
    BranchTest,
    CampaignContent,
    SequenceStep,
    SequenceVersion,
    StepKind,
)
from campaigns.models.sequences import SPOKEN
from campaigns.services.sending import missing_settings
from campaigns.texts import Text, holes_in
from campaigns.texts import problems_of as problems_of_text
from campaigns.writing import Writer
from partners.selectors.audiences import BrokenAudienceError, audience_partners
from partners.selectors.partners import partners_for
from tenancy.translation import translated


@dataclass(frozen=True)
class Problem:
    """A sentence that says what is wrong, and of which step; 0: of the whole."""

    step: int
    text: str


def problems_of(version: SequenceVersion) -> list[Problem]:
    """All that keeps a version from being put in force; empty when nothing does."""
    steps = list(version.steps.select_related("audience", "target").order_by("position", "pk"))
    found = _of_the_whole(version, steps)
    texts = texts_of(steps)
    languages = version.sequence.manufacturer.languages
    reached = reachable(steps)
    for place, step in enumerate(steps):
        said = [
            *_of_texts(step, texts.get(step.carrier_id or 0, {}), languages),
            *_of_task(step, languages),
            *_of_branch(version, steps, place),
        ]
        if step.pk not in reached:
            said.append(_("No way leads here: everybody has left before."))
        found += [
            Problem(step.pk, _("Step %(place)s: %(problem)s") % {"place": step.position, "problem": text})
            for text in said
        ]
    return found


def texts_of(steps: list[SequenceStep]) -> dict[int, dict[str, CampaignContent]]:
    """What steps say: by carrier, then by language. One query."""
    carriers = [step.carrier_id for step in steps if step.carrier_id]
    found: dict[int, dict[str, CampaignContent]] = {}
    for content in CampaignContent.objects.filter(variant__campaign__in=carriers).select_related("variant"):
        found.setdefault(content.variant.campaign_id, {})[content.language] = content
    return found


def reachable(steps: list[SequenceStep]) -> set[int]:
    """The steps that a way leads to."""
    by_pk = {step.pk: place for place, step in enumerate(steps)}
    open_places, seen = [0] if steps else [], set()
    while open_places:
        place = open_places.pop()
        if place >= len(steps) or place in seen:
            continue
        seen.add(place)
        step = steps[place]
        if step.kind != StepKind.END:
            open_places.append(place + 1)
        if step.kind == StepKind.BRANCH and step.target_id in by_pk:
            open_places.append(by_pk[step.target_id])
    return {steps[place].pk for place in seen}


def _of_the_whole(version: SequenceVersion, steps: list[SequenceStep]) -> list[Problem]:
    said = []
    event = known_event(version.event)
    if event is None:
        said.append(_("Choose what begins it."))
    elif event.days is not None and not version.event_days:
        said.append(_("Say how many days “%(event)s” means.") % {"event": event.label})
    if not steps or steps[-1].kind != StepKind.END:
        said.append(_("The last step is no end: put an end behind it."))
    if not any(step.kind in (*SPOKEN, StepKind.TASK) for step in steps):
        said.append(_("It does nothing yet: add a message or a task."))
    partners = partners_for(version.sequence.owner)
    if version.audience is not None:
        try:
            partners = audience_partners(version.audience, version.sequence.owner)
        except BrokenAudienceError as error:
            said.append(str(error))
    mails = [step for step in steps if step.kind == StepKind.MESSAGE and step.carrier_id]
    if mails and version.is_advertising:
        carrier = mails[0].carrier
        assert carrier is not None
        countries = set(partners.order_by().values_list("country", flat=True).distinct())
        said += missing_settings(carrier, countries, Writer(carrier))
    return [Problem(0, text) for text in said]


def _of_texts(step: SequenceStep, texts: dict[str, CampaignContent], languages: list[str]) -> list[str]:
    if step.kind not in SPOKEN:
        return []
    lacking = [get_language_info(code)["name_translated"] for code in languages if code not in texts]
    said = [_("There is no text in %(language)s.") % {"language": language} for language in lacking]
    for language, content in sorted(texts.items()):
        text = Text(content.subject, content.body, content.language, content.preheader, tuple(content.answers))
        said += [
            f"{get_language_info(language)['name_translated']}: {problem}"
            for problem in (*problems_of_text(text), *holes_in(text, {}))
        ]
    return said


def _of_task(step: SequenceStep, languages: list[str]) -> list[str]:
    if step.kind == StepKind.TASK and not translated(step.titles):
        return [_("The task does not say what to do.")]
    if step.kind == StepKind.TASK and step.for_partner:
        lacking = [get_language_info(code)["name_translated"] for code in languages if not step.titles.get(code)]
        return [_("There is no text in %(language)s.") % {"language": language} for language in lacking]
    return []


def _of_branch(version: SequenceVersion, steps: list[SequenceStep], place: int) -> list[str]:
    step = steps[place]
    if step.kind != StepKind.BRANCH:
        return []
    said = []
    target = next((at for at, other in enumerate(steps) if other.pk == step.target_id), None)
    if target is None:
        said.append(_("The branch leads nowhere: choose the step at which it goes on."))
    elif target <= place:
        said.append(_("The branch leads back: choose a later step."))
    elif target == place + 1:
        said.append(_("Both ways lead to the next step: choose a later one."))
    if not step.test:
        said.append(_("Say what the branch asks."))
    if step.test == BranchTest.AUDIENCE:
        said += _of_audience(version, step)
    if step.test == BranchTest.ANSWERED and version.stops_on_answer:
        said.append(_("It asks for an answer, but an answer ends the sequence: take one of the two away."))
    if step.test == BranchTest.ORDERED and version.stops_on_order:
        said.append(_("It asks for an order, but an order ends the sequence: take one of the two away."))
    if step.test in (BranchTest.ANSWERED, BranchTest.OPENED):
        spoken = [at for at, other in enumerate(steps[:place]) if other.kind in SPOKEN]
        if not spoken:
            said.append(_("Nothing was sent before: nobody can have opened or answered it."))
        elif not any(other.kind == StepKind.WAIT for other in steps[spoken[-1] : place]):
            said.append(_("It asks in the moment in which the message goes: put a wait between them."))
    return said


def _of_audience(version: SequenceVersion, step: SequenceStep) -> list[str]:
    if step.audience is None:
        return [_("Choose the audience that the branch asks for.")]
    try:
        audience_partners(step.audience, version.sequence.owner)
    except BrokenAudienceError as error:
        return [str(error)]
    return []
