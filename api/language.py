"""In which language a visitor reads: what they chose here, else what their browser asks for, else Chinese."""

from fastapi import Request, Response

from mediation.catalogue import SOURCE, languages
from mediation.settings import Settings

NAMES = {"zh": "中文", "en": "English"}
"""Every language by its own name, as a switch shows it."""
COOKIE = "language"
_LASTS = 400 * 24 * 3600


def wanted_language(request: Request) -> str:
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in languages() else _asked_for(request.headers.get("accept-language", ""))


def keep_language(response: Response, language: str, settings: Settings) -> None:
    """This browser shows this language from now on, whoever uses it."""
    response.set_cookie(
        COOKIE, language, max_age=_LASTS, httponly=True, secure=settings.secure_cookies, samesite="lax", path="/"
    )


def _asked_for(header: str) -> str:
    """The best language of `zh-CN,zh;q=0.9,en;q=0.8` that there is."""
    weighed = []
    for place, part in enumerate(header.split(",")):
        name, _, weight = part.partition(";q=")
        weighed.append((-_number(weight), place, name.strip().lower().split("-")[0]))
    return next((name for weight, _, name in sorted(weighed) if weight < 0 and name in languages()), SOURCE)


def _number(weight: str) -> float:
    """1 where none is given; 0 for nonsense."""
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
