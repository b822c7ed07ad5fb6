"""`mediation serve` and `mediation demo`: web pages, JSON API and the scheduler in one process."""

import importlib
import importlib.util
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import typer
import uvicorn

from ..assembly import assemble, prepare
from ..findings.check import nightly_check
from ..reminders.channels import channels_from
from ..runtime import Runtime
from ..scheduler import start, stop


def application(runtime: Runtime) -> Any:
    """The ASGI application with the scheduler beside it. In a wheel `api` lives inside the package, in a checkout
    beside it; the domain never imports it by name."""
    inside = importlib.util.find_spec("mediation.api") is not None
    create_app: Callable[..., Any] = importlib.import_module("mediation.api.app" if inside else "api.app").create_app

    @asynccontextmanager
    async def beside(_app: Any) -> AsyncIterator[None]:
        scheduler = start(runtime, channels_from(runtime.settings), [lambda: nightly_check(runtime)])
        yield
        stop(scheduler)

    return create_app(runtime, lifespan=beside)


def run(runtime: Runtime) -> None:
    """Serve until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = runtime.settings
    uvicorn.run(application(runtime), host=settings.host, port=settings.port, log_level="warning")


def serve() -> None:
    """启动网页、接口和定时任务（正式使用；数据库见 MEDIATION_DATABASE_URL）。"""
    runtime = assemble()
    prepare(runtime)
    typer.echo(f"已启动：{address(runtime)}（按 Ctrl-C 停止）")
    run(runtime)


def address(runtime: Runtime) -> str:
    return f"http://{runtime.settings.host}:{runtime.settings.port}/"


def demo(
    only_prepare: Annotated[bool, typer.Option("--prepare", help="只建好练习区，不启动网页")] = False,
) -> None:
    """建立练习区（虚构数据）并启动网页、接口和定时任务。"""
    from ..practice.build import LOGINS, PASSWORD, build_if_missing

    runtime = assemble()
    prepare(runtime)
    if build_if_missing(runtime, say=typer.echo):
        typer.echo("练习区已建好，数据均为虚构。")
    typer.echo(f"\n请用浏览器打开：{address(runtime)}\n")
    for login, who in LOGINS.items():
        typer.echo(f"  {who}：用户名 {login}　密码 {PASSWORD}")
    typer.echo("\n按 Ctrl-C 停止。")
    if not only_prepare:
        run(runtime)
