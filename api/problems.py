"""Errors as answers: RFC 9457 problems for programs, a page for people; always one sentence, never a trace.

Sentences are Chinese, or in the language that the request asks for."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from mediation.arrival.registering import AlreadyHere
from mediation.catalogue import speaking, translate, translate_sentence
from mediation.engine import asks
from mediation.errors import (
    BadInput,
    BrokenDefinition,
    MediationError,
    NotAuthenticated,
    NotFound,
    Refused,
    StateHasChanged,
    Unavailable,
)

from .language import wanted_language
from .pages.entrance import back_to, door
from .pages.templating import ShowAgain, fragment, page
from .security import HEADERS, too_large

log = logging.getLogger("mediation.api")

_HTTP_SENTENCES = {
    401: "请先登录。",
    403: "您没有权限查看或执行这一项。",
    404: "没有这个页面，请核对网址，或从首页重新进入。",
    405: "这个地址不支持这种操作，请从本系统的页面进入。",
    415: "不支持这种内容格式，请按接口文档提交。",
}

_UNREADABLE = "提交的内容无法读取，未保存。请刷新页面后重试。"
"""A body that is cut short, or nested deeper than can be read."""

_BROKEN_CHARACTER = "内容中有无法识别的字符（可能是复制时损坏的表情符号），未保存。请删除后重新提交。"
"""JSON can carry half a character; it can be neither stored nor shown."""

_ENDED = "登录已过期。本页已填写的内容还在：提交时会请您重新登录，内容不会丢失；没有填写的，刷新页面即可。"

_PYDANTIC_SENTENCES = {
    "date_parsing": "请按 2026-09-18 的格式填写日期。",
    "date_from_datetime_parsing": "请按 2026-09-18 的格式填写日期。",
    "date_type": "请按 2026-09-18 的格式填写日期。",
    "datetime_parsing": "请按 2026-09-18T09:00 的格式填写时间。",
    "datetime_from_date_parsing": "请按 2026-09-18T09:00 的格式填写时间。",
    "datetime_type": "请按 2026-09-18T09:00 的格式填写时间。",
    "int_parsing": "请填写整数。",
    "int_type": "请填写整数。",
    "int_from_float": "请填写整数。",
    "bool_parsing": "请填写“是”或“否”。",
    "bool_type": "请填写“是”或“否”。",
    "enum": "不在可选范围内，请从列表中选择。",
    "json_invalid": "不是有效的 JSON，请检查格式。",
    "dict_type": "请按各栏分别填写。",
    "model_attributes_type": "请按各栏分别填写。",
    "string_pattern_mismatch": "格式不符，请核对后重新填写。",
}


class Problem(BaseModel):
    """One problem as RFC 9457 describes it."""

    type: str = Field(title="问题类型", examples=["urn:mediation:problem:refused"])
    title: str = Field(title="问题名称（与问题类型一一对应）")
    status: int = Field(title="HTTP 状态码")
    detail: str = Field(title="说明：出了什么问题、该怎么办")
    fields: dict[str, str] | None = Field(None, title="各填写项的问题，键为以点分隔的路径")
    refusals: list[dict[str, str]] | None = Field(None, title="不能办理的全部原因")
    current_revision: int | None = Field(None, title="当前修订号")
    changes: list[dict[str, Any]] | None = Field(None, title="此前他人已作的改动")
    alike: dict[str, list[dict[str, Any]]] | None = Field(
        None, title="登记案件时：cases 相近的未办结案件，offices 正在办理、应先联系的组织"
    )


_TITLES = {
    "bad_input": "填写的内容有误",
    "not_found": "没有找到",
    "not_authenticated": "尚未登录",
    "forbidden": "没有权限",
    "refused": "现在不能办理",
    "stale": "他人已先保存",
    "key_reused": "防重复编号已用过",
    "unavailable": "暂时无法使用",
    "too_large": "内容过大",
    "broken_definition": "流程定义有误",
    "conflict": "内容冲突",
    "error": "系统内部出错",
}


class _Conflict(MediationError):
    code = "conflict"
    status = 409


class _HttpError(MediationError):
    """An error of the HTTP layer itself."""

    def __init__(self, status: int) -> None:
        super().__init__(_HTTP_SENTENCES.get(status, "请求无法处理，请从本系统的页面重新进入。"))
        self.status = status
        self.code = {401: "not_authenticated", 403: "forbidden", 404: "not_found"}.get(status, "bad_input")


def install(app: FastAPI, upload_limit_mb: int) -> None:
    """Register an answer for everything that can be raised."""

    def http_error(request: Request, error: HTTPException) -> Response:
        special = {400: BadInput(_UNREADABLE), 413: too_large(upload_limit_mb)}
        return answer(request, special.get(error.status_code) or _HttpError(error.status_code), error.headers)

    handlers: dict[Any, Any] = {
        MediationError: answer,
        HTTPException: http_error,
        RequestValidationError: lambda request, error: answer(request, _invalid(error)),
        UnicodeEncodeError: lambda request, _error: answer(request, BadInput(_BROKEN_CHARACTER)),
        ShowAgain: lambda _request, again: again.response,
        OperationalError: _database_gone,
        InterfaceError: _database_gone,
        PoolTimeout: _database_gone,
        IntegrityError: _conflict,
        StaleDataError: _conflict,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/") or request.url.path == "/healthz"


def answer(request: Request, error: MediationError, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that tells this error: a problem for programs, a fragment for htmx, a page for people."""
    if isinstance(error, BrokenDefinition):
        log.error("broken definition: %s", error)
    extra = {**(headers or {}), **({"retry-after": "5"} if error.status == 503 else {})}
    if wants_json(request):
        body = jsonable_encoder(problem(error), exclude_none=True)
        return JSONResponse(body, error.status, extra, media_type="application/problem+json")
    if isinstance(error, NotAuthenticated) and request.method == "GET" and not request.headers.get("hx-request"):
        return _to_log_in(request)
    if isinstance(error, NotAuthenticated) and (kept := getattr(request.state, "kept", None)) is not None:
        return door(request, error.status, kept=kept.packed(), next=back_to(request))
    if request.headers.get("hx-request"):
        if isinstance(error, NotAuthenticated):  # the page stays: a form on it may hold much that is not saved
            error = NotAuthenticated(_ENDED)
        return fragment(request, "error.html", "message", error.status, error=error)
    return page(request, "error.html", error.status, headers=extra, error=error, title=_TITLES[error.code])


def problem(error: MediationError) -> Problem:
    """In the language of the request; what somebody typed stays as it is."""
    stale = error if isinstance(error, StateHasChanged) else None
    return Problem(
        type=f"urn:mediation:problem:{error.code}",
        title=translate(_TITLES[error.code]),
        status=error.status,
        detail=translate_sentence(error.sentence),
        fields=_told(error.fields) or None if isinstance(error, BadInput) else None,
        refusals=[{"guard": r.guard, "sentence": translate_sentence(r.sentence)} for r in error.refusals]
        if isinstance(error, Refused)
        else None,
        current_revision=stale.current_revision if stale else None,
        changes=[dict(change) for change in stale.changes] if stale else None,
        alike=_alike(error) if isinstance(error, AlreadyHere) else None,
    )


def _told(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: translate_sentence(sentence) for name, sentence in fields.items()}


def _alike(error: AlreadyHere) -> dict[str, list[dict[str, Any]]]:
    found = error.alike
    return {"cases": [asdict(one) for one in found.cases], "offices": [asdict(one) for one in found.offices]}


def _to_log_in(request: Request) -> Response:
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/login?" + urlencode({"next": target}), 303)


def _invalid(error: RequestValidationError) -> MediationError:
    """All wrong fields; a wrong address is an unknown page."""
    details = error.errors()
    if any(detail["loc"][0] == "path" for detail in details):
        return NotFound(_HTTP_SENTENCES[404])
    fields = {_place(detail): _sentence(detail) for detail in details}
    return BadInput("填写的内容有误，请按提示修改。", fields)


def _place(detail: Any) -> str:
    """The path of the field. What is no JSON has no fields: there, pydantic tells the number of a byte."""
    where, *inside = detail["loc"]
    return asks.path(tuple(inside)) if inside and detail["type"] != "json_invalid" else str(where)


def _sentence(detail: Any) -> str:
    told = str(detail.get("ctx", {}).get("error", ""))
    if any("\u4e00" <= c <= "\u9fff" for c in told):
        return told
    return _PYDANTIC_SENTENCES.get(detail["type"]) or asks.sentence(detail)


def _database_gone(request: Request, error: Exception) -> Response:
    log.warning("database: %s", type(error).__name__)
    return answer(request, Unavailable("数据库暂时无法使用（可能正忙或已断开），内容未保存，请稍后重试。"))


def _conflict(request: Request, error: Exception) -> Response:
    log.warning("conflict: %s", type(error).__name__)
    return answer(request, _Conflict("刚才有人同时保存了相同的内容，您的内容未保存。请刷新页面，核对后重试。"))


def _unexpected(request: Request, error: Exception) -> Response:
    """What nobody foresaw: a number for the person, the trace for the log."""
    number = secrets.token_hex(4)
    log.error("unexpected error %s at %s", number, request.url.path, exc_info=error)
    known = MediationError(f"系统内部出错（编号{number}），内容未保存。请稍后重试；若仍出错，请把编号告诉管理员。")
    with speaking(wanted_language(request)):  # asked outside everything that knows the language
        response = answer(request, known)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
