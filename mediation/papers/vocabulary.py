"""The facts that templates may print: name, Chinese label and kind, from `facts.yaml` beside the templates.

One line there is `path: "kind label"`: `workers[]` is a list, `phone?` may be absent. So a missing fact can be named
in words, and a template that misspells one is refused when it is loaded.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from mediation.errors import BrokenDefinition
from mediation.law import strict_yaml

from .blocks import printable

KINDS = {
    "text": "文字",
    "date": "日期",
    "money": "以分为单位的整数金额",
    "number": "整数",
    "yes_no": "是或否",
    "group": "一组事实",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `many` means a list of it; a `group` holds `parts` by name. `path` is as in facts.yaml without `?`."""

    path: str
    label: str
    kind: str
    many: bool = False
    optional: bool = False
    parts: dict[str, "Fact"] = field(default_factory=dict)


class Absent:
    """Stands for a fact that is not there: false, empty, and without anything inside. Knows its label."""

    __slots__ = ("_label",)

    def __init__(self, label: str) -> None:
        self._label = label

    def __str__(self) -> str:
        return self._label

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __getitem__(self, name: object) -> "Absent":
        return self


def load_vocabulary(path: Path) -> Fact:
    """The whole vocabulary as one group. BrokenDefinition tells every fault as file:line."""
    lines = strict_yaml.load(path)
    if not isinstance(lines, strict_yaml.MarkedDict):
        raise BrokenDefinition([f"{path}:1: 应为“事实路径: 类型 名称”的清单"])
    root, faults = Fact("", "全部事实", "group"), []
    for key, value in lines.items():
        try:
            _add(root, key, value)
        except ValueError as fault:
            faults.append(f"{path}:{lines.lines[key]}: {fault}")
    if faults:
        raise BrokenDefinition(faults)
    return root


def _add(root: Fact, key: str, value: object) -> None:
    kind, _, label = str(value).partition(" ")
    if kind not in KINDS or not label.strip():
        raise ValueError(f"“{key}”应写成“类型 名称”，类型只能是 {'、'.join(KINDS)}")
    path = key.removesuffix("?")
    parents, name = path.split(".")[:-1], path.split(".")[-1]
    parent = root
    for step in parents:
        found = parent.parts.get(step.removesuffix("[]"))
        if found is None or found.kind != "group" or found.many != step.endswith("[]"):
            raise ValueError(f"“{key}”的上级“{step}”应先在前面声明为 group")
        parent = found
    bare = name.removesuffix("[]")
    if not bare.isidentifier() or bare.startswith("_") or hasattr(dict, bare) or bare in parent.parts:
        raise ValueError(f"“{key}”重复，或者名称“{bare}”不能使用，请换一个英文名称")
    parent.parts[bare] = Fact(path, label.strip(), kind, name.endswith("[]"), key.endswith("?"))


def find(root: Fact, path: str) -> Fact | None:
    """The fact of a path such as `workers[].name`."""
    found: Fact | None = root
    for step in path.split("."):
        found = found.parts.get(step.removesuffix("[]")) if found else None
        if found is None or found.many != step.endswith("[]"):
            return None
    return found


def ancestors(path: str) -> tuple[str, ...]:
    """`a.b[].c` -> a, a.b[], a.b[].c."""
    steps = path.split(".")
    return tuple(".".join(steps[: i + 1]) for i in range(len(steps)))


def checked(
    root: Fact, facts: Mapping[str, Any], used: Collection[str], mandatory: Collection[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts with Absent in every gap, and the faults by dotted path (`workers.0.name`) as Chinese sentences.

    A fact may be missing if it is optional or if the template does not use it; a mandatory one must hold something.
    Blank text counts as missing.
    """
    faults: dict[str, str] = {}
    return _group(root, facts, "", _Need(used, mandatory, faults)), faults


@dataclass(frozen=True, slots=True)
class _Need:
    used: Collection[str]
    mandatory: Collection[str]
    faults: dict[str, str]

    def says(self, fact: Fact) -> bool:
        return fact.path in self.mandatory or (fact.path in self.used and not fact.optional)


def _group(group: Fact, facts: Mapping[str, Any], at: str, need: _Need) -> dict[str, Any]:
    for stranger in facts.keys() - group.parts.keys():
        need.faults[f"{at}{stranger}"] = f"文书事实表里没有“{at}{stranger}”，请核对名称"
    return {name: _value(part, facts.get(name), f"{at}{name}", need) for name, part in group.parts.items()}


def _value(fact: Fact, value: Any, at: str, need: _Need) -> Any:
    if fact.many and isinstance(value, list | tuple):
        if not value and fact.path in need.mandatory:
            need.faults[at] = f"缺少{fact.label}"
        return tuple(_one(fact, item, f"{at}.{i}", need) for i, item in enumerate(value))
    if value is None or (isinstance(value, str) and not printable(value)):
        if need.says(fact):
            need.faults[at] = f"缺少{fact.label}"
        return Absent(fact.label)
    if fact.many:
        need.faults[at] = f"{fact.label}应为清单"
        return Absent(fact.label)
    return _one(fact, value, at, need)


def _one(fact: Fact, value: Any, at: str, need: _Need) -> Any:
    if fact.kind == "group" and isinstance(value, Mapping):
        return _group(fact, value, f"{at}.", need)
    if not _fits(fact.kind, value):
        need.faults[at] = f"{fact.label}应为{KINDS[fact.kind]}"
    return value


def _fits(kind: str, value: Any) -> bool:
    if kind == "text":
        return isinstance(value, str)
    if kind == "date":
        return type(value) is date
    if kind == "yes_no":
        return isinstance(value, bool)
    return kind in ("money", "number") and type(value) is int and value >= 0
