"""The lint: what a definition must prove before a case may run on it."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from pathlib import Path
from types import CodeType

from .carrying import untold
from .definition import CLOCK, DeadlineRule, Definition, Event, State
from .grammar import Source
from .graph import can_end, edges, reached, surely_open
from .guards import Guard
from .names import NameCheck
from .vocabulary import Vocabulary

MOST_HOLLOW_EVENTS = 4
"""Events possible from any state say nothing about who acts next; beyond a handful the states lose their meaning."""

_LATENESS = frozenset({"deadlines", "overdue", "due"})


def check(source: Source, definition: Definition, vocabulary: Vocabulary, previous: Definition | None) -> None:
    """Note every fault. The graph is judged only when the file reads well: half a graph raises false alarms."""
    readable = not source.faults
    NameCheck(source, definition, vocabulary).run()
    _Lint(source, definition, vocabulary).run(graph=readable)
    if previous is not None:
        _check_succession(source, definition, previous)


def check_folder(folder: Path, workflows: Mapping[str, Mapping[int, Definition]], vocabulary: Vocabulary) -> list[str]:
    """Faults that only show when all definitions are seen together: templates that nothing issues."""
    definitions = [definition for versions in workflows.values() for definition in versions.values()]
    issued = {name for definition in definitions for name in definition.issues_at_start}
    issued |= {name for definition in definitions for event in definition.events.values() for name in event.issues}
    asked = {name for definition in definitions for event in definition.events.values() for name in event.asks}
    return [
        f"{definition.path}:1: about 写的“{definition.about}”没有任何事件询问"
        for definition in definitions
        if definition.about is not None and definition.about not in asked
    ] + [
        *untold(definitions, vocabulary),
        *(
            f"{folder}:1: 文书模板“{name}”没有任何流程签发（issues），请删去或用上"
            for name in sorted(vocabulary.documents - issued)
        ),
    ]


class _Lint:
    def __init__(self, source: Source, definition: Definition, vocabulary: Vocabulary) -> None:
        self.source = source
        self.definition = definition
        self.vocabulary = vocabulary

    def run(self, graph: bool) -> None:
        for event in self.definition.events.values():
            self.branches(event)
            self.fired_by_clock(event)
            self.deadline_is_no_guard(event)
        for rule in self.definition.deadlines.values():
            self.deadline(rule)
        self.hollow_events()
        if graph:
            for state in self.definition.states.values():
                self.duty(state)
                self.titles(state)
            self.ways()
            self.within()

    def branches(self, event: Event) -> None:
        where = ("events", event.name, "to")
        if not event.branches:
            self.source.fault(where, f"事件“{event.name}”没有去向（to）")
        open_ones = [index for index, branch in enumerate(event.branches) if not branch.guards]
        if len(open_ones) > 1:
            self.source.fault((*where, open_ones[1]), "有两个不带条件的去向，第二个永远走不到")
        elif open_ones and open_ones[0] != len(event.branches) - 1:
            self.source.fault((*where, open_ones[0]), "不带条件的去向必须放在最后，否则后面的走不到")
        for index, branch in enumerate(event.branches):
            if branch.guards and any(set(b.guards) <= set(branch.guards) for b in event.branches[:index] if b.guards):
                self.source.fault((*where, index), "前面的去向条件更宽，这个去向永远走不到")

    def fired_by_clock(self, event: Event) -> None:
        """What the clock fires has nobody to answer questions."""
        where = ("events", event.name)
        if event.on_end and CLOCK not in event.by:
            self.source.fault((*where, "by"), "由另一流程结束触发（on_end）的事件，by 必须包含 clock")
        if CLOCK in event.by:
            for ask in event.asks.values():
                if ask.required and ask.default is None:
                    self.source.fault(
                        (*where, "asks", ask.name),
                        f"时钟可以触发“{event.name}”，“{ask.name}”不能是必填项（没有人填写）",
                    )

    def deadline_is_no_guard(self, event: Event) -> None:
        """Lateness colours and escalates; it never blocks the repair."""
        names = [*event.guards, *(name for branch in event.branches for name in branch.guards)]
        for name in names:
            guard = self.vocabulary.guards.get(name)
            if name in self.definition.deadlines or (guard is not None and _judges_lateness(guard)):
                self.source.fault(
                    ("events", event.name, "guards", name),
                    f"条件“{name}”按期限把关：期限不能作为条件，逾期只提醒、不阻拦",
                )

    def deadline(self, rule: DeadlineRule) -> None:
        where = ("deadlines", rule.name)
        opened = any(event.ever_opens(rule.name) for event in self.definition.events.values())
        kept = rule.each in self.vocabulary.kept_tables
        if not opened and not kept and rule.name not in self.definition.opens_at_start:
            self.source.fault(where, f"期限“{rule.name}”没有任何事件开启（opens），请删去或用上")
        missed = self.definition.events.get(rule.on_missed or "")
        if missed is not None and CLOCK not in missed.by:
            self.source.fault((*where, "on_missed"), f"逾期时由时钟触发“{missed.name}”，其 by 必须包含 clock")
        self.period(where, rule)

    def period(self, where: tuple[str, ...], rule: DeadlineRule) -> None:
        """Numbers come from the law book, and each rests on an article that somebody has read."""
        names = (rule.period or "", *rule.other_periods())
        for period in (version for name in names for version in self.vocabulary.periods.get(name, ())):
            if not (period.cites or period.basis):
                self.source.fault((*where, "period"), f"法定期间“{period.id}”没有写明依据（cites）")
            if period.working_span is None:
                self.source.fault((*where, "period"), f"法定期间“{period.id}”没有天数，无从计算")
            for cited in period.cites:
                if cited.reviewed_on == date.min:
                    self.source.fault((*where, "period"), f"“{period.id}”的依据{cited.text}没有核对日期（reviewed_on）")

    def hollow_events(self) -> None:
        any_state = [event for event in self.definition.events.values() if event.anywhere]
        hollow = [event for event in any_state if event.starts is None and not event.on_end]
        for event in hollow[MOST_HOLLOW_EVENTS:]:
            self.source.fault(
                ("events", event.name, "from"),
                f"from: any 的事件有 {len(hollow)} 个，最多 {MOST_HOLLOW_EVENTS} 个，请写明从哪些状态可以办理",
            )

    def duty(self, state: State) -> None:
        """A state says who acts next and by when; an end says neither."""
        where = ("states", state.name)
        if state.final:
            for key in ("acts_next", "within"):
                if getattr(state, key) is not None:
                    self.source.fault((*where, key), f"终点状态“{state.name}”不写 {key}")
            return
        if state.within is None:
            self.source.fault(where, f"状态“{state.name}”没有办理期限（within）")
        if state.acts_next is None or state.acts_next not in self.vocabulary.roles or state.acts_next == CLOCK:
            self.source.fault((*where, "acts_next"), f"状态“{state.name}”没有写明由谁办理（acts_next，须是已知角色）")
        elif not any(state.acts_next in event.by for event in self.definition.events_from(state.name)):
            self.source.fault(
                (*where, "acts_next"), f"状态“{state.name}”由“{state.acts_next}”办理，但该角色在此没有可办的事件"
            )

    def titles(self, state: State) -> None:
        for one, other in combinations(self.definition.events_from(state.name), 2):
            if one.title == other.title:
                self.source.fault(
                    ("events", other.name, "title"),
                    f"在状态“{state.name}”有两个事件都叫“{other.title}”（{one.name}、{other.name}），请区分",
                )

    def ways(self) -> None:
        states = self.definition.states.values()
        if not any(state.final for state in states):
            self.source.fault(("states",), "没有终点状态（final: true）")
        leaving = {edge.source for edge in edges(self.definition) if edge.source != edge.target}
        found, ending = reached(self.definition), can_end(self.definition)
        for state in states:
            where = ("states", state.name)
            if state.name not in found:
                self.source.fault(where, f"状态“{state.name}”永远到不了")
            if not state.final and state.name not in leaving:
                self.source.fault(where, f"状态“{state.name}”没有出路，也不是终点")
            elif state.name not in ending:
                self.source.fault(where, f"从状态“{state.name}”走不到任何终点")

    def within(self) -> None:
        running, found = surely_open(self.definition), reached(self.definition)
        for state in self.definition.states.values():
            if (
                state.within in self.definition.deadlines
                and state.name in found
                and state.within not in running[state.name]
            ):
                self.source.fault(
                    ("states", state.name, "within"),
                    f"不能保证期限“{state.within}”在状态“{state.name}”中正在计算：{self.gap(state, running)}",
                )

    def gap(self, state: State, running: Mapping[str, frozenset[str]]) -> str:
        """The way into the state on which the deadline does not run; staying there loses it only by closing it."""
        for edge in edges(self.definition):
            closed = state.within in edge.closes
            lost = closed or (edge.source != state.name and state.within not in running[edge.source])
            if edge.target == state.name and lost and state.within not in edge.opens:
                return f"经事件“{edge.event.name}”从“{edge.source}”进入时没有开启"
        return "程序开始时没有开启（opens_at_start）"


def _check_succession(source: Source, definition: Definition, previous: Definition) -> None:
    """A new version must say where the states of the old one have gone."""
    if definition.version <= previous.version:
        source.fault(("version",), f"version 应当大于上一版的 {previous.version}")
    for state in previous.states.keys() - definition.states.keys() - definition.renamed.keys():
        source.fault(("states",), f"上一版的状态“{state}”不见了，请在 renamed 写明它变成了哪个状态")
    for old, new in definition.renamed.items():
        if old not in previous.states or old in definition.states:
            source.fault(("renamed", old), f"renamed 中的“{old}”应当是上一版有、这一版没有的状态")
        if new not in definition.states:
            source.fault(("renamed", old), f"renamed 指向的状态“{new}”不存在")


def _judges_lateness(guard: Guard) -> bool:
    code = getattr(guard.holds, "__code__", None)
    return code is not None and any(not _LATENESS.isdisjoint(inner.co_names) for inner in _codes(code))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
