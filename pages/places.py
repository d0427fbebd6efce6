"""The page somebody stands on while a form of it, or a part of it, is asked for under an address of its own."""

from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve


def page_of(request: HttpRequest) -> str:
    """The page that sent this request, as path and query; empty where it is elsewhere, or the browser does not say."""
    sender = parts_of(request.headers.get("Referer", ""))
    return urlunsplit(("", "", sender.path, sender.query, "")) if sender.netloc == request.get_host() else ""


def parts_of(url: str) -> SplitResult:
    """An address that a browser says, in its parts; they are empty where it is malformed, as `http://[` is."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def page_above(path: str) -> str:
    """The nearest address above this one that shows a page: the address of a form mostly stands below its page's."""
    while path := path.rstrip("/"):
        path = path[: path.rindex("/") + 1]
        if shows_page(path):
            return path
    return "/"


def shows_page(path: str) -> bool:
    """Whether the view at an address answers to GET."""
    try:
        view: Any = resolve(path).func
    except Resolver404:
        return False
    of_class = getattr(view, "view_class", None)
    return of_class is None or ("get" in of_class.http_method_names and hasattr(of_class, "get"))
