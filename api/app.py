"""The application: shield, errors, static files, pages and JSON API around one runtime."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from mediation.runtime import Runtime

from . import problems
from .deps import ReadSession, Shell, csrf_checked
from .pages.routers import ROUTERS as PAGES
from .pages.templating import STATIC
from .security import SessionCookie, Shield
from .v1.events import events_router
from .v1.routers import ROUTERS as API

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_DESCRIPTION = (
    "工会劳动争议调解系统的接口。先以 `POST /api/v1/session` 登录；"
    "此后每个改动请求在请求头 `X-CSRF-Token` 中带上登录时得到的令牌。\n"
    "金额一律为以元为单位的文字（如 `1234.50`），日期为 `2026-09-18`，时间带时区。\n"
    "改动请求须带请求头 `Idempotency-Key`，同一编号重复发送只生效一次。办理事项时带上所看到的 `revision`；"
    "他人已先保存的，回答 409 并列出此前的改动。"
)

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": problems.Problem, "description": description}
    for status, description in {
        401: "尚未登录或登录已过期",
        403: "没有权限，或缺少令牌",
        404: "没有找到，或无权知晓",
        409: "现在不能办理，或他人已先保存",
        422: "填写的内容有误",
        503: "数据库暂时无法使用",
    }.items()
}


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
        dependencies=[Depends(csrf_checked)],
        lifespan=lifespan,
    )
    app.state.runtime = runtime
    app.state.session_cookie = SessionCookie(settings)
    problems.install(app, settings.upload_limit_mb)
    app.add_middleware(
        Shield, limit_mb=settings.upload_limit_mb, secure=settings.secure_cookies, refuse=problems.answer
    )
    app.mount("/static", GZipMiddleware(_Files(directory=STATIC)))
    app.add_api_route("/healthz", _health, include_in_schema=False)
    for router in (*API, *_events_of(runtime)):
        app.include_router(router, prefix="/api/v1", responses=_PROBLEMS)
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _events_of(runtime: Shell) -> tuple[APIRouter, ...]:
    """The operations of the workflows' events; a bare shell has no workflows."""
    return (events_router(runtime),) if isinstance(runtime, Runtime) else ()


def _health(session: ReadSession) -> Health:
    session.execute(select(1))
    return Health(state="ok")


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with errors under the media type they really have."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        for operation in (o for methods in document["paths"].values() for o in methods.values()):
            for code, told in operation["responses"].items():
                if code >= "400" and "application/json" in told.get("content", {}):
                    told["content"] = {"application/problem+json": told["content"]["application/json"]}
        app.openapi_schema = document
    return app.openapi_schema
