"""Markdown as a page shows it: headings, lists, tables, emphasis, callouts, and where asked for links and pictures. Pure.

HTML of its own is text like any other; what comes out is cleaned once more, so that nothing in it can act.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "aside", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
CALLOUTS = {"NOTE": "note", "WARNING": "note note-warn", "DANGER": "note note-bad"}
CALLOUT = re.compile(r"\[!([A-Z]+)\]\s*")
Pictures = Callable[[str], str]


@lru_cache(maxsize=2)
def parser(*, links: bool) -> MarkdownIt:
    """The one dialect that is written here."""
    made = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    return made if links else made.disable(["image", "link"])


def as_html(text: str, *, links: bool = True, pictures: Pictures | None = None, top: int = 1) -> str:
    """The text as HTML that is safe to show.

    pictures: gives the address of a picture by its name; one without an address is shown by its words alone.
    top: the level of the highest heading, for a text that stands below others.
    """
    made = parser(links=links)
    tokens = made.parse(text)
    _call_out(tokens)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + top - 1, 6)}"
        if token.type == "inline" and token.children:
            token.children = [_pictured(child, pictures) for child in token.children]
    tags, attributes = set(TAGS), {"aside": {"class"}}
    if links:
        tags, attributes = tags | {"a"}, attributes | {"a": {"href"}}
    if pictures:
        tags, attributes = tags | {"img"}, attributes | {"img": {"src", "alt", "loading"}}
    return nh3.clean(
        made.renderer.render(tokens, made.options, {}),
        tags=tags,
        attributes=attributes,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def pictures_in(text: str) -> set[str]:
    """The names of the pictures that a text shows."""
    found = set()
    for token in parser(links=True).parse(text):
        for child in token.children or []:
            if child.type == "image":
                found.add(_name_of(child))
    return found


def _pictured(token: Token, pictures: Pictures | None) -> Token:
    """A picture with its address; its words where there is none."""
    if token.type != "image":
        return token
    address = pictures(_name_of(token)) if pictures else ""
    if not address:
        return Token("text", "", 0, content=token.content)
    token.attrs = {"src": address, "alt": token.content, "loading": "lazy"}
    return token


def _name_of(token: Token) -> str:
    return unquote(str(token.attrs.get("src", "")))


def _call_out(tokens: list[Token]) -> None:
    """A quotation that begins with [!NOTE], [!WARNING] or [!DANGER] stands out from the text."""
    for number, token in enumerate(tokens):
        if token.type != "blockquote_open" or number + 2 >= len(tokens) or tokens[number + 2].type != "inline":
            continue
        inline = tokens[number + 2]
        found = CALLOUT.match(inline.content)
        if found is None or found[1] not in CALLOUTS or not inline.children:
            continue
        inline.children[0].content = CALLOUT.sub("", inline.children[0].content, count=1)
        if not inline.children[0].content and len(inline.children) > 1 and inline.children[1].type == "softbreak":
            del inline.children[:2]
        close = next(each for each in tokens[number:] if each.type == "blockquote_close" and each.level == token.level)
        token.tag = close.tag = "aside"
        token.attrs = {"class": CALLOUTS[found[1]]}
