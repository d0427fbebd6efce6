"""What a campaign says to one person: Markdown with personal fields, made into subject, HTML and plain text.

A text is compiled once into pieces; for each person only the pieces between them are filled in. What stands in for a field
is text and never markup: a company called `*Star*` is not printed in italics, and none can smuggle in a link.

    compiled = compile_text(text, frame)
    words = compiled.render(Person(...), ticket)
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdown_it import MarkdownIt
from markdown_it.token import Token

from campaigns.answers import known_answers
from campaigns.country_rules import marked, rules_for
from campaigns.links import Links, Ticket
from pages.brand import light_accent
from pages.formats import initial

PERSONAL: dict[str, Any] = {
    "name": gettext_lazy("the reader's name"),
    "partner": gettext_lazy("the reader's company"),
    "grade": gettext_lazy("the grade of the reader's company"),
}
OFFERED: dict[str, Any] = {
    "product": gettext_lazy("the product of the offer"),
    "price": gettext_lazy("the price of the offer"),
    "payment": gettext_lazy("the terms of payment"),
    "delivery": gettext_lazy("the terms of delivery"),
    "offer_until": gettext_lazy("the last day of the offer"),
}
"""What the plan of a campaign says, or leaves open."""
COMMON: dict[str, Any] = {
    "manufacturer": gettext_lazy("your company's name"),
    "sender": gettext_lazy("the sender's name"),
    "campaign": gettext_lazy("the campaign's name"),
    **OFFERED,
}
FIELDS = PERSONAL | COMMON
"""What a text may name in braces, with what comes in its place."""

BRACED = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
SLOT = re.compile("\ue000([0-9]+)\ue001")
PRIVATE = re.compile("[\ue000-\ue001\x00-\x08\x0b-\x1f\x7f]")
SPACE = re.compile(r"\s*\n\s*")
BODY = "\ue000body\ue001"
HREF = re.compile(r'href="([^"]*)"')
TAGS = {
    "a", "p", "br", "strong", "em", "s", "ul", "ol", "li", "h1", "h2", "h3", "h4", "hr", "blockquote", "code", "pre",
    "img", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True)
class Text:
    """What somebody wrote, in one language."""

    subject: str
    body: str
    language: str
    preheader: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Frame:
    """What stands around the words of every mail of a campaign in one country."""

    manufacturer: str
    links: Links
    country: str = ""
    is_advertising: bool = True
    sender: str = ""
    postal_address: str = ""
    free_phone: str = ""
    reply_to: str = ""
    colour: str = "#0f5e69"
    counts_opens: bool = True
    why: str = ""
    """Why somebody gets it; else because they work with the sender."""
    has_choices: bool = True
    """Whether there is a page to choose what one gets."""
    logo_url: str = ""
    """A picture in place of the initial at the head."""
    common: Mapping[str, str] | None = None
    """The values of the fields that are the same for everybody."""


@dataclass(frozen=True)
class Person:
    """Who reads it."""

    name: str = ""
    partner: str = ""
    grade: str = ""
    refuses_opens: bool = False

    def value(self, field: str) -> str:
        return str(getattr(self, field))


@dataclass(frozen=True)
class Words:
    """A text as one person gets it."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Slot:
    """A place that is filled in for each person."""

    kind: str
    """"field", "click", "answer", "open", "unsubscribe" or "choices"."""
    what: str = ""
    fallback: str = ""


Pieces = list[str | Slot]


@dataclass(frozen=True)
class Compiled:
    """A text ready to be filled in."""

    subject: Pieces
    html: Pieces
    text: Pieces
    links: Links

    def render(self, person: Person, ticket: Ticket | None) -> Words:
        """As this person gets it; without a ticket, as in a preview, links lead straight on and nothing is counted."""
        return Words(
            subject=" ".join(self._fill(self.subject, person, ticket, escaped=False).split()),
            html=self._fill(self.html, person, ticket, escaped=True),
            text=self._fill(self.text, person, ticket, escaped=False),
        )

    def subject_and_text(self, person: Person, ticket: Ticket | None) -> tuple[str, str]:
        """Without the HTML, for channels that have none."""
        subject = " ".join(self._fill(self.subject, person, ticket, escaped=False).split())
        return subject, self._fill(self.text, person, ticket, escaped=False)

    def _fill(self, pieces: Pieces, person: Person, ticket: Ticket | None, *, escaped: bool) -> str:
        filled = []
        for piece in pieces:
            if isinstance(piece, str):
                filled.append(piece)
            else:
                value = self._value(piece, person, ticket)
                filled.append(escape(value) if escaped and piece.kind != "open" else value)
        return "".join(filled)

    def _value(self, slot: Slot, person: Person, ticket: Ticket | None) -> str:
        if slot.kind == "field":
            return " ".join(person.value(slot.what).split()) or slot.fallback
        if slot.kind == "open":
            if ticket is None or person.refuses_opens:
                return ""
            return f'<img src="{self.links.opened(ticket)}" width="1" height="1" alt="">'
        if slot.kind == "click":
            return slot.what if ticket is None else self.links.click(ticket, slot.what)
        if ticket is None:
            return "#"
        if slot.kind == "answer":
            return self.links.answer(ticket, slot.what)
        return self.links.unsubscribe(ticket) if slot.kind == "unsubscribe" else self.links.choices(ticket)


def problems_of(text: Text) -> list[str]:
    """What is wrong with a text, as sentences; empty when it can be sent."""
    problems = [
        problem for written in (text.subject, text.preheader, text.body) for problem in problems_of_words(written)
    ]
    if not text.subject.strip():
        problems.append(_("The subject is empty."))
    if not text.body.strip():
        problems.append(_("The text is empty."))
    problems += [_link_problem(url) for url in links_in(text.body) if _link_problem(url)]
    return list(dict.fromkeys(problems))


def problems_of_words(written: str) -> list[str]:
    """What is wrong with the personal fields of some words."""
    problems = [
        _("There is no field {%(name)s}. Use one of those listed below the text.") % {"name": name[:40]}
        for name in fields_in(written)
        if name not in FIELDS
    ]
    rest = BRACED.sub("", written)
    if "{" in rest or "}" in rest:
        problems.append(_("A brace stands alone: every { needs its }."))
    return problems


def holes_in(text: Text, given: Mapping[str, str]) -> list[str]:
    """A sentence for each field of the offer that would stay empty: `given` has nothing for it, and the text does not say
    what stands in its place (`{price|}`: nothing, as is meant)."""
    named = {
        match[1].strip()
        for written in (text.subject, text.preheader, text.body)
        for match in BRACED.finditer(written)
        if match[2] is None
    }
    return [
        _(
            "{%(name)s} would stay empty: %(what)s is not in the plan. Enter it there, or what stands here instead after a |."
        )
        % {"name": name, "what": what}
        for name, what in OFFERED.items()
        if name in named and not given.get(name)
    ]


def fields_in(text: str) -> list[str]:
    """The names that stand in braces, in order, each once."""
    return list(dict.fromkeys(match[1].strip() for match in BRACED.finditer(text)))


def links_in(body: str) -> list[str]:
    """Where the links and pictures of a text lead, in order, each once."""
    found = []
    for token in _markdown().parse(body):
        for child in token.children or []:
            url = child.attrGet("href") or child.attrGet("src")
            if url:
                found.append(str(url))
    return list(dict.fromkeys(found))


def _link_problem(url: str) -> str:
    if "{" in url or "%7B" in url:
        return _("A personal field cannot stand within an address: %(url)s") % {"url": url[:100]}
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in SCHEMES or (parts.scheme in ("http", "https") and "." not in parts.netloc):
        return _("This link leads nowhere: %(url)s. Write it in full, as https://www.example.com/") % {"url": url[:100]}
    return ""


def compile_text(text: Text, frame: Frame) -> Compiled:
    """The text in its frame, ready to be filled in for each person who reads that language in that country."""
    slots: list[Slot] = []
    common = dict(frame.common or {})
    with translation.override(text.language):
        subject = marked(
            _marked_fields(text.subject, slots, common), frame.country, is_advertising=frame.is_advertising
        )
        preheader = _marked_fields(text.preheader, slots, common)
        tokens = _markdown().parse(_marked_fields(text.body, slots, common))
        body = _cleaned(_markdown().renderer.render(tokens, _markdown().options, {}))
        context = _frame_context(text, frame, slots) | {
            "subject": subject,
            "preheader": preheader,
            "body": BODY,
            "text": _joined(_plain(tokens, slots)),
        }
        html = SPACE.sub("\n", render_to_string("campaigns/mail/campaign.html", context)).lstrip()
        html = html.replace(BODY, _with_slots_for_links(body, slots))
        plain = render_to_string("campaigns/mail/campaign.txt", context)
    return Compiled(_pieces(subject, slots), _pieces(html, slots), _pieces(plain, slots), frame.links)


def body_html(body: str) -> str:
    """A body alone as HTML, its fields as they were written: for showing how it reads while it is being written."""
    return _cleaned(_markdown().render(PRIVATE.sub("", body)))


def _cleaned(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )


def compile_message(text: Text, frame: Frame) -> Compiled:
    """Subject and plain words alone, as for a message in the portal: nothing stands around them."""
    slots: list[Slot] = []
    common = dict(frame.common or {})
    with translation.override(text.language):
        subject = marked(
            _marked_fields(text.subject, slots, common), frame.country, is_advertising=frame.is_advertising
        )
        plain = _joined(_plain(_markdown().parse(_marked_fields(text.body, slots, common)), slots))
    return Compiled(_pieces(subject, slots), [], _pieces(plain, slots), frame.links)


def compile_short(body: str, language: str, frame: Frame, *, names_sender: bool) -> Compiled:
    """A text for messengers and text messages: its mark, its words, and how to opt out; no HTML, no subject.

    A text message shows a number alone, so that it says who sends it where its words do not; a messenger shows that itself.
    """
    slots: list[Slot] = []
    sender = frame.sender or frame.manufacturer
    is_named = sender in body or bool({"sender", "manufacturer"} & set(fields_in(body)))
    with translation.override(language):
        said = marked(
            _marked_fields(body, slots, dict(frame.common or {})), frame.country, is_advertising=frame.is_advertising
        ).strip()
        if names_sender and frame.is_advertising and not is_named:
            mark = rules_for(frame.country).subject_mark
            said = f"{mark} [{_slot(slots, Slot('text', sender))}] {said.removeprefix(mark).lstrip()}".lstrip()
        if frame.is_advertising and rules_for(frame.country).needs_free_phone:
            ends = _("Opt out, free of charge: %(phone)s") % {"phone": frame.free_phone}
        elif frame.is_advertising:
            ends = ": ".join((_("Unsubscribe"), _slot(slots, Slot("unsubscribe"))))
        else:
            ends = ""
    return Compiled([], [], _pieces(f"{said}\n{ends}".strip(), slots), frame.links)


def _frame_context(text: Text, frame: Frame, slots: list[Slot]) -> dict[str, Any]:
    """What the templates around the words show, in the active language."""
    answers = known_answers(list(text.answers))
    sender = frame.sender or frame.manufacturer
    return {
        "language": text.language,
        "manufacturer": frame.manufacturer,
        "initial": initial(frame.manufacturer),
        "logo_url": frame.logo_url,
        "accent": light_accent(frame.colour),
        "sender": sender,
        "postal_address": frame.postal_address,
        "free_phone": frame.free_phone if rules_for(frame.country).needs_free_phone else "",
        "reply_to": frame.reply_to,
        "why": frame.why or _("You get this mail because you work with %(sender)s.") % {"sender": sender},
        "is_free": rules_for(frame.country).needs_free_phone,
        "answers": [(label, _slot(slots, Slot("answer", code))) for code, label in answers],
        "open": _slot(slots, Slot("open")) if frame.counts_opens else "",
        "unsubscribe_url": _slot(slots, Slot("unsubscribe")),
        "choices_url": _slot(slots, Slot("choices")) if frame.has_choices else "",
    }


def _marked_fields(written: str, slots: list[Slot], common: Mapping[str, str]) -> str:
    """Fields replaced by the numbers of their slots. What is the same for everybody is a slot too, so that it stays text."""

    def replaced(match: re.Match[str]) -> str:
        name, fallback = match[1].strip(), (match[2] or "").strip()
        if name in COMMON:
            return _slot(slots, Slot("text", common.get(name, "") or fallback))
        return _slot(slots, Slot("field", name, fallback)) if name in PERSONAL else match[0]

    return BRACED.sub(replaced, PRIVATE.sub("", written.replace("\r\n", "\n").replace("\r", "\n")))


def _slot(slots: list[Slot], slot: Slot) -> str:
    slots.append(slot)
    return f"\ue000{len(slots) - 1}\ue001"


def _with_slots_for_links(html: str, slots: list[Slot]) -> str:
    """Links to the web lead over a redirect that tells who followed them; mail and phone links do not."""

    def replaced(match: re.Match[str]) -> str:
        url = unescape(match[1])
        return f'href="{_slot(slots, Slot("click", url))}"' if url.startswith(("http://", "https://")) else match[0]

    return HREF.sub(replaced, html)


def _pieces(written: str, slots: list[Slot]) -> Pieces:
    """What was marked, cut at its slots; what is the same for everybody becomes part of the words around it."""
    is_html = written.lstrip().startswith("<!DOCTYPE")
    pieces: Pieces = []
    said: list[str] = []
    for position, part in enumerate(SLOT.split(written)):
        if position % 2 == 0:
            said.append(part)
            continue
        slot = slots[int(part)]
        if slot.kind == "text":
            said.append(escape(slot.what) if is_html else slot.what)
        else:
            pieces += ["".join(said), slot]
            said = []
    pieces.append("".join(said))
    return pieces


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(
        ["table", "strikethrough"]
    )


def _joined(parts: Iterable[tuple[str, str]]) -> str:
    """Paragraphs with an empty line between them; items of a list and rows of a table close together."""
    said, before = "", ""
    for kind, part in parts:
        said += ("\n" if kind == before != "paragraph" else "\n\n" if said else "") + part
        before = kind
    return said


def _plain(tokens: list[Token], slots: list[Slot]) -> Iterable[tuple[str, str]]:
    """The text without markup, part by part with its kind; where a link leads stands after its words."""
    depth = 0
    numbers: list[int] = []
    row: list[str | None] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            start = int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else 0
            numbers.append(start)
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
            depth -= 1
        elif token.type == "inline":
            said = _plain_inline(token.children or [], slots)
            if row and row[-1] is None:
                row[-1] = said
            elif depth:
                sign = f"{numbers[-1]}. " if numbers[-1] else "- "
                numbers[-1] += 1 if numbers[-1] else 0
                yield "item", "  " * (depth - 1) + sign + said
            else:
                yield "paragraph", said
        elif token.type in ("th_open", "td_open"):
            row.append(None)
        elif token.type == "tr_close":
            yield "row", " | ".join(str(cell) for cell in row)
            row = []
        elif token.type in ("fence", "code_block"):
            yield "paragraph", token.content.rstrip("\n")
        elif token.type == "hr":
            yield "paragraph", "--------"


def _plain_inline(children: list[Token], slots: list[Slot]) -> str:
    parts: list[str] = []
    url, begins = "", 0
    for child in children:
        if child.type == "link_open":
            url, begins = str(child.attrGet("href") or ""), len(parts)
        elif child.type == "link_close":
            words = "".join(parts[begins:])
            leads = _slot(slots, Slot("click", url)) if url.startswith(("http://", "https://")) else url
            parts[begins:] = [leads if words == url else f"{words}: {leads}"]
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "image" or child.content:
            parts.append(child.content)
    return "".join(parts)
