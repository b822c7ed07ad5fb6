"""The keys a definition file may hold, and readers that collect every fault with its line instead of stopping."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..catalogue import word
from ..law.strict_yaml import MarkedDict, MarkedList

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")

TOP = (
    *("workflow", "version", "title", "initial", "opens_at_start", "issues_at_start", "states", "events", "deadlines"),
    *("renamed", "about"),
)
STATE = ("title", "final", "acts_next", "within", "help")
EVENT = (
    *("title", "help", "by", "from", "to", "asks", "guards", "effects", "closes", "opens", "extends", "suspends"),
    *("resumes", "issues", "starts", "on_end", "confirm", "group"),
)
ASK = ("type", "title", "required", "help", "choices", "default", "many", "fresh", "same_as")
BRANCH = ("state", "guards", "outcome", "closes", "opens")
EXTENSION = ("deadline", "until", "days")
DEADLINE = ("title", "period", "instead", "on", "from", "each", "owner", "target", "remind", "on_missed")

GRAMMAR: Mapping[str, tuple[str, ...]] = {
    "definition": TOP,
    "states": STATE,
    "events": EVENT,
    "asks": ASK,
    "to": BRANCH,
    "extends": EXTENSION,
    "deadlines": DEADLINE,
}
"""Block by block, all keys there are; workflows/README.md explains each of them."""


class Source:
    """One file while it is read: its marked tree and the faults found so far."""

    def __init__(self, path: Path, tree: Any) -> None:
        self.path = path
        self.tree = tree
        self._faults: dict[tuple[int, str], None] = {}

    def fault(self, where: Iterable[str | int], sentence: str) -> None:
        """Note a fault at the deepest part of the key path `where` that stands in the file."""
        self._faults[self._line(where), sentence] = None

    @property
    def faults(self) -> list[str]:
        return [f"{self.path}:{line}: {sentence}" for line, sentence in sorted(self._faults)]

    def _line(self, where: Iterable[str | int]) -> int:
        node, line = self.tree, getattr(self.tree, "line", 1)
        for key in where:
            if isinstance(node, MarkedList) and key in node:
                key = node.index(key)
            if not isinstance(node, MarkedDict | MarkedList) or key not in node.lines:
                break
            line, node = node.lines[key], node[key]  # type: ignore[index]
        return int(line)


class Block:
    """One mapping of the file with a closed set of keys (None: a table of free names).

    Readers give a harmless default after noting a fault.
    """

    def __init__(self, source: Source, where: tuple[str | int, ...], node: Any, keys: tuple[str, ...] | None) -> None:
        self.source = source
        self.where = where
        self._node: Mapping[str, Any] = node if isinstance(node, MarkedDict) else {}
        if not isinstance(node, MarkedDict):
            source.fault(where, f"{_shown(where)}应当是“键: 值”的写法")
        for key in self._node:
            if keys is not None and key not in keys:
                source.fault((*where, key), f"不认识的键“{key}”，{_shown(where)}只能写：{'、'.join(keys)}")

    def __contains__(self, key: str) -> bool:
        return key in self._node

    def __iter__(self) -> Iterator[str]:
        return iter(self._node)

    def value(self, key: str) -> Any:
        return self._node.get(key)

    def fault(self, key: str, sentence: str) -> None:
        self.source.fault((*self.where, key), sentence)

    def text(self, key: str, *, required: bool = False) -> str | None:
        value = self._node.get(key)
        if isinstance(value, str) and value.strip():
            return word(value.strip())
        if value is not None:
            self.fault(key, f"“{key}”应当是文字")
        elif required or key in self._node:
            self.fault(key, f"{_shown(self.where)}必须填写“{key}”")
        return None

    def needed(self, key: str) -> str:
        return self.text(key, required=True) or ""

    def flag(self, key: str, default: bool) -> bool:
        value = self._node.get(key, default)
        if not isinstance(value, bool):
            self.fault(key, f"“{key}”只能写 true 或 false")
            return default
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """A list of names, each once; missing means none."""
        value = self._node.get(key, ())
        if key not in self._node:
            return ()
        if not isinstance(value, MarkedList) or not all(isinstance(item, str) for item in value):
            self.fault(key, f"“{key}”应当是名称的列表，例如 [{value if isinstance(value, str) else '甲, 乙'}]")
            return ()
        for name in {item for item in value if value.count(item) > 1}:
            self.fault(key, f"“{key}”中“{name}”写了两次")
        return tuple(dict.fromkeys(value))

    def table(self, key: str) -> "Block":
        """A mapping whose keys are names chosen by the author; missing means empty."""
        return Block(self.source, (*self.where, key), self._node.get(key, _EMPTY), None)

    def blocks(self, key: str, keys: tuple[str, ...]) -> dict[str, "Block"]:
        """A table of named blocks: states, events, asks, deadlines."""
        table = self.table(key)
        for name in table:
            if not NAME.fullmatch(name):
                table.fault(name, f"名称“{name}”只能用小写英文字母、数字和下划线，并以字母开头")
        return {name: Block(self.source, (*table.where, name), table.value(name), keys) for name in table}

    def listed(self, key: str, keys: tuple[str, ...]) -> list["Block"]:
        """A list of blocks: branches, extensions; missing means none."""
        items = self._node.get(key, [])
        if not isinstance(items, list):
            self.fault(key, f"“{key}”应当是列表，每项形如 {{ {keys[0]}: … }}")
            return []
        return [Block(self.source, (*self.where, key, index), item, keys) for index, item in enumerate(items)]


_EMPTY = MarkedDict(Path(), 1)


def _shown(where: tuple[str | int, ...]) -> str:
    return f"“{'.'.join(str(key) for key in where)}”" if where else "定义"
