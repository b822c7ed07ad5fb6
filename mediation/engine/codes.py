"""Code lists: what may be chosen in a form and counted in a report. One file a list in `workflows/codes`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import BrokenDefinition
from ..law import strict_yaml


@dataclass(frozen=True, slots=True)
class CodeList(Mapping[str, str]):
    """Code → Chinese title, in the order of the file. `about(code)` has the further columns (statute …)."""

    name: str
    title: str
    source: str
    note: str
    titles: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]

    def __getitem__(self, code: str) -> str:
        return self.titles[code]

    def __iter__(self) -> Any:
        return iter(self.titles)

    def __len__(self) -> int:
        return len(self.titles)

    def about(self, code: str) -> Mapping[str, str]:
        return self.columns.get(code, {})


def load_codes(folder: Path) -> Mapping[str, CodeList]:
    """All code lists by name; BrokenDefinition with every fault otherwise."""
    faults: list[str] = []
    lists: dict[str, CodeList] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            lists[path.stem] = _code_list(path)
        except BrokenDefinition as broken:
            faults += broken.faults
    if faults:
        raise BrokenDefinition(faults)
    return MappingProxyType(lists)


def _code_list(path: Path) -> CodeList:
    tree = strict_yaml.load(path)
    faults = [f"{path}:1: 代码表须有“{key}”" for key in ("title", "source", "codes") if not tree.get(key)]
    faults += [
        f"{path}:{tree.lines[key]}: 不认识的键“{key}”"
        for key in tree
        if key not in ("title", "source", "note", "codes")
    ]
    titles: dict[str, str] = {}
    columns: dict[str, Mapping[str, str]] = {}
    for code, value in (tree.get("codes") or {}).items():
        if isinstance(value, str):
            titles[code] = value
        elif isinstance(value, Mapping) and isinstance(value.get("title"), str):
            titles[code] = value["title"]
            columns[code] = MappingProxyType({k: _text(v) for k, v in value.items() if k != "title"})
        else:
            faults.append(f"{path}:{tree['codes'].lines[code]}: 代码“{code}”须有中文名称")
    if faults:
        raise BrokenDefinition(faults)
    return CodeList(
        path.stem,
        _text(tree["title"]),
        _text(tree["source"]),
        _text(tree.get("note") or ""),
        MappingProxyType(titles),
        MappingProxyType(columns),
    )


def _text(value: Any) -> str:
    """Texts stay as they were read: words that pages can translate."""
    return value if isinstance(value, str) else str(value)
