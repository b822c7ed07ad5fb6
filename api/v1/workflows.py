"""Workflow definitions for programs: what may happen, by whom, by when."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from mediation.engine.definition import Ask, DeadlineRule, Definition, Event, State
from mediation.runtime import Runtime

from ..deps import CurrentRuntime, CurrentVisitor

router = APIRouter(prefix="/workflows", tags=["流程定义"])


class WorkflowLine(BaseModel):
    name: str = Field(title="流程")
    title: str = Field(title="名称")
    version: int = Field(title="新程序使用的版本")


class StateView(BaseModel):
    name: str = Field(title="状态")
    title: str = Field(title="名称")
    final: bool = Field(title="终点")
    acts_next: str | None = Field(title="下一步由谁办")
    within: str | None = Field(title="期限")
    help: str = Field(title="说明")


class AskView(BaseModel):
    name: str = Field(title="填写项")
    title: str = Field(title="名称")
    type: str = Field(title="类型")
    required: bool = Field(title="必填")
    many: bool = Field(title="可填多个")
    fresh: bool = Field(title="每次重新填写，不沿用以前的内容")
    same_as: list[str] = Field(title="没有填过时，沿用哪些填写项或案情的内容")
    choices: dict[str, str] | None = Field(title="可选的代码与名称")
    help: str = Field(title="说明")


class BranchView(BaseModel):
    to: str | None = Field(title="转到的状态；空为不变")
    guards: list[str] = Field(title="条件")
    outcome: str | None = Field(title="结果代码")


class EventView(BaseModel):
    name: str = Field(title="事项")
    title: str = Field(title="名称")
    help: str = Field(title="说明")
    by: list[str] = Field(title="由谁办")
    from_states: list[str] = Field(title="可在哪些状态办")
    branches: list[BranchView] = Field(title="去向，依次看条件")
    asks: list[AskView] = Field(title="要填写的内容")
    guards: dict[str, str] = Field(title="条件及不满足时的说明")
    opens: list[str] = Field(title="开始的期限")
    closes: list[str] = Field(title="结束的期限")
    issues: list[str] = Field(title="生成的文书")
    starts: str | None = Field(title="启动的程序")


class DeadlineView(BaseModel):
    name: str = Field(title="期限")
    title: str = Field(title="名称")
    period: str | None = Field(title="法定或内部期限编号；约定日期的为空")
    counts_from: str | None = Field(title="从哪一天起算")
    owner: str = Field(title="由谁负责")
    legal: bool = Field(title="法律规定的期限")
    target: int | None = Field(title="内部目标提前的天数")
    remind: dict[str, list[int]] = Field(title="提醒谁、在到期前后几天")
    on_missed: str | None = Field(title="逾期时自动办理的事项")


class WorkflowView(WorkflowLine):
    digest: str = Field(title="定义文件的摘要")
    initial: str = Field(title="初始状态")
    states: list[StateView] = Field(title="状态")
    events: list[EventView] = Field(title="事项")
    deadlines: list[DeadlineView] = Field(title="期限")


@router.get("", summary="全部流程")
def workflows(runtime: CurrentRuntime, _visitor: CurrentVisitor) -> list[WorkflowLine]:
    found = [runtime.machine(name).definition for name in runtime.current]
    return [WorkflowLine(name=d.name, title=d.title, version=d.version) for d in found]


@router.get("/{name}", summary="一个流程的定义")
def workflow(
    name: Annotated[str, Path(title="流程")], runtime: CurrentRuntime, _visitor: CurrentVisitor
) -> WorkflowView:
    """当前版本的全部状态、事项和期限。办理事项的地址为 `/api/v1/流程/程序编号/事项`。"""
    definition = runtime.machine(name).definition
    return _view(definition, runtime)


def _view(definition: Definition, runtime: Runtime) -> WorkflowView:
    return WorkflowView(
        name=definition.name,
        title=definition.title,
        version=definition.version,
        digest=definition.digest,
        initial=definition.initial,
        states=[_state(state) for state in definition.states.values()],
        events=[_event(event, runtime) for event in definition.events.values()],
        deadlines=[_deadline(rule) for rule in definition.deadlines.values()],
    )


def _state(state: State) -> StateView:
    return StateView(
        name=state.name,
        title=state.title,
        final=state.final,
        acts_next=state.acts_next,
        within=state.within,
        help=state.help,
    )


def _event(event: Event, runtime: Runtime) -> EventView:
    guards = dict.fromkeys([*event.guards, *(name for branch in event.branches for name in branch.guards)])
    return EventView(
        name=event.name,
        title=event.title,
        help=event.help,
        by=list(event.by),
        from_states=list(event.from_),
        branches=[BranchView(to=b.to, guards=list(b.guards), outcome=b.outcome) for b in event.branches],
        asks=[_ask(ask, runtime) for ask in event.asks.values()],
        guards={name: runtime.vocabulary.guards[name].sentence for name in guards},
        opens=list(event.opens),
        closes=list(event.closes),
        issues=list(event.issues),
        starts=event.starts,
    )


def _ask(ask: Ask, runtime: Runtime) -> AskView:
    return AskView(
        name=ask.name,
        title=ask.title,
        type=ask.type,
        required=ask.required,
        many=ask.many,
        fresh=ask.fresh,
        same_as=list(ask.same_as),
        choices=dict(runtime.codes[ask.choices]) if ask.choices else None,
        help=ask.help,
    )


def _deadline(rule: DeadlineRule) -> DeadlineView:
    return DeadlineView(
        name=rule.name,
        title=rule.title,
        period=rule.period,
        counts_from=rule.on or rule.from_,
        owner=rule.owner,
        legal=rule.legal,
        target=rule.target,
        remind={role: list(days) for role, days in rule.remind.items()},
        on_missed=rule.on_missed,
    )
