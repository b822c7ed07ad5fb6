"""`mediation workflow`: check the definitions, read them, draw them; bring running proceedings to a new version."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from ..engine.definition import CLOCK, Definition
from ..engine.diagram import mermaid, svg
from ..engine.guides import Guide
from ..engine.manual import Limit, Section, Step, manual
from ..errors import BrokenDefinition
from .migrate import migrate

app = typer.Typer(help="流程定义：检查、查看、画图、迁移", no_args_is_help=True)
app.command()(migrate)

Name = Annotated[str | None, typer.Argument(help="流程名称，例如 dispute；不写则全部")]


@app.command()
def check(name: Name = None) -> None:
    """检查流程定义。有问题时逐条列出“文件:行号: 问题”，退出码为 1。"""
    for versions in _chosen(_assembled(), name):
        for definition in versions.values():
            typer.echo(
                f"没有问题：{_headline(definition)}，{len(definition.states)} 个状态，{len(definition.events)} 个事项，"
                f"{len(definition.deadlines)} 个期限"
            )


@app.command()
def show(name: Name = None) -> None:
    """按状态列出：现在做什么、谁来办、期限和依据、可以办理的事项。"""
    found = _assembled()
    for versions in _chosen(found, name):
        definition = _current(versions)
        typer.echo(f"\n# {_headline(definition)}")
        for section in manual(definition, found.law):
            _lines(_told(section, found.vocabulary, found.guides[definition.name][section.state.name]))


@app.command()
def diagram(
    name: Name = None,
    as_svg: Annotated[bool, typer.Option("--svg", help="输出 SVG 图，而不是 Mermaid 文本")] = False,
) -> None:
    """输出当前版本的流程图。"""
    for versions in _chosen(_assembled(), name):
        typer.echo(svg(_current(versions)) if as_svg else mermaid(_current(versions)))


def _assembled() -> Any:
    from ..assembly import assemble_definitions  # the top of the house: importing it early would be a circle

    try:
        return assemble_definitions()
    except BrokenDefinition as broken:
        for fault in broken.faults:
            typer.echo(fault, err=True)
        raise typer.Exit(1) from None


def _chosen(found: Any, name: str | None) -> list[Any]:
    if name is None:
        return list(found.definitions.values())
    if name not in found.definitions:
        typer.echo(f"没有名为“{name}”的流程，已有：{'、'.join(sorted(found.definitions))}", err=True)
        raise typer.Exit(2)
    return [found.definitions[name]]


def _current(versions: Any) -> Definition:
    definition: Definition = versions[max(versions)]
    return definition


def _headline(definition: Definition) -> str:
    return f"{definition.title}（{definition.name}）第{definition.version}版"


def _told(section: Section, vocabulary: Any, guide: Guide) -> Iterable[str]:
    state = section.state
    yield f"\n## {state.title}（{state.name}）" + ("，终点" if state.final else "")
    yield guide.now
    if section.acts_next and section.within:
        yield f"由{vocabulary.role_title(section.acts_next)}办理；期限：{_limit(section.within)}"
    yield from (f"问：{one}" for one in guide.ask)
    yield from (f"注意：{one}" for one in guide.mistakes)
    if guide.articles:
        yield "依据：" + "、".join(article.text for article in guide.articles)
    for step in section.steps:
        yield from _step(step, vocabulary)


def _step(step: Step, vocabulary: Any) -> Iterable[str]:
    event = step.event
    by = "、".join("系统自动" if role == CLOCK else vocabulary.role_title(role) for role in event.by)
    yield f"  - {event.title}（{event.name}）[{by}] → {'／'.join(state.title for state in step.leads_to)}"
    if event.asks:
        asks = [ask.title + ("" if ask.required else "（选填）") for ask in event.asks.values()]
        yield f"      填写：{'、'.join(asks)}"
    if event.guards:
        yield f"      拦下时说：{''.join(vocabulary.guards[name].sentence for name in event.guards)}"
    if event.issues:
        yield f"      文书：{'、'.join(event.issues)}"
    if step.opens:
        yield f"      开始计算：{'；'.join(_limit(limit) for limit in step.opens)}"


def _limit(limit: Limit) -> str:
    source = "、".join(limit.cites) or "内部目标或约定"
    return f"{limit.rule.title} {limit.span}（{source}{'' if limit.verified else '，待核实'}）"


def _lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
