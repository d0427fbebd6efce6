"""The words of agreements: placeholders in Markdown, what is wrong with them, and the same text for page and PDF. Pure.

    fill("Between {manufacturer_name} and {partner_name}", {"manufacturer_name": "Hanbit", "partner_name": "Seoul"})

What stands in for a placeholder is text and never markup: a company called `*Star*` is not printed in italics.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdown_it.token import Token

from pages import markdown

PLACEHOLDERS: dict[str, Any] = {
    "partner_name": gettext_lazy("the partner's name"),
    "partner_code": gettext_lazy("the partner's code"),
    "business_number": gettext_lazy("the partner's business number"),
    "partner_address": gettext_lazy("the partner's address"),
    "territory": gettext_lazy("the partner's territory"),
    "manufacturer_name": gettext_lazy("your company's name"),
    "channel_manager": gettext_lazy("the channel manager's name"),
    "start": gettext_lazy("the first day"),
    "end": gettext_lazy("the last day, or that there is none"),
    "term_months": gettext_lazy("the term in months"),
    "notice_months": gettext_lazy("the notice in months"),
    "date": gettext_lazy("the day on which the agreement is made"),
}
"""What a text may name in braces, and what comes in its place."""

BRACED = re.compile(r"\{([^{}]*)\}")
MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")


def sha256_of(text: str) -> str:
    """The SHA-256 of an exact text, as the database makes it."""
    return hashlib.sha256(text.encode()).hexdigest()


def placeholders_in(text: str) -> list[str]:
    """What stands in braces, in order, each once."""
    return list(dict.fromkeys(name.strip() for name in BRACED.findall(text)))


def problems_of(text: str) -> list[str]:
    """What is wrong with a text, as sentences; empty when an agreement can be made from it."""
    if not text.strip():
        return [_("The text is empty.")]
    problems = [
        _("There is no placeholder {%(name)s}. Choose one of the list beside the text.") % {"name": name[:40]}
        for name in placeholders_in(text)
        if name not in PLACEHOLDERS
    ]
    rest = BRACED.sub("", text)
    if "{" in rest or "}" in rest:
        problems.append(_("A brace stands alone: every { needs its }."))
    return problems


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, line ends made the same; unknown ones stay as they are."""

    def replaced(match: re.Match[str]) -> str:
        value = values.get(match[1].strip())
        return match[0] if value is None else MARKUP.sub(r"\\\1", " ".join(value.split()))

    return BRACED.sub(replaced, text.replace("\r\n", "\n").replace("\r", "\n")).strip() + "\n"


def as_html(text: str) -> str:
    """The text as a page shows it: no links, no pictures, no HTML of its own."""
    return markdown.as_html(text, links=False)


def as_blocks(text: str) -> list[dict[str, Any]]:
    """The text as blocks for the PDF: {"kind": "heading" | "paragraph" | "list" | "table" | "rule" ...}, words as runs."""
    return _blocks(iter(markdown.parser(links=False).parse(text)), "")


def _blocks(tokens: Any, until: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for token in tokens:
        if token.type == until:
            break
        if token.type == "heading_open":
            found.append({"kind": "heading", "level": int(token.tag[1]), "runs": _inline(tokens, "heading_close")})
        elif token.type == "paragraph_open":
            found.append({"kind": "paragraph", "runs": _inline(tokens, "paragraph_close")})
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            close = token.type.replace("open", "close")
            start = int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None
            found.append({"kind": "list", "start": start, "items": _items(tokens, close)})
        elif token.type == "blockquote_open":
            found.append({"kind": "quote", "blocks": _blocks(tokens, "blockquote_close")})
        elif token.type == "table_open":
            found.append({"kind": "table", "rows": _rows(tokens)})
        elif token.type in ("fence", "code_block"):
            found.append({"kind": "paragraph", "runs": [_run(token.content.rstrip("\n"))]})
        elif token.type == "hr":
            found.append({"kind": "rule"})
    return found


def _items(tokens: Any, close: str) -> list[list[dict[str, Any]]]:
    items = []
    for token in tokens:
        if token.type == close:
            break
        if token.type == "list_item_open":
            items.append(_blocks(tokens, "list_item_close"))
    return items


def _rows(tokens: Any) -> list[list[list[dict[str, Any]]]]:
    rows: list[list[list[dict[str, Any]]]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_runs(token.children or []))
    return rows


def _inline(tokens: Any, close: str) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = []
    for token in tokens:
        if token.type == close:
            break
        runs += _runs(token.children or [])
    return runs


def _runs(children: Iterable[Token]) -> list[dict[str, Any]]:
    runs, bold, italic = [], 0, 0
    for child in children:
        if child.type in ("strong_open", "strong_close"):
            bold += child.nesting
        elif child.type in ("em_open", "em_close"):
            italic += child.nesting
        elif child.type in ("softbreak", "hardbreak"):
            runs.append(_run(" " if child.type == "softbreak" else "\n"))
        elif child.content:
            runs.append(_run(child.content, bold=bold > 0, italic=italic > 0))
    return runs


def _run(text: str, *, bold: bool = False, italic: bool = False) -> dict[str, Any]:
    return {"text": text, "bold": bold, "italic": italic}
