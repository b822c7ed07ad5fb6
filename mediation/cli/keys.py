"""`mediation keys`: the keys that seal personal data in the database; showing, adding, changing over, retiring."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from sqlalchemy import select

from ..cases.audit import note_outside_cases
from ..errors import Refusal, Refused
from ..people.actor import CLOCK
from ..people.models import Organisation
from ..runtime import Runtime
from ..sealing.keys import Keyring, ring_of
from ..sealing.rotation import outstanding, refuse_needed
from ..sealing.rotation import rotate as rotated
from ..sealing.starting import record
from ..sealing.stored import CLEAR, counts
from ..tables import metadata

app = typer.Typer(no_args_is_help=True, help="加密敏感信息的密钥：查看、增加、轮换、停用")

SETTLED = timedelta(minutes=1)
"""So long after a key was added, every running program has seen it."""


@contextmanager
def _begun() -> Iterator[tuple[Runtime, Keyring]]:
    from ..assembly import assemble, prepare  # the top of the house: importing it early would be a circle

    runtime = assemble()
    try:
        prepare(runtime)
        yield runtime, ring_of(runtime.database.engine.dialect)
    finally:
        runtime.database.engine.dispose()


@app.command()
def show() -> None:
    """列出密钥文件中的密钥，以及各有多少项内容是用它加密的。不显示密钥本身。"""
    with _begun() as (runtime, ring):
        with runtime.database.read() as session:
            found = counts(session.connection(), metadata)
        typer.echo(f"密钥文件：{ring.file}")
        for key in ring.keys:
            mark = "（正在使用）" if key is ring.newest else ""
            typer.echo(f"  {key.id}　{key.made_at} 生成　加密了 {found.get(key.id, 0)} 项{mark}")
        if found.get(CLEAR):
            typer.echo(f"  未加密 {found[CLEAR]} 项，请运行 mediation keys rotate。")


@app.command()
def add() -> None:
    """加一个新密钥，此后新内容用它加密。多台机器时，先把密钥文件复制到每一台，再运行 rotate。"""
    with _begun() as (runtime, ring):
        key = ring.add(runtime.clock.now())
        _record(runtime, ring)
        _note(runtime, "add_key", {"key": key.id})
        typer.echo(f"已增加密钥 {key.id}。请立即备份密钥文件 {ring.file}，再运行 mediation keys rotate。")


@app.command()
def rotate() -> None:
    """把所有已加密的内容改用最新的密钥。可以边使用边进行；中断后再运行一次即从断处继续。"""
    with _begun() as (runtime, ring):
        newest, waiting = ring.newest.id, outstanding(runtime.database, metadata, ring)
        if not waiting:
            typer.echo(f"所有内容都已用密钥 {newest} 加密，不需要轮换。")
            return
        _note(runtime, "begin_key_rotation", {"key": newest, "rows": waiting})
        typer.echo(f"改用密钥 {newest}：共 {waiting} 行。")
        done: dict[str, int] = {}
        for table, rows in rotated(runtime.database, metadata, ring):
            done[table] = done.get(table, 0) + rows
            typer.echo(f"  {table} {done[table]}（总进度 {sum(done.values())}/{waiting}）")
        left = outstanding(runtime.database, metadata, ring)
        _note(runtime, "end_key_rotation", {"key": newest, "rows": done, "left": left})
        told = "、".join(f"{table} {rows}" for table, rows in done.items())
        typer.echo(f"已用密钥 {newest} 重新加密 {sum(done.values())} 行：{told}。")
        if left:
            typer.echo(f"还有 {left} 行正被他人使用，没有完成，请再运行一次。", err=True)
            raise typer.Exit(1)


@app.command()
def retire(key: Annotated[str, typer.Argument(help="密钥编号，见 mediation keys show")]) -> None:
    """从密钥文件中去掉一个不再使用的旧密钥；还有内容用它加密时拒绝。"""
    with _begun() as (runtime, ring):
        refuse_needed(runtime.database, metadata, ring, key)
        now = runtime.clock.now()
        if now - datetime.fromisoformat(ring.newest.made_at) < SETTLED:
            raise Refused([Refusal("key_settled", "新密钥刚刚加入，其他程序可能还在使用旧密钥，请一分钟后再试。")])
        ring.remove(key)
        _record(runtime, ring)
        _note(runtime, "retire_key", {"key": key})
        typer.echo(f"已停用密钥 {key}。用它加密的旧备份仍需要它：请把旧的密钥文件与那些备份分开保存。")


def _record(runtime: Runtime, ring: Keyring) -> None:
    with runtime.database.write() as session:
        record(session.connection(), [key.id for key in ring.keys], runtime.clock.now())


def _note(runtime: Runtime, event: str, told: dict[str, Any]) -> None:
    """One entry in the chain of each organisation that has none above it."""
    with runtime.database.write() as session:
        for id in session.scalars(select(Organisation.id).where(Organisation.parent_id.is_(None))).all():
            note_outside_cases(session, id, event, told, actor=CLOCK, role="clock", at=runtime.clock.now())
