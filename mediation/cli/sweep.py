"""`mediation sweep`: one sweep from cron, for offices that run no scheduler; safe beside one that does."""

from typing import Annotated

import typer

from ..reminders.channels import channels_from
from ..runtime import Runtime
from ..sweeping.health import health, release_quarantined
from ..sweeping.sweep import sweep_once
from ..sweeping.wording import instant_words


def sweep(
    again: Annotated[bool, typer.Option("--again", help="先把搁置的提醒和期限放回去，再试一次")] = False,
) -> None:
    """发出到期的提醒，办理已经届满的期限。有未能送达或搁置的，退出码为 1。"""
    from ..assembly import assemble  # the top of the house: importing it early would be a circle

    runtime = assemble()
    try:
        sound = _swept(runtime, again)
    finally:
        runtime.database.engine.dispose()
    if not sound:
        raise typer.Exit(1)


def _swept(runtime: Runtime, again: bool) -> bool:
    """Sweep and tell; whether everything has arrived and nothing is stuck."""
    if again:
        with runtime.database.write() as session:
            typer.echo(f"放回{release_quarantined(session)}件")
    result = sweep_once(runtime, channels_from(runtime.settings))
    typer.echo(
        f"{instant_words(runtime.clock.now())}：提醒发出{result.sent}，不再需要{result.not_sent}，"
        f"未能送达{result.failed}；期限届满{result.missed}，系统办理{result.fired}；搁置{result.quarantined}"
    )
    with runtime.database.read() as session:
        stuck = health(session, runtime.clock.now()).quarantined
    for one in stuck:
        typer.echo(f"搁置：{one.case_number} {one.title}：{one.why}", err=True)
    return not (result.failed or stuck)
