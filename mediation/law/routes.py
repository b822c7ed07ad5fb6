"""After an agreement is signed: the ways to make it enforceable, as a table to choose from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from mediation.law.reading import Row, rows, sections
from mediation.law.statutes import Statute, resolve
from mediation.law.strict_yaml import MarkedDict


@dataclass(frozen=True, slots=True)
class Route:
    """One way. `window` is the id of the period in which it is open; None where the law sets no window of its own."""

    id: str
    title: str
    who_applies: str
    window: str | None
    window_note: str | None
    agreements: str
    result: str
    cost: str
    not_possible_when: tuple[str, ...]
    cites: tuple[Statute, ...]
    source: str
    verified: bool
    note: str | None


def read_routes(
    path: Path, statutes: Mapping[str, Statute], periods: Collection[str], faults: list[str]
) -> dict[str, Route]:
    """All routes by id, in the order of the file."""
    found = sections(path, ["routes"], faults).get("routes", MarkedDict(path, 1))
    return {key: _route(key, row, statutes, periods) for key, row in rows(found, faults)}


def _route(key: str, row: Row, statutes: Mapping[str, Statute], periods: Collection[str]) -> Route:
    source, verified = row.source()
    route = Route(
        id=key,
        title=row.text("title"),
        who_applies=row.text("who_applies"),
        window=row.maybe_text("window"),
        window_note=row.maybe_text("window_note"),
        agreements=row.text("agreements"),
        result=row.text("result"),
        cost=row.text("cost"),
        not_possible_when=row.texts("not_possible_when"),
        cites=resolve(row, "cites", statutes),
        source=source,
        verified=verified,
        note=row.maybe_text("note"),
    )
    row.finish()
    if route.window and route.window not in periods:
        row.fault(f"的 window 不是已有的期限：{route.window}", "window")
    if not row.texts("cites"):
        row.fault("没有法条依据，请在 cites 写明", "cites")
    return route
