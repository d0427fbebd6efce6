"""Mail scanners, prefetchers and link checkers told apart from people. Pure; what they are known by stands here as data.

Between a campaign and its reader stand programs that open each picture and follow each link before the reader has seen the
mail. Counted, they would make every mail to a well-guarded company look answered. Two things give them away:

- how they ask (`machine_by_request`): a HEAD request, a header that says the page is only fetched in advance, the name
  of a scanner, or no name at all;
- when they ask (`AT_ONCE`, `BURST`): within seconds of the handing over, or several different links of one mail in one
  breath. This shows only with the clicks that follow, so that it is looked for afterwards, over all that came in
  (`campaigns.services.responses.tell_machines_apart`).

What a machine did is kept with its mark and never counted. Pictures that Gmail and Yahoo fetch for a reader who opened the
mail count, those that Apple's mail fetches for everybody cannot be told from them: opens are shown, and judged by nowhere.
An answer is never taken from a machine, since a link to it only shows a page, whose button answers.
"""

import re
from collections.abc import Mapping
from datetime import timedelta

AT_ONCE = timedelta(seconds=5)
"""Nobody has read and clicked so soon after the mail was handed over."""
BURST = timedelta(seconds=10)
"""Two different links of one mail are not read and clicked in so short a time …"""
BURST_UNTIL = timedelta(minutes=10)
"""… as scanners do, this soon after the handing over."""

ADVANCE_HEADERS = ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")
"""Browsers and mail programs that fetch in advance say so in one of these."""
ADVANCE = ("prefetch", "preview", "prerender")

SCANNERS = (
    # Guards of company mail.
    "barracuda", "mimecast", "proofpoint", "urldefense", "safelinks", "symantec", "messagelabs", "trendmicro", "sophos",
    "fortinet", "fortiguard", "ironport", "zscaler", "checkpoint", "forcepoint", "trustwave", "trellix", "fireeye",
    "mcafee", "kaspersky", "bitdefender", "ahnlab", "jiransecurity", "digitalarts", "m-filter", "cybereason",
    # What messengers and networks make a picture of a link with.
    "bingpreview", "slackbot", "slack-imgproxy", "facebookexternalhit", "facebot", "twitterbot", "linkedinbot", "whatsapp", "telegrambot",
    "discordbot", "skypeuripreview", "kakaotalk-scrap", "line-poker", "microsoft office", "ms-office", "yeti", "preview",
    # Programs, and whatever calls itself one.
    "headlesschrome", "phantomjs", "python-requests", "python-urllib", "aiohttp", "httpx", "curl", "wget", "libwww",
    "go-http-client", "java", "okhttp", "apache-httpclient", "axios", "node-fetch", "bot", "crawl", "spider",
    "linkcheck", "scanner",
)  # fmt: skip
"""Words in the name that a program gives itself (User-Agent), in small letters."""
PEOPLES = ("googleimageproxy", "yahoomailproxy", "cubot")
"""Names that hold such a word, or stand for a machine, and mean a person all the same."""
READERS = ("microsoft outlook", "ms-office", "msoffice")
"""Mail programs that load the pictures of an opened mail under a name by which office programs also try links out."""

_SCANNER = re.compile(
    rf"\b(?:{'|'.join(re.escape(word) for word in SCANNERS)})|[a-z0-9](?:bot|crawler|spider|preview)\b"
)


def machine_by_request(method: str, headers: Mapping[str, str], *, is_picture: bool = False) -> str:
    """By what a request is known to come from a machine, in a word; empty for what may be a person. A picture is loaded by
    whatever shows the mail, links are followed in a browser."""
    if method != "GET":
        return "method"
    if any(word in headers.get(name, "").lower() for name in ADVANCE_HEADERS for word in ADVANCE):
        return "advance"
    agent = headers.get("User-Agent", "").strip().lower()
    if not agent:
        return "nameless"
    if any(word in agent for word in (PEOPLES + READERS if is_picture else PEOPLES)):
        return ""
    return "scanner" if _SCANNER.search(agent) else ""
