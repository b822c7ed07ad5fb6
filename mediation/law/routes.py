"""After an agreement is signed: the ways to make it enforceable, as a table to choose from and to judge by."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from mediation.law.reading import Row, rows, sections
from mediation.law.route_conditions import CONDITIONS, HeadKind
from mediation.law.statutes import Statute, resolve
from mediation.law.strict_yaml import MarkedDict

COUNTED_FROM = ("signed_on", "due_on")
AFTER_WINDOW = ("closed", "defence")
"""A late application is refused; or it is heard, and the other side may raise the limitation."""
KINDS = ("pay", "order", "payment")


@dataclass(frozen=True, slots=True)
class Told:
    """A condition of a route with what people are told: when it fails, when nobody has found out yet."""

    name: str
    fails: str | None
    unsure: str | None
    cites: tuple[Statute, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """One way. `window` is the id of the period in which it is open; None where the law sets no window of its own.

    `counted_from` names the day of a `RouteCase` that the window counts from. `kinds` sort claims by their heads.
    """

    id: str
    title: str
    who_applies: str
    window: str | None
    counted_from: str | None
    after_window: str
    window_note: str | None
    agreements: str
    result: str
    cost: str
    cost_verified: bool
    not_possible_when: tuple[str, ...]
    conditions: tuple[Told, ...]
    cites: tuple[Statute, ...]
    source: str
    verified: bool
    note: str | None
    kinds: Mapping[str, HeadKind]


def read_routes(
    path: Path, statutes: Mapping[str, Statute], periods: Collection[str], faults: list[str]
) -> dict[str, Route]:
    """All routes by id, in the order of the file."""
    found = sections(path, ["heads", "routes"], faults)
    nothing = MarkedDict(path, 1)
    kinds = {key: _kind(row) for key, row in rows(found.get("heads", nothing), faults)}
    faults.extend(f"{path}:1: heads 缺少“{kind}”" for kind in KINDS if found and kind not in kinds)
    return {key: _route(key, row, statutes, periods, kinds) for key, row in rows(found.get("routes", nothing), faults)}


def _kind(row: Row) -> HeadKind:
    source, _ = row.source()
    kind = HeadKind(
        title=row.text("title"),
        sure=frozenset(row.texts("sure")),
        doubtful=frozenset(row.texts("doubtful")),
        source=source,
        note=row.maybe_text("note") or "",
    )
    row.finish()
    return kind


def _route(
    key: str,
    row: Row,
    statutes: Mapping[str, Statute],
    periods: Collection[str],
    kinds: Mapping[str, HeadKind],
) -> Route:
    source, verified = row.source()
    window = row.maybe_text("window")
    route = Route(
        id=key,
        title=row.text("title"),
        who_applies=row.text("who_applies"),
        window=window,
        counted_from=row.choice("counted_from", COUNTED_FROM) if window else row.maybe_text("counted_from"),
        after_window=row.choice("after_window", AFTER_WINDOW, "closed"),
        window_note=row.maybe_text("window_note"),
        agreements=row.text("agreements"),
        result=row.text("result"),
        cost=row.text("cost"),
        cost_verified=(row.maybe_text("cost_source") or source) not in ("M", "P", "B", "D"),
        not_possible_when=row.texts("not_possible_when"),
        conditions=_conditions(row, statutes),
        cites=resolve(row, "cites", statutes),
        source=source,
        verified=verified,
        note=row.maybe_text("note"),
        kinds=kinds,
    )
    row.finish()
    if window and window not in periods:
        row.fault(f"的 window 不是已有的期限：{window}", "window")
    if not row.texts("cites"):
        row.fault("没有法条依据，请在 cites 写明", "cites")
    return route


def _conditions(row: Row, statutes: Mapping[str, Statute]) -> tuple[Told, ...]:
    inner = row.row("conditions")
    if inner is None:
        row.fault("没有写明条件（conditions）")
        return ()
    return tuple(_told(name, one, statutes) for name, one in rows(inner.node, row.faults))


def _told(name: str, row: Row, statutes: Mapping[str, Statute]) -> Told:
    told = Told(name, row.maybe_text("fails"), row.maybe_text("unsure"), resolve(row, "cites", statutes))
    known = CONDITIONS.get(name)
    if known is None:
        row.fault(f"不是已有的条件，可用的有：{'、'.join(sorted(CONDITIONS))}")
    elif known.may_fail != bool(told.fails) or known.may_be_unsure != bool(told.unsure):
        row.fault("的 fails、unsure 应与条件能有的回答一致（不具备、尚未查明各要一句话）")
    if not told.cites:
        row.fault("没有法条依据，请在 cites 写明", "cites")
    row.finish()
    return told
