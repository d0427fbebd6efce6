"""What a browser says it is, in words a person knows. Pure: no Django, no database."""

BROWSERS = (
    ("KAKAOTALK", "KakaoTalk"),
    (" Line/", "LINE"),
    ("Whale/", "Whale"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
"""In the order in which to look: most of them also claim to be those further down."""


def device_name(user_agent: str) -> str:
    """Browser and device, such as `Chrome, Windows`; the text itself where neither is known."""
    found = [_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)]
    return ", ".join(name for name in found if name) or user_agent[:60]


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in known if mark in user_agent), "")
