"""`mediation replay`: act published cases out on a throw-away database and compare every published sum."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ..errors import BrokenDefinition, NotFound


def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="案例文件（YAML）")],
    case: Annotated[str, typer.Option("--case", help="只重放这个编号的案例，如 RC-05")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """重放已公布的案例：逐步办理并核对金额。金额不一致时退出码为 1，文件有误为 2；尚不能表达的步骤如实列出。"""
    from ..replay import published, report, run, stage, vocabulary  # the top of the house, slow to load

    try:
        found = published.read_cases(file, vocabulary.TITLES)
    except BrokenDefinition as broken:
        for fault in broken.faults:
            typer.echo(fault, err=True)
        raise typer.Exit(2) from None
    done: list[run.Replayed] = []
    with stage.open_stage() as office:
        try:
            for one in run.replay(found, office, only=case or None):
                done.append(one)
                if not as_json:
                    typer.echo("\n".join(report.told(one)))
        except NotFound as error:
            typer.echo(error.sentence, err=True)
            raise typer.Exit(2) from None
    typer.echo(json.dumps(report.as_data(done), ensure_ascii=False, indent=2) if as_json else _total(done))
    if any(one.faults for one in done):
        raise typer.Exit(1)


def _total(done: list) -> str:  # type: ignore[type-arg]
    from ..replay.report import total_line

    return "\n" + total_line(done)
