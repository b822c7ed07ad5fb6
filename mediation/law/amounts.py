"""Legal amounts that change with the years: minimum wages, divisors, caps; each value with place, date and source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from mediation.law.reading import Row, rows, sections
from mediation.law.statutes import Statute, resolve
from mediation.law.strict_yaml import MarkedDict


@dataclass(frozen=True, slots=True)
class Amount:
    """One value from `in_force_from` on. `unit` is Chinese (元/月); statistics of a year name that year's days."""

    key: str
    title: str
    value: Decimal
    unit: str
    place: str
    in_force_from: date
    in_force_to: date | None
    cites: tuple[Statute, ...]
    source: str
    verified: bool
    note: str | None


def read_amounts(path: Path, statutes: Mapping[str, Statute], faults: list[str]) -> dict[str, tuple[Amount, ...]]:
    """All values by key, oldest first."""
    found: dict[str, list[Amount]] = {}
    for key, row in rows(sections(path, ["amounts"], faults).get("amounts", MarkedDict(path, 1)), faults):
        found.setdefault(key, []).append(_amount(key, row, statutes))
    return {key: tuple(sorted(versions, key=lambda a: a.in_force_from)) for key, versions in found.items()}


def _amount(key: str, row: Row, statutes: Mapping[str, Statute]) -> Amount:
    source, verified = row.source()
    amount = Amount(
        key=key,
        title=row.text("title"),
        value=row.decimal("value"),
        unit=row.text("unit"),
        place=row.text("place"),
        in_force_from=row.day("from"),
        in_force_to=row.maybe_day("to"),
        cites=resolve(row, "cites", statutes),
        source=source,
        verified=verified,
        note=row.maybe_text("note"),
    )
    row.finish()
    if not verified and not amount.note:
        row.fault("未经核实，请在 note 写明缘由")
    return amount
