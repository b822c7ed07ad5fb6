"""How the office looks after what is late: what weighs how much, and who hears of it after how long. Data, not code."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BrokenDefinition
from ..law import strict_yaml

HARMS = ("danger", "money", "limitation", "vulnerable", "many", "right", "order", "office")
"""What can be seen of a late deadline (`mediation.reports.harm` tells how)."""
WHO = ("owner", "leader", "director")


@dataclass(frozen=True, slots=True)
class Harm:
    """One reason why lateness hurts. The weights of all that hold are added up."""

    name: str
    weight: int
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Rung:
    """From `after` working days of lateness on, `who` is told. `step` counts from 1."""

    step: int
    title: str
    after: int
    who: str


@dataclass(frozen=True, slots=True)
class Oversight:
    """Both tables. `harms` by weight, the heaviest first; `ladder` from the bottom up."""

    harms: tuple[Harm, ...]
    ladder: tuple[Rung, ...]

    def rung(self, step: int) -> Rung | None:
        return next((rung for rung in self.ladder if rung.step == step), None)


def load_oversight(folder: Path) -> Oversight:
    """`harms.yaml` and `escalation.yaml` of this folder; BrokenDefinition tells every fault with file and line."""
    harms, ladder = folder / "harms.yaml", folder / "escalation.yaml"
    faults: list[str] = []
    found = Oversight(_harms(harms, faults), _ladder(ladder, faults))
    if faults:
        raise BrokenDefinition(faults)
    return found


def _harms(path: Path, faults: list[str]) -> tuple[Harm, ...]:
    rows: strict_yaml.MarkedDict = strict_yaml.load(path)["harms"]
    missing = [name for name in HARMS if name not in rows]
    faults += [f"{path}:1: 缺少“{name}”" for name in missing]
    found = []
    for name, row in rows.items():
        if name not in HARMS:
            faults.append(f"{path}:{rows.lines[name]}: 系统不认识“{name}”，只能用：{'、'.join(HARMS)}")
        elif _whole(path, row, {"weight": int, "title": str, "why": str}, faults):
            found.append(Harm(name, row["weight"], row["title"], row["why"]))
    return tuple(sorted(found, key=lambda harm: -harm.weight))


def _ladder(path: Path, faults: list[str]) -> tuple[Rung, ...]:
    found: list[Rung] = []
    for step, row in enumerate(strict_yaml.load(path).get("ladder") or [], start=1):
        if not _whole(path, row, {"title": str, "after": int, "who": str}, faults):
            continue
        if row["who"] not in WHO:
            faults.append(f"{path}:{row.lines['who']}: “{row['who']}”不是{'、'.join(WHO)}之一")
        if row["after"] < 1 or (found and row["after"] <= found[-1].after):
            faults.append(f"{path}:{row.lines['after']}: 工作日数须从1起，一级比一级大")
        found.append(Rung(step, row["title"], row["after"], row["who"]))
    return tuple(found)


def _whole(path: Path, row: Any, wanted: Mapping[str, type], faults: list[str]) -> bool:
    """Exactly these keys, each of its kind."""
    if not isinstance(row, strict_yaml.MarkedDict):
        faults.append(f"{path}:1: 每一项须写成 {{ {', '.join(wanted)} }}")
        return False
    told = [
        f"{path}:{row.line}: “{name}”须是{'整数' if kind is int else '文字'}"
        for name, kind in wanted.items()
        if not isinstance(row.get(name), kind)
    ]
    told += [f"{path}:{row.lines[name]}: 不认识的键“{name}”" for name in row if name not in wanted]
    faults += told
    return not told
