"""`mediation verify`: is everything still as it was written?"""

import typer

from ..findings.faults import Tally
from ..findings.invariants import invariant_faults
from ..findings.verify import verify_all


def verify() -> None:
    """核对全部办理记录、文书、证据文件和到账，以及在办案件是否有人办、有期限、有提醒；有问题时逐条列出，退出码为 1。"""
    from ..assembly import assemble  # the top of the house: importing it early would be a circle

    runtime = assemble()
    tally, found, neglected = Tally(), 0, 0
    with runtime.database.read() as session:
        for fault in verify_all(session, tally=tally):
            found += 1
            typer.echo(f"{fault.number or '（不属于案件）'}：{fault.sentence}")
        for fault in invariant_faults(session, runtime):
            neglected += 1
            typer.echo(f"{fault.number or '（不属于案件）'}：{fault.sentence}")
    runtime.database.engine.dispose()
    counted = f"{tally.entries} 条记录、{tally.documents} 份文书、{tally.files} 个文件"
    if found:
        typer.echo(f"核对了{counted}，发现 {found} 处不符。请勿修改数据，立即报告管理员，并从备份恢复。", err=True)
    if neglected:
        typer.echo(f"另有 {neglected} 处无人办理、没有期限或提醒、或金额对不上，请主管在“逾期督办”中处理。", err=True)
    if found or neglected:
        raise typer.Exit(1)
    typer.echo(f"{counted}，全部相符")
