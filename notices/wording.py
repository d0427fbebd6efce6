"""What a notice says: its kind's templates with its facts, in the language of whoever reads it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template import Context, Template
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch

from notices.models import Notice
from notices.registry import NoticeKind
from tenancy.models import Membership
from tenancy.translation import translated


@dataclass(frozen=True)
class Wording:
    """A notice in words: plain text, to be escaped where it is shown in HTML."""

    sentence: str
    text: str
    url: str
    """Of what it is about, on the reader's side; empty where there is nothing to go to."""


def word(notice: Notice, kind: NoticeKind, reader: Membership, *, by_mail: bool = False) -> Wording:
    """The notice in the language that is active now, for a reader with the manufacturer loaded.

    `by_mail`: it is read outside the portal, where a link that asks for no sign-in is of use.
    """
    facts = readable(notice.facts)
    context = facts | {"reader": reader, "manufacturer": reader.manufacturer, "by_mail": by_mail}
    return Wording(
        sentence=" ".join(_plain(f"{kind.template}.subject.txt", context).split()),
        text=_plain(f"{kind.template}.txt", context).strip(),
        url=_url(kind, reader, notice.facts),
    )


def html_of(notice: Notice, kind: NoticeKind, reader: Membership) -> str:
    """The body of the mail in HTML where the kind has a template for it, else nothing."""
    try:
        template = get_template(f"{kind.template}.html")
    except TemplateDoesNotExist:
        return ""
    return template.render(readable(notice.facts) | {"reader": reader, "manufacturer": reader.manufacturer})


def readable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as templates show them: a dict is a text per language; `..._on` is a day and `..._at` a moment."""
    return {name: _readable(name, value) for name, value in facts.items()}


def reader_language(reader: Membership) -> str:
    """The reader's own language if the manufacturer's pages speak it, else the manufacturer's first one."""
    return reader.manufacturer.language_for(reader.language)


def _readable(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return translated(value)
    if isinstance(value, str) and name.endswith("_on"):
        return dt.date.fromisoformat(value)
    if isinstance(value, str) and name.endswith("_at"):
        return dt.datetime.fromisoformat(value)
    return value


def _plain(name: str, context: Mapping[str, Any]) -> str:
    template: Template = get_template(name).template  # type: ignore[attr-defined]
    # Not a SafeString: what is plain text here has not been escaped, and a page must do it.
    return str.__str__(template.render(Context(dict(context), autoescape=False)))


def _url(kind: NoticeKind, reader: Membership, facts: Mapping[str, Any]) -> str:
    if kind.url is None:
        return ""
    try:
        return kind.url(reader, facts)
    except NoReverseMatch:  # an address that has gone since
        return ""
