"""A provider of single sign-on (OpenID Connect): authorization code with PKCE, state and nonce. Knows no database.

Whatever the provider sends is believed only after its signature, issuer, audience, time and nonce have been checked.
"""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from ..errors import BadInput, Unavailable
from ..settings import Settings

SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Only with the provider's private key; `none` and signatures by a shared secret are no signatures here."""
LEEWAY = 60
"""Seconds by which two clocks may differ."""
STRONG = frozenset(("mfa", "otp", "hwk", "swk", "fpt", "face", "iris"))
"""Ways of proving oneself (RFC 8176) that count as a second factor."""
_FRESH = timedelta(hours=1)
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the browser brings back to prove that it began this log-in."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at the provider. `strong`: a second factor was asked for there."""

    issuer: str
    subject: str
    name: str
    strong: bool


class ProviderDown(Unavailable):
    """The provider does not answer, or answers with an error of its own."""


class Untrusted(BadInput):
    """The provider's answer does not prove anything."""


class Provider:
    """One provider; its description is kept for an hour, its keys until a token names an unknown one."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.oidc_issuer
        self.name = settings.oidc_name
        self._client = (settings.oidc_client_id, settings.oidc_client_secret)
        self._timeout = settings.oidc_timeout_seconds
        self._described: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: KeySet | None = None

    def begin(self, redirect: str, at: datetime) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember meanwhile."""
        attempt = Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
        endpoint = self._metadata(at)["authorization_endpoint"]
        query = {
            "response_type": "code",
            "client_id": self._client[0],
            "redirect_uri": redirect,
            "scope": "openid profile",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}", attempt

    def finish(self, code: str, attempt: Attempt, redirect: str, at: datetime) -> Identity:
        """Who came back with this code. ProviderDown or Untrusted otherwise."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "client_id": self._client[0],
            "code_verifier": attempt.verifier,
        }
        basic = self._client if self._client[1] else None
        answer = self._ask("POST", self._metadata(at)["token_endpoint"], data=form, auth=basic)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise self._untrusted()
        return self._identity(token, attempt.nonce, str(answer.get("access_token", "")), at)

    def _identity(self, token: str, nonce: str, access_token: str, at: datetime) -> Identity:
        try:
            decoded = self._decoded(token, at)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self._client[0]},
                    "nonce": {"essential": True, "value": nonce},
                },
                {"client_id": self._client[0], "nonce": nonce, "access_token": access_token},
            )
            claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise self._untrusted() from error
        methods = claims.get("amr") or []
        name = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])
        return Identity(self.issuer, str(claims["sub"]), name[:100], not STRONG.isdisjoint(map(str, methods)))

    def _decoded(self, token: str, at: datetime) -> jwt.Token:
        """The token with its signature checked. Keys change: one that does not fit is looked for again, once."""
        registry = JWSRegistry(algorithms=SIGNATURES, strict_check_header=False)
        if self._keys is not None:
            with suppress(JoseError, ValueError):
                return jwt.decode(token, self._keys, registry=registry)
        self._keys = KeySet.import_key_set(self._ask("GET", self._metadata(at)["jwks_uri"]))  # type: ignore[arg-type]
        return jwt.decode(token, self._keys, registry=registry)

    def _metadata(self, at: datetime) -> Mapping[str, Any]:
        if self._described is None or not timedelta(0) <= at - self._described[0] < _FRESH:
            told = self._ask("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if told.get("issuer") != self.issuer:
                raise self._untrusted()
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                self._check_address(told.get(name))
            self._described = at, told
        return self._described[1]

    def _check_address(self, address: Any) -> None:
        """An endpoint is no less protected than the issuer itself."""
        scheme = urlsplit(address).scheme if isinstance(address, str) else ""
        if scheme != "https" and scheme != urlsplit(self.issuer).scheme:
            raise self._untrusted()

    def _ask(self, method: str, address: str, **more: Any) -> Mapping[str, Any]:
        try:
            answer = httpx.request(method, address, timeout=self._timeout, follow_redirects=False, **more)
            told = answer.json() if len(answer.content) <= _LARGEST else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise self._down() from error
        if answer.status_code >= 500 or not isinstance(told, dict):
            raise self._down()
        if answer.status_code >= 400:
            raise self._untrusted()
        return told

    def _down(self) -> ProviderDown:
        return ProviderDown(f"{self.name}暂时无法使用。请改用本系统的登录名和密码登录，或稍后再试。")

    def _untrusted(self) -> Untrusted:
        return Untrusted(
            f"{self.name}返回的登录信息无法核实，没有登录。请重试；若仍不行，请用登录名和密码登录，并告知管理员。"
        )
