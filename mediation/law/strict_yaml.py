"""YAML as lawyers expect it: what stands in the file is what is read, and every value knows its line.

Plain YAML lets the second of two equal keys win, turns the key `on` into True, and lets one block hide behind an
anchor. All of that is refused here. Only int, true/false, null and ISO dates become values; everything else, with every
key, stays the text that was written ("yes", "on", "1.5", "1_000"): Chinese as a `Word`, which pages can translate.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mediation.catalogue import word
from mediation.errors import BrokenDefinition

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class MarkedDict(dict[str, Any]):
    """A mapping that knows its file (`path`), its own line and the line of each key (`lines`); lines count from 1."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__()
        self.path = path
        self.line = line
        self.lines: dict[str, int] = {}


class MarkedList(list[Any]):
    """A sequence that knows its file (`path`), its own line and the line of each item by index (`lines`)."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__()
        self.path = path
        self.line = line
        self.lines: dict[int, int] = {}


def load(path: Path) -> Any:
    """The one document of a file as MarkedDict, MarkedList or scalar. BrokenDefinition tells every fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BrokenDefinition([f"{path}:1: 找不到这个文件，请核对路径"]) from None
    except (OSError, UnicodeDecodeError):
        raise BrokenDefinition([f"{path}:1: 文件无法按 UTF-8 文本读取，请另存为 UTF-8 编码"]) from None
    return parse(text, path)


def parse(text: str, path: Path) -> Any:
    """As `load`, for text already read; `path` only names the file in faults and marks."""
    if tabs := [n for n, line in enumerate(text.split("\n"), 1) if "\t" in line]:
        raise BrokenDefinition([f"{path}:{n}: 含有制表符（Tab），请改用空格" for n in tabs])
    builder = _Builder(path)
    try:
        value = builder.document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BrokenDefinition([f"{path}:{mark.line + 1 if mark else 1}: YAML 写法有误（{error.problem}）"]) from None
    except yaml.YAMLError:
        raise BrokenDefinition([f"{path}:1: 含有 YAML 不允许的字符，请删除不可见字符"]) from None
    except RecursionError:
        raise BrokenDefinition([f"{path}:1: 嵌套层数过多，请简化"]) from None
    if builder.faults:
        raise BrokenDefinition(builder.faults)
    return value


class _Builder:
    """Turns the parser's events into marked values; keeps going after a fault, so that all are told at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[str] = []

    def document(self, events: Iterator[Any]) -> Any:
        value, documents = None, 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.fault(event, "一个文件只能有一份 YAML 文档，请删除多余的“---”")
                read = self.value(next(events), events)
                value = read if documents == 1 else value
        return value

    def fault(self, event: Any, sentence: str) -> None:
        self.faults.append(f"{self.path}:{_line(event)}: {sentence}")

    def value(self, event: Any, events: Iterator[Any]) -> Any:
        if isinstance(event, yaml.AliasEvent):
            self.fault(event, f"不允许引用锚点“*{event.anchor}”，请把内容写全")
            return None
        if event.anchor is not None:
            self.fault(event, f"不允许定义锚点“&{event.anchor}”，请把内容写全")
        if event.tag is not None:
            self.fault(event, f"不允许使用类型标签“{event.tag}”")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(event, events)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, events)
        return self.scalar(event)

    def mapping(self, start: Any, events: Iterator[Any]) -> MarkedDict:
        found = MarkedDict(self.path, _line(start))
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.key(event, events)
            value = self.value(next(events), events)
            if key in found:
                self.fault(event, f"键“{key}”重复，第{found.lines[key]}行已有，请删去一处")
                continue
            found[key], found.lines[key] = value, _line(event)
        return found

    def key(self, event: Any, events: Iterator[Any]) -> str:
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None:
            if event.value == "<<" and not event.style:
                self.fault(event, "不允许用“<<”合并，请把内容写全")
            return str(event.value)
        self.fault(event, "键必须是普通文字")
        self.value(event, events)
        return ""

    def sequence(self, start: Any, events: Iterator[Any]) -> MarkedList:
        found = MarkedList(self.path, _line(start))
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.lines[len(found)] = _line(event)
            found.append(self.value(event, events))
        return found

    def scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.style:
            return word(text)
        if text in _WORDS:
            return _WORDS[text]
        if _INT.match(text):
            return int(text)
        return self.day(event) if _DATE.match(text) else word(text)

    def day(self, event: Any) -> date | None:
        try:
            return date.fromisoformat(event.value)
        except ValueError:
            self.fault(event, f"没有“{event.value}”这一天，请核对日期")
            return None


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
