"""How long each data class is kept, counted from closing: `workflows/oversight/retention.yaml`. Data, not code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import BrokenDefinition
from ..law import strict_yaml

PERSONAL = ("identity", "contact", "financial", "health", "narrative")
_SOURCES = ("D", "S", "L", "P", "M")


@dataclass(frozen=True, slots=True)
class Kept:
    """Years for cases with an agreement or an award, and for others; `verified`: the law says so, and we read it."""

    data_class: str
    agreement: int
    other: int
    basis: str
    source: str

    @property
    def verified(self) -> bool:
        return self.source == "S"

    def until(self, closed_on: date, bound: bool) -> date:
        """The first day on which nothing keeps it. `bound`: there is an agreement or an award."""
        year = closed_on.year + (self.agreement if bound else self.other)
        leap = closed_on.month == 2 and closed_on.day == 29
        return date(year, 3, 1) if leap else closed_on.replace(year=year)


@dataclass(frozen=True, slots=True)
class Periods:
    kept: Mapping[str, Kept]
    backup_days: int
    answer_days: int
    """Working days in which a request is to be answered."""

    @property
    def shortest(self) -> int:
        return min(min(one.agreement, one.other) for one in self.kept.values())

    def due(self, closed_on: date, bound: bool) -> dict[str, date]:
        """The first day for each class."""
        return {name: one.until(closed_on, bound) for name, one in self.kept.items()}

    def backups_until(self, erased_on: date) -> date:
        return erased_on + timedelta(days=self.backup_days)


@lru_cache(maxsize=4)
def load_periods(workflows: Path) -> Periods:
    """BrokenDefinition tells every fault with file and line."""
    path = workflows / "oversight" / "retention.yaml"
    told: strict_yaml.MarkedDict = strict_yaml.load(path)
    classes: Any = told.get("classes") or strict_yaml.MarkedDict(path, 1)
    faults: list[str] = []
    faults += [f"{path}:1: 缺少“{name}”的保存年限" for name in PERSONAL if name not in classes]
    faults += [f"{path}:{classes.lines[name]}: 没有“{name}”这一数据类别" for name in classes if name not in PERSONAL]
    kept = {name: _kept(path, name, row, faults) for name, row in classes.items()}
    days = _number(path, told, "backups", "days", faults), _number(path, told, "requests", "working_days", faults)
    if faults:
        raise BrokenDefinition(faults)
    return Periods(kept, *days)


def _kept(path: Path, name: str, row: Any, faults: list[str]) -> Kept:
    agreement, other = row.get("agreement"), row.get("other")
    if any(isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 100 for n in (agreement, other)):
        faults.append(f"{path}:{row.line}: agreement 和 other 须是1到100的整数（年）")
    if row.get("unit") != "years" or row.get("source") not in _SOURCES or not row.get("basis"):
        faults.append(f"{path}:{row.line}: 须写明 unit: years、source（{'、'.join(_SOURCES)}）和 basis")
    return Kept(name, agreement, other, row.get("basis", ""), row.get("source", ""))


def _number(path: Path, told: Any, group: str, name: str, faults: list[str]) -> int:
    row = told.get(group) or {}
    if not isinstance(row.get(name), int) or row[name] < 1:
        faults.append(f"{path}:1: {group}.{name} 须是不小于1的整数")
        return 1
    return int(row[name])
