"""How somebody wants the pages to look: colours and size of print. Kept by the browser, and with the account."""

from dataclasses import dataclass

from fastapi import Request, Response

from mediation.settings import Settings

THEMES = ("", "light", "dark")
"""Empty: as the device has it."""
PRINTS = ("", "large")
COOKIE = "display"
_YEAR = 366 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Display:
    theme: str = ""
    print: str = ""

    @property
    def dark_media(self) -> str:
        """Where the dark colours apply; never on paper."""
        return {"dark": "screen", "light": "not all"}.get(self.theme, "screen and (prefers-color-scheme: dark)")

    @property
    def color_scheme(self) -> str:
        return self.theme or "light dark"

    def packed(self) -> str:
        return f"{self.theme}.{self.print}"


def unpacked(text: str | None) -> Display:
    """What `packed` made; anything else is the usual look."""
    theme, _, size = (text or "").partition(".")
    return Display(theme if theme in THEMES else "", size if size in PRINTS else "")


def display_of(request: Request) -> Display:
    return unpacked(request.cookies.get(COOKIE))


def keep(response: Response, settings: Settings, display: Display) -> None:
    response.set_cookie(
        COOKIE,
        display.packed(),
        max_age=_YEAR,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
        path="/",
    )
