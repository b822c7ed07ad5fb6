"""`mediation retention`: what is due to be destroyed, and what must be destroyed again after a restore."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

from ..retention.due import find_due
from ..retention.erase import scrub
from ..retention.models import Deletion
from ..retention.periods import load_periods
from ..retention.restored import keep_list, list_file
from ..retention.restored import reapply as reapplied
from ..runtime import Runtime

app = typer.Typer(no_args_is_help=True, help="个人信息的保存期限和销毁")


def _runtime() -> Runtime:
    from ..assembly import assemble, prepare  # the top of the house: importing it early would be a circle

    runtime = assemble()
    prepare(runtime)
    return runtime


@app.command()
def periods() -> None:
    """列出各类个人信息的保存年限、依据和是否核实。"""
    from ..engine.codes import load_codes
    from ..settings import workflows_folder

    found, titles = load_periods(workflows_folder()), load_codes(workflows_folder() / "codes")["data_classes"]
    for one in found.kept.values():
        mark = "" if one.verified else "　【未核实】"
        typer.echo(f"{titles[one.data_class]}：协议、裁判案件{one.agreement}年，其他{one.other}年{mark}\n  {one.basis}")
    typer.echo(f"备份最多保留{found.backup_days}天；个人信息请求{found.answer_days}个工作日内答复。")


@app.command()
def due() -> None:
    """找出保存期满的案件（每晚自动进行），列入“个人信息销毁”页面，等两位主管办理。"""
    runtime = _runtime()
    added = find_due(runtime)
    with runtime.database.read() as session:
        waiting = session.scalar(select(func.count()).where(Deletion.state != "done"))
    runtime.database.engine.dispose()
    typer.echo(f"新列入{added}件，共{waiting}件等待办理。")


@app.command()
def reapply(
    file: Annotated[Path | None, typer.Argument(help="删除清单；不写则用数据文件夹中的 deletions.jsonl")] = None,
) -> None:
    """从备份恢复后运行：按删除清单再次销毁已经证明删除的个人信息，然后才能让人使用。"""
    runtime = _runtime()
    again = total = 0
    for number, needed in reapplied(runtime, file):
        total, again = total + 1, again + needed
        if needed:
            typer.echo(f"  {number} 已再次销毁")
    scrub(runtime.database)
    keep_list(runtime)
    runtime.database.engine.dispose()
    typer.echo(f"删除清单共{total}项，再次销毁{again}项，其余本来就没有恢复。")


@app.command(name="list")
def list_(
    to: Annotated[Path | None, typer.Argument(help="写到哪个文件；不写则写到数据文件夹中的 deletions.jsonl")] = None,
) -> None:
    """写出删除清单（不含个人信息）。请与备份一起保存，恢复时要用。"""
    runtime = _runtime()
    added = keep_list(runtime, to)
    typer.echo(f"{to or list_file(runtime)}：新写入{added}项。")
    runtime.database.engine.dispose()
