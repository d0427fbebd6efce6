"""How a text of a campaign reads while it is being written: with one of its readers' names, or with examples."""

import re
from dataclasses import dataclass
from html import escape

from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.answers import known_answers
from campaigns.models import Campaign, CampaignContent
from campaigns.texts import BRACED, body_html, holes_in, problems_of
from campaigns.writing import common_fields, text_of
from tenancy.models import Membership


@dataclass(frozen=True)
class Preview:
    """A text filled in, and what is wrong with it."""

    subject: str
    preheader: str
    html: str
    answers: list[tuple[str, str]]
    problems: list[str]


def preview_of(campaign: Campaign, content: CampaignContent, member: Membership) -> Preview:
    """The text with a reader's fields: those of the first frozen reader of its language, else examples. One query."""
    text = text_of(content)
    reader = campaign.recipients.filter(left_out="", language=content.language).order_by("pk").first()
    with translation.override(content.language or translation.get_language()):
        values = common_fields(campaign, str(member.manufacturer), content.language or "en") | {
            "name": reader.name if reader else _("Kim Minsu"),
            "partner": reader.partner_name if reader else _("Example Company"),
            "grade": reader.grade if reader else "",
        }
        answers = known_answers(content.answers)
    problems = problems_of(text) + holes_in(text, values)

    def filled(text: str, *, is_html: bool = False) -> str:
        def value(match: re.Match[str]) -> str:
            found = values.get(match[1].strip()) or (match[2] or "").strip() or match[0]
            return escape(found) if is_html else found

        return BRACED.sub(value, text)

    return Preview(
        filled(content.subject),
        filled(content.preheader),
        filled(body_html(content.body), is_html=True),
        answers,
        problems,
    )
