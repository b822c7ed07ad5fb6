"""Typed reading of one row of a law file: every missing, mistyped or unknown entry becomes a fault with its line."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from mediation.errors import BrokenDefinition
from mediation.law.strict_yaml import MarkedDict, MarkedList, load

NEVER = date(1, 1, 1)
UNKNOWN = "不明"
SOURCES = frozenset("SLBPMD")
RELIABLE = frozenset("SL")


class Row:
    """A mapping being read. Asking for a key marks it as known; `finish` reports the keys that nobody asked for."""

    def __init__(self, node: MarkedDict, name: str, faults: list[str]) -> None:
        self.node = node
        self.name = name
        self.faults = faults
        self._asked: set[str] = set()

    def fault(self, sentence: str, key: str | None = None) -> None:
        line = self.node.lines.get(key or "", self.node.line)
        self.faults.append(f"{self.node.path}:{line}: “{self.name}”{sentence}")

    def raw(self, key: str) -> Any:
        self._asked.add(key)
        return self.node.get(key)

    def text(self, key: str) -> str:
        found = self.maybe_text(key)
        if not found:
            self._missing(key)
        return found or ""

    def maybe_text(self, key: str) -> str | None:
        found = self.raw(key)
        if found is None or isinstance(found, str):
            return found
        self.fault(f"的 {key} 应为文字，请加引号", key)
        return None

    def day(self, key: str) -> date:
        found = self.maybe_day(key)
        if found is None and not self._wrong_kind(key):
            self._missing(key)
        return found or NEVER

    def maybe_day(self, key: str) -> date | None:
        found = self.raw(key)
        if found is None or isinstance(found, date):
            return found
        self.fault(f"的 {key} 应为日期，如 2026-11-20", key)
        return None

    def since(self, key: str) -> date | None:
        """A required day, or the word 不明 for a day that nobody has found out: then None."""
        if self.node.get(key) == UNKNOWN:
            self.raw(key)
            return None
        return self.day(key)

    def maybe_count(self, key: str) -> int | None:
        found = self.raw(key)
        if found is None or (isinstance(found, int) and not isinstance(found, bool) and found >= 0):
            return found
        self.fault(f"的 {key} 应为不小于零的整数", key)
        return None

    def flag(self, key: str, default: bool) -> bool:
        found = self.raw(key)
        if found is None:
            return default
        if not isinstance(found, bool):
            self.fault(f"的 {key} 应为 true 或 false", key)
            return default
        return found

    def decimal(self, key: str) -> Decimal:
        found = self.raw(key)
        try:
            return Decimal(str(found))
        except InvalidOperation:
            self.fault(f"的 {key} 应为数字", key)
            return Decimal(0)

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        found = self.maybe_text(key) or default
        if found in allowed:
            return str(found)
        self.fault(f"的 {key} 应为下列之一：{'、'.join(allowed)}", key)
        return allowed[0]

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.raw(key)
        if found is None:
            return ()
        if isinstance(found, MarkedList) and all(isinstance(item, str) for item in found):
            return tuple(found)
        self.fault(f"的 {key} 应为文字列表", key)
        return ()

    def days(self, key: str) -> tuple[date, ...]:
        found = self.raw(key)
        if found is None:
            return ()
        if isinstance(found, MarkedList) and all(isinstance(item, date) for item in found):
            return tuple(found)
        self.fault(f"的 {key} 应为日期列表", key)
        return ()

    def row(self, key: str) -> "Row | None":
        found = self.raw(key)
        if found is None:
            return None
        if isinstance(found, MarkedDict):
            return Row(found, f"{self.name}.{key}", self.faults)
        self.fault(f"的 {key} 应为一组“键: 值”", key)
        return None

    def source(self) -> tuple[str, bool]:
        """The source tag (several joined by /) and whether the text was read in a reliable copy (S and L only)."""
        tag = self.text("source")
        tags = tag.split("/")
        if tag and not SOURCES.issuperset(tags):
            self.fault("的 source 应由 S、L、B、P、M、D 组成，如 S/L", "source")
        reliable = RELIABLE.issuperset(tags)
        verified = self.flag("verified", reliable)
        if verified and not reliable:
            self.fault(f"的来源为 {tag}，不能标为 verified: true", "verified")
        return tag, verified

    def finish(self) -> None:
        for key in self.node.keys() - self._asked:
            self.fault(f"含有不认识的键“{key}”，请核对拼写", key)

    def _missing(self, key: str) -> None:
        if not self._wrong_kind(key):
            self.fault(f"缺少 {key}，请补上", key)

    def _wrong_kind(self, key: str) -> bool:
        return self.node.get(key) is not None and self.node.get(key) != ""


def sections(path: Path, names: Sequence[str], faults: list[str]) -> dict[str, MarkedDict]:
    """The named top-level mappings of a file; whatever else or less stands there is a fault."""
    try:
        top = load(path)
    except BrokenDefinition as broken:
        faults.extend(broken.faults)
        return {}
    if not isinstance(top, MarkedDict):
        faults.append(f"{path}:1: 文件内容应为“键: 值”，首层应有：{'、'.join(names)}")
        return {}
    for key in top.keys() - set(names):
        faults.append(f"{path}:{top.lines[key]}: 首层不认识“{key}”，只能有：{'、'.join(names)}")
    found = {name: top[name] for name in names if isinstance(top.get(name), MarkedDict)}
    faults.extend(f"{path}:{top.lines.get(n, 1)}: 首层缺少“{n}”或其写法不对" for n in names if n not in found)
    return found


def rows(node: MarkedDict, faults: list[str]) -> Iterator[tuple[str, Row]]:
    """Each entry of a mapping as (id, Row); an entry that is a list gives one Row per dated version."""
    for key, value in node.items():
        for version in value if isinstance(value, MarkedList) else [value]:
            if isinstance(version, MarkedDict):
                yield key, Row(version, key, faults)
            else:
                faults.append(f"{node.path}:{node.lines[key]}: “{key}”应为一组“键: 值”")


def gathered(place: Path, name: str, faults: list[str]) -> Iterator[tuple[str, Row]]:
    """Each entry of section `name` of a file, or of every *.yaml of a folder; an id that two files have is a fault."""
    files = sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    if not files:
        faults.append(f"{place}:1: 文件夹里没有任何 .yaml 文件")
    seen: dict[str, str] = {}
    for path in files:
        for key, row in rows(sections(path, [name], faults).get(name, MarkedDict(path, 1)), faults):
            if seen.setdefault(key, path.name) != path.name:
                row.fault(f"在 {seen[key]} 已有，请删去一处")
                continue
            yield key, row
