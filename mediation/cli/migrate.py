"""`mediation workflow migrate`: running proceedings go over to the current version of their definition."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from ..cases.migrate import Transition, migrate_proceeding, outdated, preview
from ..db import dump
from ..errors import MediationError
from ..runtime import Runtime


def migrate(
    name: Annotated[str, typer.Argument(help="流程名称，例如 legal_aid")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出每件会怎样，不改动")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    case: Annotated[str | None, typer.Option("--case", help="只迁移这一案号")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="最多迁移多少件")] = None,
) -> None:
    """把旧版上未办结的程序迁移到现行版本，每件一条办理记录；滞留的留在旧版并说明怎么办（此时退出码为 1）。"""
    from ..assembly import assemble  # the top of the house: importing it early would be a circle

    runtime = assemble()
    if name not in runtime.current:
        typer.echo(f"没有名为“{name}”的流程，已有：{'、'.join(sorted(runtime.current))}", err=True)
        raise typer.Exit(2)
    with runtime.database.read() as session:
        chosen = outdated(session, runtime, name, number=case)[:limit]
    found, failed = _all(runtime, chosen, dry_run)
    runtime.database.engine.dispose()
    stranded = sum(bool(shown.stranded) for shown in found)
    if as_json:
        done = {"workflow": name, "dry_run": dry_run, "proceedings": [asdict(shown) for shown in found]}
        typer.echo(dump({**done, "failed": failed}))
    else:
        _tell(found, stranded, dry_run)
    for words in failed:
        typer.echo(words, err=True)
    raise typer.Exit(1 if failed or (stranded and not dry_run) else 0)


def _all(runtime: Runtime, chosen: Sequence[int], dry_run: bool) -> tuple[list[Transition], list[str]]:
    """Each in a transaction of its own; one that went wrong is named and does not keep the others from going over."""
    found: list[Transition] = []
    failed: list[str] = []
    for proceeding_id in chosen:
        try:
            shown = _one(runtime, proceeding_id, dry_run)
        except MediationError as error:
            failed.append(f"程序{proceeding_id}没有迁移：{error.sentence}")
        else:
            found += [shown] if shown else []
    return found, failed


def _one(runtime: Runtime, proceeding_id: int, dry_run: bool) -> Transition | None:
    if dry_run:
        with runtime.database.read() as session:
            return preview(session, runtime, proceeding_id)
    with runtime.database.write() as session:
        return migrate_proceeding(session, runtime, proceeding_id)


def _tell(found: Sequence[Transition], stranded: int, dry_run: bool) -> None:
    for shown in found:
        typer.echo(_line(shown))
        for words in _details(shown):
            typer.echo(f"    {words}")
    going = len(found) - stranded
    if not found:
        typer.echo("没有停留在旧版的未办结程序。")
    elif dry_run:
        typer.echo(f"这是预演，没有改动：可以迁移 {going} 件，滞留 {stranded} 件。去掉 --dry-run 即迁移。")
    else:
        typer.echo(f"已迁移 {going} 件，滞留 {stranded} 件。")


def _line(shown: Transition) -> str:
    versions = f"第{shown.from_version}版“{shown.from_title}”→ 第{shown.to_version}版"
    where = "滞留" if shown.stranded else f"“{shown.to_title}”"
    return f"{shown.number}（程序{shown.proceeding_id}）{versions}{where}"


def _details(shown: Transition) -> Iterable[str]:
    if shown.stranded:
        yield from shown.stranded
        return
    if shown.keeps:
        yield f"继续计算：{'、'.join(shown.keeps)}"
    if shown.ends:
        yield f"结束（新版没有）：{'、'.join(shown.ends)}"
    for begins in shown.begins:
        late = "（已经过期）" if begins.passed else ""
        yield f"开始计算：{begins.title}，自{begins.start_on.isoformat()}起，至{begins.due_on.isoformat()}{late}"
