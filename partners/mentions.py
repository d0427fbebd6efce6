"""Who is named with an @ in a text, and how such a text is shown. No Django models: names come in, places go out."""

import re
from collections.abc import Iterable, Mapping

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

ADDRESS = re.compile(r"https?://[^\s<>\"'「」『』（）“”‘’]+", re.IGNORECASE)
TRAILING = ".,;:!?)]}、。，"


def mentioned(text: str, names: Mapping[int, str]) -> dict[int, str]:
    """Who of `names` is named in the text, by id. Of two names that begin alike the longer one counts where it stands;
    people of the same name are all meant."""

    if "@" not in text:
        return {}
    pattern = _pattern(names.values())
    called = {match.group(1) for match in pattern.finditer(text)} if pattern else set()
    return {pk: name for pk, name in names.items() if name in called}


def shown(text: str, names: Iterable[str]) -> SafeString:
    """A plain text as HTML: web addresses are links, names with an @ stand out, and nothing else in it means anything."""
    pattern = _pattern(names)
    parts, end = [], 0
    for match in ADDRESS.finditer(text):
        address = match.group().rstrip(TRAILING)
        parts.append(_with_names(text[end : match.start()], pattern))
        parts.append(format_html('<a href="{}" rel="noopener noreferrer nofollow ugc">{}</a>', address, address))
        end = match.start() + len(address)
    parts.append(_with_names(text[end:], pattern))
    return mark_safe("".join(parts))  # noqa: S308 (each part is escaped)


def _with_names(text: str, pattern: re.Pattern[str] | None) -> SafeString:
    if pattern is None:
        return conditional_escape(text)
    parts, end = [], 0
    for match in pattern.finditer(text):
        parts += [
            conditional_escape(text[end : match.start()]),
            format_html('<span class="mention">@{}</span>', match.group(1)),
        ]
        end = match.end()
    parts.append(conditional_escape(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 (each part is escaped)


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """An @ with one of the names behind it; not within an e-mail address."""
    known = sorted({name for name in names if name}, key=lambda name: (-len(name), name))
    if not known:
        return None
    return re.compile(rf"(?<![\w.+-])@({'|'.join(re.escape(name) for name in known)})")
