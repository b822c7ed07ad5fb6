"""A small provider of OpenID Connect on this machine: discovery, keys, authorize, token (code, PKCE, nonce).

It follows the standard, and lies on demand: `fault` names the lie. Whoever opens its authorize address is `subject`.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from mediation.clock import TestClock

CLIENT, SECRET = "mediation", "only for tests"
FAULTS = ("nonce", "audience", "expired", "issuer", "signature", "none", "shared_secret", "no_token", "other_party")
"""Lies inside an answer. Further: down (500), slow (no answer), refuses (an OAuth error), gone_keys."""


@dataclass
class LocalProvider:
    """The provider behind its address. `codes`: what was handed out and is not used yet."""

    clock: TestClock
    subject: str = "wang-001"
    name: str = "王某"
    fault: str = ""
    methods: tuple[str, ...] = ("pwd",)
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}, private=True))
    other_key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}, private=True))
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    hung_up: threading.Event = field(default_factory=threading.Event)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": self.issuer + "/authorize",
            "token_endpoint": self.issuer + "/token",
            "jwks_uri": self.issuer + "/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def authorize(self, query: Mapping[str, str]) -> str:
        """Where the browser goes next."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        if self.fault == "refuses":
            told = {"error": "access_denied", "state": query["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = query
            told = {"code": code, "state": query["state"], "iss": self.issuer}
        return f"{query['redirect_uri']}?{urlencode(told)}"

    def token(self, form: Mapping[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer for a code: once, to the client that proves to have asked for it."""
        asked = self.codes.pop(form.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or authorization != basic or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        answer = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 300}
        return 200, answer if self.fault == "no_token" else {**answer, "id_token": self._id_token(asked["nonce"])}

    def _id_token(self, nonce: str) -> str:
        now = int(self.clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "name": self.name,
            "amr": list(self.methods),
        }
        wrong: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "another"},
            "audience": {"aud": "another"},
            "other_party": {"aud": [CLIENT, "another"], "azp": "another"},
            "expired": {"iat": now - 900, "exp": now - 600},
            "issuer": {"iss": "https://another.example"},
        }
        claims |= wrong.get(self.fault, {})
        if self.fault == "none":
            return ".".join((_part({"alg": "none", "typ": "JWT"}), _part(claims), ""))
        if self.fault == "shared_secret":
            return _signed_with_the_public_key(claims, json.dumps(self.key.as_dict(private=False)))
        key = self.other_key if self.fault == "signature" else self.key
        return jwt.encode({"alg": "RS256", "kid": str(key.kid)}, claims, key)

    def turn_keys(self) -> None:
        """A new key; tokens name it, and whoever kept the old ones must ask again."""
        self.key = RSAKey.generate_key(2048, {"kid": "two"}, private=True)


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _signed_with_the_public_key(claims: Mapping[str, Any], public: str) -> str:
    """The old trick: a signature by what everybody knows."""
    body = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'one'})}.{_part(claims)}"
    digest = hmac.digest(public.encode(), body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


@contextmanager
def local_provider(clock: TestClock) -> Iterator[LocalProvider]:
    """The provider on a free port of the loopback."""
    provider = LocalProvider(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = urlsplit(self.path)
            if self._troubled():
                return
            if where.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(where.query).items()}
                self.send_response(302)
                self.send_header("location", provider.authorize(query))
                self.end_headers()
            elif where.path == "/keys":
                self._json(404 if provider.fault == "gone_keys" else 200, provider.keys())
            else:
                self._json(200, provider.discovery())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            if not self._troubled():
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._json(*provider.token(form, self.headers.get("authorization", "")))

        def _troubled(self) -> bool:
            if provider.fault == "slow":
                provider.hung_up.wait(20)
                return True
            if provider.fault == "down":
                self._json(500, {"error": "server_error"})
            return provider.fault == "down"

        def _json(self, status: int, told: Mapping[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.hung_up.set()
        server.shutdown()
        server.server_close()
        thread.join()
