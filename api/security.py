"""What stands between the network and the pages: headers, size limit, origin of requests, session cookie."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from fastapi import Request, Response
from itsdangerous import BadSignature, Signer
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mediation.catalogue import speaking
from mediation.errors import Forbidden, MediationError
from mediation.settings import Settings

from .language import wanted_language

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": CONTENT_SECURITY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
"""On every answer that does not set its own. `no-store`: counters share computers, and pages hold personal data."""


class TooLarge(MediationError):
    code = "too_large"
    status = 413


def too_large(limit_mb: int) -> TooLarge:
    return TooLarge(f"提交的内容超过{limit_mb}MB上限，未保存。请压缩或分次上传。")


class SessionCookie:
    """The cookie that holds the token of a log-in, signed so that forged ones never reach the database."""

    def __init__(self, settings: Settings) -> None:
        self._signer = Signer(settings.signing_key(), salt="session")
        self._secure = settings.secure_cookies
        self._lasts = settings.session_hours * 3600
        self.name = "__Host-session" if settings.secure_cookies else "session"

    def read(self, request: Request) -> str | None:
        try:
            return self._signer.unsign(request.cookies.get(self.name, "")).decode()
        except BadSignature:
            return None

    def write(self, response: Response, token: str) -> None:
        value = self._signer.sign(token).decode()
        response.set_cookie(
            self.name, value, max_age=self._lasts, httponly=True, secure=self._secure, samesite="lax", path="/"
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, httponly=True, secure=self._secure, samesite="lax", path="/")


class Shield:
    """The outermost layer: refuses forged and oversized requests before a byte of the body is read, adds headers.

    `refuse` turns an error into an answer of the kind the request expects. The body may be a little larger than the
    largest file, for the other fields of the form.
    """

    def __init__(
        self, app: ASGIApp, limit_mb: int, secure: bool, refuse: Callable[[Request, MediationError], Response]
    ):
        self._app = app
        self._limit_mb = limit_mb
        self._limit = (limit_mb + 1) * 1024 * 1024
        self._headers = {**HEADERS, "strict-transport-security": "max-age=31536000"} if secure else HEADERS
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        with speaking(wanted_language(request)):
            error = self._fault(request)
            app = self._refuse(request, error) if error else self._app
            await app(scope, self._counting(receive), self._dressing(send))

    def _fault(self, request: Request) -> MediationError | None:
        if request.method not in SAFE_METHODS and not comes_from_here(request):
            return Forbidden("这个请求来自其他网站，已拒绝，内容未保存。请从本系统的页面重新提交。")
        length = request.headers.get("content-length", "0")
        return too_large(self._limit_mb) if not length.isdecimal() or int(length) > self._limit else None

    def _counting(self, receive: Receive) -> Receive:
        """For bodies that do not tell their length."""
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._limit:
                raise HTTPException(413)
            return message

        return counted

    def _dressing(self, send: Send) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return dressed


def comes_from_here(request: Request) -> bool:
    """Whether a changing request was made by one of our own pages, as far as the browser tells.

    A program that sends neither header is no browser, so nobody's cookies can be misused through it.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
