"""Every name of a definition must mean something: in the definition itself or in the vocabulary."""

import keyword
from collections.abc import Collection, Iterable

from ..errors import BadInput
from .asks import Answers, answers_model, validate
from .carrying import carriable, carried
from .definition import CLOCK, TODAY, Ask, DeadlineRule, Definition, Event, Extension
from .grammar import Source
from .vocabulary import Vocabulary

RESERVED = frozenset({"any", "same", "today", "start", "end", "clock", "options", "history", "none"})
"""Words with a meaning of their own in definitions and addresses; no state or event may be called so."""

RESERVED_ASKS = frozenset({"revision", "idempotency_key", "csrf_token", "answers", "facts"})
"""Names that travel with the answers in forms and requests."""

_DATES = ("date", "datetime")


class NameCheck:
    """Resolves the names of one definition and notes those that do not exist."""

    def __init__(self, source: Source, definition: Definition, vocabulary: Vocabulary) -> None:
        self.source = source
        self.definition = definition
        self.vocabulary = vocabulary

    def run(self) -> None:
        d = self.definition
        self.known(("initial",), [d.initial], d.states, "状态")
        self.known(("opens_at_start",), d.opens_at_start, d.deadlines, "期限")
        self.known(("issues_at_start",), d.issues_at_start, self.vocabulary.documents, "文书模板")
        for state in d.states.values():
            if state.within is not None:
                self.known(("states", state.name, "within"), [state.within], d.deadlines, "期限")
            self.free("states", state.name, RESERVED)
        for event in d.events.values():
            self.event(event)
        for rule in d.deadlines.values():
            self.deadline(rule)

    def known(self, where: tuple[str, ...], names: Iterable[str], known: Collection[str], kind: str) -> None:
        for name in names:
            if name and name not in known:
                self.source.fault((*where, name), f"{kind}“{name}”不存在，可用的有：{_listed(known)}")

    def free(self, block: str, name: str, reserved: Collection[str]) -> None:
        if name in reserved or keyword.iskeyword(name):
            self.source.fault((block, name), f"“{name}”是保留字，请换一个名称")

    def event(self, event: Event) -> None:
        d, v, where = self.definition, self.vocabulary, ("events", event.name)
        self.free("events", event.name, RESERVED)
        self.known((*where, "by"), event.by, {*v.roles, CLOCK}, "角色")
        self.known((*where, "from"), event.from_, d.states, "状态")
        self.known((*where, "guards"), event.guards, v.guards, "条件")
        self.known((*where, "effects"), event.effects, v.effects, "处理动作")
        self.known((*where, "issues"), event.issues, v.documents, "文书模板")
        for key in ("opens", "closes", "suspends", "resumes"):
            self.known((*where, key), getattr(event, key), d.deadlines, "期限")
        self.known((*where, "starts"), [event.starts or ""], v.workflows, "流程")
        self.known((*where, "on_end"), event.on_end, v.workflows, "流程")
        for branch in event.branches:
            self.known((*where, "to"), [branch.to or ""], d.states, "状态")
            self.known((*where, "to"), branch.guards, v.guards, "条件")
            self.known((*where, "to"), branch.closes + branch.opens, d.deadlines, "期限")
            self.known((*where, "to"), [branch.outcome or ""], v.codes.get("outcomes", {}), "结果代码")
        for extension in event.extends:
            self.extension(event, extension)
        self.asks(event)

    def extension(self, event: Event, extension: Extension) -> None:
        where = ("events", event.name, "extends")
        self.known(where, [extension.deadline], self.definition.deadlines, "期限")
        if extension.until is not None and extension.until not in self.vocabulary.facts:
            self.needs_ask(where, event, extension.until, _DATES)
        if extension.days is not None:
            self.needs_ask(where, event, extension.days, ("integer",))

    def needs_ask(self, where: tuple[str, ...], event: Event, name: str, types: Collection[str]) -> None:
        """The event must always get this answer, of one of these types."""
        ask = event.asks.get(name)
        if ask is None:
            self.source.fault(where, f"事件“{event.name}”没有询问“{name}”，也没有这个已知日期")
        elif ask.type not in types or ask.many:
            self.source.fault(where, f"事件“{event.name}”的“{name}”类型应为 {'、'.join(types)}")
        elif not ask.required and ask.default is None:
            self.source.fault(where, f"事件“{event.name}”的“{name}”不是必填项，期限可能无从算起")

    def asks(self, event: Event) -> None:
        for ask in event.asks.values():
            where = ("events", event.name, "asks", ask.name)
            if ask.name in RESERVED_ASKS or hasattr(Answers, ask.name) or keyword.iskeyword(ask.name):
                self.source.fault(where, f"“{ask.name}”是保留字，请换一个名称")
            self.ask(where, ask)
        if not self.source.faults:
            self.defaults(event)

    def ask(self, where: tuple[str, ...], ask: Ask) -> None:
        self.known((*where, "type"), [ask.type], self.vocabulary.ask_types, "填写类型")
        picks = ask.type in ("choice", "choices")
        if picks and ask.choices is None:
            self.source.fault(where, f"类型 {ask.type} 必须用 choices 指明代码表")
        if ask.choices is not None:
            self.known((*where, "choices"), [ask.choices], self.vocabulary.codes, "代码表")
            if not picks:
                self.source.fault((*where, "choices"), "只有类型 choice 和 choices 才能写 choices")
        if ask.fresh and not carriable(ask, self.vocabulary):
            self.source.fault((*where, "fresh"), f"“{ask.name}”本来就不沿用以前填写的内容，请删去 fresh")
        if ask.same_as and not carried(ask, self.vocabulary):
            self.source.fault((*where, "same_as"), f"“{ask.name}”不沿用以前填写的内容，不能写 same_as")
        if ask.many and picks:
            self.source.fault((*where, "many"), "要选多项请用类型 choices，不写 many")

    def defaults(self, event: Event) -> None:
        given = {ask.name: ask.default for ask in event.asks.values() if ask.default is not None}
        try:
            validate(answers_model(event, self.vocabulary), given)
        except BadInput as wrong:
            for field, sentence in wrong.fields.items():
                if (name := field.split(".")[0]) in given:
                    self.source.fault(("events", event.name, "asks", name, "default"), f"默认值不能用：{sentence}")

    def deadline(self, rule: DeadlineRule) -> None:
        where = ("deadlines", rule.name)
        self.free("deadlines", rule.name, RESERVED)
        self.known((*where, "period"), [rule.period or ""], self.vocabulary.periods, "法定期间")
        self.known((*where, "instead"), rule.other_periods(), self.vocabulary.periods, "法定期间")
        for name in rule.instead:
            self.chooser((*where, "instead"), rule, name)
        self.known((*where, "owner"), [rule.owner], self.vocabulary.roles, "角色")
        self.known((*where, "remind"), rule.remind, self.vocabulary.roles, "角色")
        self.known((*where, "on_missed"), [rule.on_missed or ""], self.definition.events, "事件")
        if (rule.period is None) == (rule.on is None):
            self.source.fault(where, "期限要么写 period 和 from（法定期间），要么写 on（约定的日期），只写一种")
        elif (rule.period is None) != (rule.from_ is None):
            self.source.fault(where, "写了 period 就要写 from（从哪天起算）；写 on 时不写 from")
        else:
            self.start(where, rule, rule.on or rule.from_ or "")

    def chooser(self, where: tuple[str, ...], rule: DeadlineRule, name: str) -> None:
        """What chooses another period is known of the case, or asked by an event that opens the deadline."""
        asked = any(name in e.asks for e in self.definition.events.values() if e.ever_opens(rule.name))
        known = self.vocabulary.choosers
        if name not in known and not asked:
            self.source.fault((*where, name), f"“{name}”既不是案件已知的内容（{_listed(known)}），也没有询问")
        if rule.period is None:
            self.source.fault(where, "instead 只能与 period 一起写")

    def start(self, where: tuple[str, ...], rule: DeadlineRule, name: str) -> None:
        """What the deadline is counted from must be known at every opening."""
        at_start = rule.name in self.definition.opens_at_start
        openers = [event for event in self.definition.events.values() if event.ever_opens(rule.name)]
        if rule.each is not None:
            self.rows(where, rule, name)
        elif name not in self.vocabulary.facts and (name != TODAY or rule.on):
            for event in openers:
                if rule.on or name not in self.definition.deadlines.keys() - {rule.name}:
                    self.needs_ask((*where, "on" if rule.on else "from"), event, name, _DATES)
            if at_start:
                self.source.fault(
                    where, f"期限在程序开始时就开启，“{name}”须是已知日期：{_listed(self.vocabulary.facts)}"
                )

    def rows(self, where: tuple[str, ...], rule: DeadlineRule, column: str) -> None:
        if columns := self.vocabulary.kept_tables.get(rule.each or ""):
            if column not in columns:
                self.source.fault(where, f"“{rule.each}”没有“{column}”这一栏，可用的有：{_listed(columns)}")
            return
        if rule.name in self.definition.opens_at_start:
            self.source.fault((*where, "each"), "程序开始时没有表格可填，opens_at_start 不能开启逐行的期限")
        tables = self.tables(rule.each or "")
        if not tables:
            self.source.fault((*where, "each"), f"没有任何事件填写名为“{rule.each}”的表格")
        for columns in tables:
            if column not in columns and column != TODAY:
                self.source.fault(where, f"表格“{rule.each}”没有“{column}”这一栏，可用的有：{_listed(columns)}")

    def tables(self, name: str) -> list[tuple[str, ...]]:
        """The columns of the table asks of this name; rows asked by an earlier event may be opened by a later one."""
        asks = [event.asks[name] for event in self.definition.events.values() if name in event.asks]
        types = [self.vocabulary.ask_types[ask.type] for ask in asks if ask.type in self.vocabulary.ask_types]
        return [kind.columns for kind in types if kind.columns]


def _listed(names: Iterable[str]) -> str:
    return "、".join(sorted(names)) or "（无）"
