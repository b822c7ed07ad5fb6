"""The evidence checklist as data: what a dispute needs, where a worker finds it, and who has to bring it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import BrokenDefinition
from ..law import strict_yaml
from ..law.statutes import Statute


@dataclass(frozen=True, slots=True)
class Burden:
    """Who has to bring something, and by which articles."""

    who: str
    says: str
    cites: tuple[Statute, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is needed. `categories`: what an uploaded file must be to count for it."""

    name: str
    title: str
    categories: tuple[str, ...]
    where: str
    burden: Burden | None


@dataclass(frozen=True, slots=True)
class Checklists:
    """Every cause and every head of demand has its list; `general` is asked for in any case."""

    items: Mapping[str, Item]
    general: tuple[str, ...]
    causes: Mapping[str, tuple[str, ...]]
    heads: Mapping[str, tuple[str, ...]]

    def wanted(self, cause: str, heads: Iterable[str]) -> tuple[Item, ...]:
        """For the cause first, then for each head, then what every case needs; what is unknown adds nothing."""
        names = [*self.causes.get(cause, ()), *(one for head in heads for one in self.heads.get(head, ()))]
        return tuple(self.items[name] for name in dict.fromkeys([*names, *self.general]))


def load_checklists(path: Path, codes: Mapping[str, Collection[str]], statutes: Mapping[str, Statute]) -> Checklists:
    """BrokenDefinition with every fault: an unknown article, category or item, a cause or head without a list."""
    tree: Any = strict_yaml.load(path)
    faults: list[str] = []
    burdens = {name: _burden(path, tree["burdens"], name, statutes, faults) for name in tree["burdens"]}
    items = {name: _item(path, tree["items"], name, codes, burdens, faults) for name in tree["items"]}
    lists = {key: _lists(path, tree[key], items, codes[known], faults) for key, known in _BY.items()}
    general = tuple(tree["general"])
    faults += [f"{path}:{tree.lines['general']}: general 里没有定义的“{name}”" for name in general if name not in items]
    if faults:
        raise BrokenDefinition(faults)
    return Checklists(MappingProxyType(items), general, lists["causes"], lists["heads"])


_BY = {"causes": "causes", "heads": "demand_heads"}


def _burden(path: Path, rows: Any, name: str, statutes: Mapping[str, Statute], faults: list[str]) -> Burden:
    row = rows[name]
    cited = str(row.get("cites", "")).replace(",", " ").split()
    unknown = [id for id in cited if id not in statutes]
    faults += [f"{path}:{rows.lines[name]}: “{name}”引用的条文“{id}”不在 law/statutes 中" for id in unknown]
    if not cited:
        faults.append(f"{path}:{rows.lines[name]}: “{name}”没有引用条文；没有依据的，不写由谁举证")
    known = tuple(statutes[id] for id in cited if id in statutes)
    return Burden(str(row.get("who", "")), str(row.get("says", "")), known)


def _item(
    path: Path,
    rows: Any,
    name: str,
    codes: Mapping[str, Collection[str]],
    burdens: Mapping[str, Burden],
    faults: list[str],
) -> Item:
    row, at = rows[name], f"{path}:{rows.lines[name]}: “{name}”"
    faults += [f"{at}没有“{key}”" for key in ("title", "categories", "where") if not row.get(key)]
    known = codes["evidence_categories"]
    strange = [code for code in row.get("categories") or () if code not in known]
    faults += [f"{at}的种类“{code}”不在 evidence_categories 中" for code in strange]
    if row.get("burden") and row["burden"] not in burdens:
        faults.append(f"{at}的 burden“{row['burden']}”没有定义")
    categories = tuple(row.get("categories") or ())
    return Item(name, row.get("title", ""), categories, row.get("where", ""), burdens.get(row.get("burden", "")))


def _lists(
    path: Path, rows: Any, items: Mapping[str, Item], known: Collection[str], faults: list[str]
) -> Mapping[str, tuple[str, ...]]:
    faults += [f"{path}:{rows.line}: 缺少“{code}”的清单" for code in known if code not in rows]
    for code, names in rows.items():
        if code not in known:
            faults.append(f"{path}:{rows.lines[code]}: 代码表里没有“{code}”")
        faults += [f"{path}:{rows.lines[code]}: “{code}”里没有定义的“{one}”" for one in names if one not in items]
    return MappingProxyType({code: tuple(names) for code, names in rows.items()})
