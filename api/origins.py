"""Where a request comes from, in the words that its owner reads in the list of their log-ins."""

from fastapi import Request

from mediation.logins.throttle import place_of
from mediation.people.sessions import Origin

_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("OPR", "Opera"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
"""In this order: a browser names its ancestors too."""


def address_of(request: Request) -> str:
    """The network address; behind a proxy, what the server was told to believe of it (FORWARDED_ALLOW_IPS)."""
    return place_of(request.client.host if request.client else "")


def origin_of(request: Request, method: str = "password") -> Origin:
    return Origin(address_of(request), browser_in_words(request.headers.get("user-agent", "")), method)


def browser_in_words(agent: str) -> str:
    """Chrome · Windows; a program by its own name."""
    browser = next((title for mark, title in _BROWSERS if mark in agent), "")
    system = next((title for mark, title in _SYSTEMS if mark in agent), "")
    if not browser:
        browser = "".join(c for c in agent.partition("/")[0] if c.isprintable())[:40]
    return " · ".join(filter(None, (browser, system)))
