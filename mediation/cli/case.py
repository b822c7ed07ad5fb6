"""`mediation case NUMBER --next 30d`: what will happen to a case if nobody does anything."""

import re
from typing import Annotated

import typer
from sqlalchemy import select

from ..cases.models import Case
from ..errors import BadInput, NotFound
from ..runtime import Runtime
from ..sweeping.upcoming import Coming, enforceable, upcoming
from ..sweeping.wording import day_words, instant_words

KINDS = {"reminder": "提醒", "deadline": "届满", "clock": "自动"}


def case(
    number: Annotated[str, typer.Argument(help="案件编号，如 东工调案〔2026〕00001号")],
    next_: Annotated[str, typer.Option("--next", help="往后看多少天，如 30d")] = "30d",
) -> None:
    """列出今后若干天内这个案件会发生什么：提醒、期限届满、系统自动办理的事项。"""
    days = _days(next_)
    from ..assembly import assemble  # the top of the house: importing it early would be a circle

    runtime = assemble()
    try:
        coming, enforcing = _coming(runtime, number, days)
    finally:
        runtime.database.engine.dispose()
    typer.echo(f"{number}：今后{days}天")
    for one in coming:
        typer.echo(_line(one))
    if not coming:
        typer.echo("没有期限，也没有安排提醒。")
    if enforcing:
        typer.echo("可以申请强制执行，最后一日：")
    for one in enforcing:
        typer.echo(_line(one))


def _coming(runtime: Runtime, number: str, days: int) -> tuple[list[Coming], list[Coming]]:
    """Of every case with this number (it is unique in one organisation only), and what can be enforced until later."""
    with runtime.database.read() as session:
        found = session.scalars(select(Case.id).where(Case.number == number)).all()
        if not found:
            raise NotFound(f"没有编号为“{number}”的案件，请核对编号（括号用〔〕）。")
        coming = [one for id in found for one in upcoming(session, runtime, id, days=days)]
        return coming, [one for id in found for one in enforceable(session, id) if one not in coming]


def _days(text: str) -> int:
    if (found := re.fullmatch(r"(\d{1,4})d?", text)) is None:
        raise BadInput(f"“{text}”不是天数，请写成 30d。")
    return int(found[1])


def _line(one: Coming) -> str:
    when = instant_words(one.at) if one.at else day_words(one.on)
    return f"{when}  {KINDS[one.kind]}  {one.title}（{one.detail}）"
