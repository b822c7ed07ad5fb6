"""The application: shield, errors, static files, pages and JSON API around one runtime."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import lru_cache, partial
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from mediation.engine.definition import Definition
from mediation.engine.vocabulary import Vocabulary
from mediation.logins.provider import Provider
from mediation.logins.tokens import SCOPES
from mediation.runtime import Runtime

from . import problems
from .cookies import StepCookie
from .deps import ReadSession, Shell, csrf_checked
from .first_use import OnFirstUse, flattened
from .pages.routers import ROUTERS as PAGES
from .pages.templating import STATIC
from .security import SessionCookie, Shield
from .v1.events import add_events
from .v1.routers import ROUTERS as API

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_DESCRIPTION = (
    "工会劳动争议调解系统的接口。长期运行的程序请在“我的账号—接口令牌”中生成令牌，"
    "放在请求头 `Authorization: Bearer 令牌` 中；"
    "令牌的权限不超过所选范围，也不超过本人的权限。"
    "或者以 `POST /api/v1/session` 登录，此后每个改动请求在请求头 `X-CSRF-Token` 中带上登录时得到的令牌。\n"
    "金额一律为以元为单位的文字（如 `1234.50`），日期为 `2026-09-18`，时间带时区。\n"
    "改动请求须带请求头 `Idempotency-Key`，同一编号重复发送只生效一次。办理事项时带上所看到的 `revision`；"
    "他人已先保存的，回答 409 并列出此前的改动。"
)

_PREFIX = "/api/v1"
_DEPENDENCIES = [Depends(csrf_checked)]
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": problems.Problem, "description": description}
    for status, description in {
        401: "尚未登录或登录已过期",
        403: "没有权限，或缺少令牌",
        404: "没有找到，或无权知晓",
        409: "现在不能办理，或他人已先保存",
        413: "内容过大",
        422: "填写的内容有误",
        503: "数据库暂时无法使用",
    }.items()
}


_SCOPES = "；".join(f"{code}：{scope.title}" for code, scope in SCOPES.items())
_OPEN = frozenset((f"{_PREFIX}/session",))
"""Where one logs in: needs neither token nor session."""


class Health(BaseModel):
    state: str = Field(title="正常时为 ok")


class _Files(StaticFiles):
    """Static files. An address with the version of its content may be kept for ever, any other is asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = scope["query_string"].startswith(b"v=")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
        return response


def create_app(runtime: Shell, lifespan: Lifespan | None = None) -> FastAPI:
    """The ASGI application over this runtime. `lifespan` starts and stops what runs beside it."""
    settings = runtime.settings
    app = FastAPI(
        title="工会劳动争议调解",
        description=_DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        dependencies=_DEPENDENCIES,
        lifespan=lifespan,
    )
    app.state.runtime = runtime
    app.state.session_cookie = SessionCookie(settings)
    app.state.half_way_cookie = StepCookie(settings, "half-way")
    app.state.sign_on_cookie = StepCookie(settings, "sign-on")
    app.state.provider = Provider(settings) if settings.oidc_issuer else None
    problems.install(app, settings.upload_limit_mb)
    app.add_middleware(
        Shield, limit_mb=settings.upload_limit_mb, secure=settings.secure_cookies, refuse=problems.answer
    )
    app.mount("/static", GZipMiddleware(_Files(directory=STATIC)))
    app.add_api_route("/healthz", _health, include_in_schema=False)
    for router in API:
        app.include_router(router, prefix=_PREFIX, responses=_PROBLEMS)
    if isinstance(runtime, Runtime):  # a bare shell has no workflows
        app.router.routes.append(OnFirstUse(_PREFIX, partial(_event_routes, runtime)))
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _event_routes(runtime: Runtime) -> Sequence[BaseRoute]:
    """The operations of the workflows' events; each newest version of a definition stands after its older ones."""
    newest_last = sorted(runtime.machines.items(), key=lambda item: item[0])
    return _events_of(tuple(machine.definition for _, machine in newest_last), runtime.vocabulary)


@lru_cache(maxsize=1)  # including some hundred routes takes seconds; applications over the same definitions share them
def _events_of(definitions: tuple[Definition, ...], vocabulary: Vocabulary) -> Sequence[BaseRoute]:
    router = APIRouter(prefix=_PREFIX, responses=_PROBLEMS, dependencies=_DEPENDENCIES)
    add_events(router, definitions, vocabulary)
    return tuple(router.routes)


def _health(session: ReadSession) -> Health:
    session.execute(select(1))
    return Health(state="ok")


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with errors under the media type they really have."""
    if app.openapi_schema is None:
        routes = list(flattened(app.routes))
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=routes)
        for operation in (o for methods in document["paths"].values() for o in methods.values()):
            for code, told in operation["responses"].items():
                if code >= "400" and "application/json" in told.get("content", {}):
                    told["content"] = {"application/problem+json": told["content"]["application/json"]}
        document["components"]["securitySchemes"] = _schemes(app.state.session_cookie.name)
        document["security"] = [{"token": []}, {"session": [], "csrf": []}]
        for path in _OPEN:
            for method in ("post", "delete"):
                document["paths"][path][method]["security"] = []
        app.openapi_schema = document
    return app.openapi_schema


def _schemes(cookie: str) -> dict[str, Any]:
    """How a request proves whose it is: a token, or the cookie of a log-in with the session's own token."""
    return {
        "token": {"type": "http", "scheme": "bearer", "description": f"接口令牌。权限范围——{_SCOPES}。"},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "登录后的会话。"},
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRF-Token",
            "description": "会话的防伪令牌，仅改动请求需要。",
        },
    }
