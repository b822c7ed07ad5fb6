"""What a document template may say: words, facts, allow-listed filters, `if` and `for`. Nothing is computed.

The check runs over Jinja's syntax tree when templates are loaded, so that a misspelt fact, an amount printed in fen or
an attempt to reach Python is refused before the first paper, with file and line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from .filters import FILTERS, FITS
from .vocabulary import Fact, ancestors, find

_LOOP = Fact("loop", "循环", "group", parts={"index": Fact("loop.index", "序号", "number")})
for _name in ("first", "last"):
    _LOOP.parts[_name] = Fact(f"loop.{_name}", _name, "yes_no")
_HINTS = {
    "money": "金额请加 yuan 或 capitals",
    "date": "日期请加 chinese_date",
    "yes_no": "是或否只能用在 if 里",
    "group": "请写到具体的事实，例如 .name",
}
_LOGIC = (nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Concat)

Scope = Mapping[str, Fact]


@dataclass(slots=True)
class Check:
    """Walks one template. `used` gathers the paths of facts it prints or asks for, `faults` pairs line and sentence."""

    root: Fact
    mandatory: frozenset[str]
    used: set[str] = field(default_factory=set)
    faults: list[tuple[int, str]] = field(default_factory=list)

    def body(self, found: Iterable[nodes.Node], scope: Scope, sure: frozenset[str]) -> None:
        """Statements. `sure` are the paths that an enclosing `if` has found to be there."""
        for node in found:
            if isinstance(node, nodes.Output):
                self.output(node, scope, sure)
            elif isinstance(node, nodes.If):
                self.condition(node, scope, sure)
            elif isinstance(node, nodes.For):
                self.loop(node, scope, sure)
            else:
                self.fault(node, "文书模板只能用 {{ 事实 }}、if 和 for")

    def fault(self, node: nodes.Node, sentence: str) -> None:
        self.faults.append((node.lineno, sentence))

    def output(self, node: nodes.Output, scope: Scope, sure: frozenset[str]) -> None:
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                continue
            self.expression(part, scope)
            self.printed(part, scope, sure)

    def condition(self, node: nodes.If, scope: Scope, sure: frozenset[str]) -> None:
        self.expression(node.test, scope)
        self.body(node.body, scope, sure | self.asked(node.test, scope))
        for other in node.elif_:
            self.condition(other, scope, sure)
        self.body(node.else_, scope, sure)

    def loop(self, node: nodes.For, scope: Scope, sure: frozenset[str]) -> None:
        fact = self.expression(node.iter, scope)
        if not isinstance(node.target, nodes.Name) or node.test or node.recursive or fact is None or not fact.many:
            self.fault(node, "for 只能写成 {% for 一项 in 清单 %}，清单须是事实表里的清单")
            return
        item = _item(fact)
        self.body(node.body, {**scope, node.target.name: item, "loop": _LOOP}, sure | {item.path})
        self.body(node.else_, scope, sure)

    def asked(self, test: nodes.Node, scope: Scope) -> frozenset[str]:
        """Paths that must be there where `test` holds; `or` and `not` promise nothing."""
        if isinstance(test, nodes.And):
            return self.asked(test.left, scope) | self.asked(test.right, scope)
        fact = self.fact(test, scope)
        return frozenset({fact.path}) if fact else frozenset()

    def fact(self, node: nodes.Node, scope: Scope) -> Fact | None:
        """The fact that a plain name or dotted path means, if it is one."""
        if isinstance(node, nodes.Name):
            return scope.get(node.name)
        if isinstance(node, nodes.Getattr):
            owner = self.fact(node.node, scope)
            return owner.parts.get(node.attr) if owner and not owner.many else None
        return None

    def expression(self, node: nodes.Node, scope: Scope) -> Fact | None:
        """Refuses whatever is not a fact, a text, a filter or a comparison; remembers the facts."""
        if isinstance(node, nodes.Name | nodes.Getattr):
            return self.known(node, scope)
        if isinstance(node, nodes.Filter):
            self.filtered(node, scope)
        elif isinstance(node, _LOGIC):
            for child in node.iter_child_nodes():
                self.expression(child, scope)
        elif not isinstance(node, nodes.Const):
            self.fault(node, "文书模板里不能运算、取下标或调用函数；需要的数请作为事实提供")
        return None

    def known(self, node: nodes.Name | nodes.Getattr, scope: Scope) -> Fact | None:
        fact = self.fact(node, scope)
        if fact is None:
            self.fault(node, f"事实表里没有“{_written(node)}”，请核对拼写")
            return None
        if fact.path != "loop":
            self.used.update(ancestors(fact.path))
        return fact

    def filtered(self, node: nodes.Filter, scope: Scope) -> None:
        inner = self.expression(node.node, scope) if node.node else None
        if node.name not in FILTERS:
            self.fault(node, f"没有“{node.name}”这个过滤器，可用的有 {'、'.join(FILTERS)}")
        elif inner and FITS.get(node.name, _sort(inner)) != _sort(inner):
            self.fault(node, f"{node.name} 不能用于“{inner.label}”")
        elif inner and node.name == "party_list":
            self.known(
                nodes.Getattr(nodes.Name("party", "load"), "name", "load", lineno=node.lineno), {"party": _item(inner)}
            )
        for argument in node.args:
            self.expression(argument, scope)
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            self.fault(node, "过滤器只能按位置写参数")

    def printed(self, node: nodes.Node, scope: Scope, sure: frozenset[str]) -> None:
        """A printed fact needs a filter by its kind, and a way out if it may be absent."""
        if isinstance(node, nodes.CondExpr):
            self.printed(node.expr1, scope, sure | self.asked(node.test, scope))
            self.printed(node.expr2 or nodes.Const(""), scope, sure)
            return
        if isinstance(node, nodes.Concat):
            for part in node.nodes:
                self.printed(part, scope, sure)
            return
        names, inner = set(), node
        while isinstance(inner, nodes.Filter) and inner.node:
            names.add(inner.name)
            inner = inner.node
        fact = self.fact(inner, scope)
        if fact is None:
            return
        if not names - {"default_blank"} and (fact.many or fact.kind in _HINTS):
            hint = "清单请用 for、joined 或 party_list" if fact.many else _HINTS[fact.kind]
            self.fault(node, f"“{fact.label}”不能直接打印：{hint}")
        if not names & {"default_blank", "length"} and self.may_be_absent(fact, sure):
            self.fault(node, f"“{fact.label}”可能没有：请加 default_blank，或放在 if 里")

    def may_be_absent(self, fact: Fact, sure: frozenset[str]) -> bool:
        """Whether the fact or a group around it is optional and nothing has made sure of it."""
        unsure = (path for path in ancestors(fact.path) if path not in sure | self.mandatory)
        return any(known.optional for path in unsure if (known := find(self.root, path)))


def _item(fact: Fact) -> Fact:
    return Fact(fact.path, fact.label, fact.kind, parts=fact.parts)


def _sort(fact: Fact) -> str:
    if not fact.many:
        return fact.kind
    return "list" if fact.kind == "group" else "texts"


def _written(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "…"
