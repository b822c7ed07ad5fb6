"""`mediation calendar`: what a changed calendar of holidays does to the deadlines that run."""

from typing import Annotated, Any

import typer
from sqlalchemy import select

from ..cases.deadline_changes import apply_calendar
from ..cases.models import Case
from ..deadlines.ledger import Recount, recalculated
from ..deadlines.models import Deadline
from ..limitation.events import recount_limitation
from ..limitation.keep import LIMITATION

app = typer.Typer(help="放假安排", no_args_is_help=True)


@app.callback()
def calendar() -> None:
    """放假安排。"""


@app.command()
def moved(
    apply: Annotated[bool, typer.Option("--apply", help="按新的放假安排改期，每项留下一条办理记录")] = False,
) -> None:
    """放假安排更新后，列出届满日会变动的期限；加 --apply 才改期。"""
    from ..assembly import assemble  # the top of the house: importing it early would be a circle

    runtime = assemble()
    with runtime.database.read() as session:
        found = [(_case(session, shown), shown) for shown in recalculated(session, runtime.law)]
    for (_, number), shown in found:
        typer.echo(f"{number}  {_told(shown)}")
    for (case_id, _), shown in found if apply else ():
        with runtime.database.write() as session:
            apply_calendar(session, runtime, case_id, shown)
    clocks = _clocks(runtime) if apply else []
    for case_id in clocks:
        with runtime.database.write() as session:
            recount_limitation(session, runtime, case_id)
    if clocks:
        typer.echo(f"已重算 {len(clocks)} 件案件的时效。")
    runtime.database.engine.dispose()
    typer.echo(_summary(len(found), apply))


def _clocks(runtime: Any) -> list[int]:
    """Cases whose limitation was reckoned by an older calendar."""
    older = select(Deadline.case_id).where(
        Deadline.name == LIMITATION,
        Deadline.closed_at.is_(None),
        Deadline.calendar != runtime.law.calendar_version,
    )
    with runtime.database.read() as session:
        return list(session.scalars(older.distinct().order_by(Deadline.case_id)))


def _case(session: Any, shown: Recount) -> tuple[int, str]:
    query = select(Case.id, Case.number).join(Deadline, Deadline.case_id == Case.id)
    id, number = session.execute(query.where(Deadline.id == shown.deadline_id)).one()
    return id, number


def _told(shown: Recount) -> str:
    sure = "（暂定）" if shown.provisional else ""
    if shown.legal_after == shown.legal_before:
        return f"{shown.title}：{shown.legal_before.isoformat()} 日期不变，{'暂定' if sure else '已确定'}"
    return f"{shown.title}：{shown.legal_before.isoformat()} → {shown.legal_after.isoformat()}{sure}"


def _summary(count: int, applied: bool) -> str:
    if not count:
        return "没有期限因放假安排变动。"
    return f"已改期 {count} 项。" if applied else f"共 {count} 项会变动；确认后加 --apply 改期。"
