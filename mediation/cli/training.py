"""`mediation training-copy`: an anonymised copy for practice."""

from pathlib import Path
from typing import Annotated

import typer

from ..training.copying import PASSWORD, make_copy


def training_copy(
    target: Annotated[Path, typer.Argument(help="新的数据文件夹，不能已经存在")],
    who: Annotated[str, typer.Option("--who", help="谁制作（写入记录）", prompt="谁制作")],
    why: Annotated[str, typer.Option("--why", help="用途（写入记录）", prompt="用途")],
) -> None:
    """从正式数据制作练习数据：姓名、号码、单位、文字、证据和文书正文全部替换；日期和金额不变，只供内部练习。"""
    from ..assembly import assemble, prepare  # the top of the house: importing it early would be a circle

    runtime = assemble()
    prepare(runtime)
    logins = make_copy(runtime, target, who, why, typer.echo)
    runtime.database.engine.dispose()
    typer.echo(f"练习数据已建好：{target}。用户名 {'、'.join(logins)}，密码 {PASSWORD}。")
    typer.echo(f"启动：MEDIATION_DATA_FOLDER={target} mediation serve（不要设置 MEDIATION_KEY_FILE）")
