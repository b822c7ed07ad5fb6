"""What a browser carries from one step of a log-in to the next: signed, for some minutes, no secret of ours in it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeSerializer

from mediation.settings import Settings


@dataclass(frozen=True, slots=True)
class HalfWay:
    """A log-in that is not finished. The password is not in it: only that it was right, and for which account.

    `then`: factor, setup, or link (an identity of the single sign-on that no account knows yet; a log-in follows).
    `stamp` stands for the account's password, so that a changed password ends what was half done.
    """

    then: str
    account_id: int = 0
    stamp: str = ""
    method: str = "password"
    issuer: str = ""
    subject: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class SignOn:
    """A log-in that is under way at the provider. `linking`: somebody logged in wants to link the identity."""

    state: str
    nonce: str
    verifier: str
    next: str
    linking: bool = False


class StepCookie:
    """One such cookie. It ends after `LASTS`, whatever the browser thinks."""

    LASTS = timedelta(minutes=10)

    def __init__(self, settings: Settings, name: str) -> None:
        self._serializer = URLSafeSerializer(settings.signing_key(), salt=name)
        self._secure = settings.secure_cookies
        self.name = f"__Host-{name}" if settings.secure_cookies else name

    def read(self, request: Request, at: datetime) -> dict[str, Any] | None:
        try:
            until, told = self._serializer.loads(request.cookies.get(self.name, ""))
        except (BadData, ValueError, TypeError):
            return None
        return dict(told) if at.timestamp() < until else None

    def write(self, response: Response, step: HalfWay | SignOn, at: datetime) -> None:
        value = self._serializer.dumps([(at + self.LASTS).timestamp(), asdict(step)])
        lasts = int(self.LASTS.total_seconds())
        response.set_cookie(
            self.name, str(value), max_age=lasts, httponly=True, secure=self._secure, samesite="lax", path="/"
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, httponly=True, secure=self._secure, samesite="lax", path="/")
