"""`mediation serve` and `mediation demo`: web pages, JSON API and the scheduler in one process."""

import importlib
import importlib.util
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from errno import EACCES, EADDRINUSE
from socket import AF_INET, AF_INET6, create_server, socket
from typing import Annotated, Any

import typer
import uvicorn

from ..assembly import assemble, prepare
from ..findings.check import nightly_check
from ..reminders.channels import channels_from
from ..retention.nightly import nightly_retention
from ..runtime import Runtime
from ..scheduler import start, stop
from .starting import starting


def application(runtime: Runtime) -> Any:
    """The ASGI application with the scheduler beside it. In a wheel `api` lives inside the package, in a checkout
    beside it; the domain never imports it by name."""
    inside = importlib.util.find_spec("mediation.api") is not None
    create_app: Callable[..., Any] = importlib.import_module("mediation.api.app" if inside else "api.app").create_app

    @asynccontextmanager
    async def beside(_app: Any) -> AsyncIterator[None]:
        scheduler = start(
            runtime,
            channels_from(runtime.settings),
            [lambda: nightly_check(runtime), lambda: nightly_retention(runtime)],
        )
        yield
        stop(scheduler)

    return create_app(runtime, lifespan=beside)


def run(runtime: Runtime, door: socket) -> None:
    """Serve until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with starting():
        pages = application(runtime)
    uvicorn.Server(uvicorn.Config(pages, log_level="warning")).run(sockets=[door])


def open_door(runtime: Runtime, others: int = 0) -> socket:
    """Listen at the address of the settings, or at one of the next `others` ports where that one is taken."""
    host, port = runtime.settings.host, runtime.settings.port
    for at in range(port, port + others + 1):
        try:
            return create_server((host, at), family=AF_INET6 if ":" in host else AF_INET, backlog=2048)
        except OSError as error:
            if error.errno not in (EADDRINUSE, EACCES):
                break
    typer.echo(f"无法在 {host} 的 {port} 端口上启动：可能已有程序在使用它，或者没有权限。", err=True)
    typer.echo("请先关闭那个程序，或用环境变量 MEDIATION_PORT 换一个端口，如 MEDIATION_PORT=8010。", err=True)
    raise typer.Exit(3)


def serve() -> None:
    """启动网页、接口和定时任务（正式使用；数据库见 MEDIATION_DATABASE_URL）。"""
    with starting():
        runtime = assemble()
        prepare(runtime)
    door = open_door(runtime)
    typer.echo(f"已启动：{address(door)}（按 Ctrl-C 停止）")
    run(runtime, door)


def address(door: socket) -> str:
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def demo(
    only_prepare: Annotated[bool, typer.Option("--prepare", help="只建好练习区，不启动网页")] = False,
) -> None:
    """建立练习区（虚构数据）并启动网页、接口和定时任务。"""
    from ..practice.build import LOGINS, PASSWORD, build_if_missing

    with starting():
        runtime = assemble()
        prepare(runtime)
    if build_if_missing(runtime, say=typer.echo):
        typer.echo("练习区已建好，数据均为虚构。")
    if only_prepare:
        return
    with open_door(runtime, others=20) as door:
        typer.echo(f"\n请用浏览器打开：{address(door)}\n")
        for login, who in LOGINS.items():
            typer.echo(f"  {who}：用户名 {login}　密码 {PASSWORD}")
        typer.echo("\n按 Ctrl-C 停止。")
        run(runtime, door)
