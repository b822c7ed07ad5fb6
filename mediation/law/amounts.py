"""Legal amounts that change with the years: minimum wages, divisors, caps; each value with place, date and source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from mediation.law.doubts import Doubt, Doubts, reasons
from mediation.law.reading import Row, gathered
from mediation.law.statutes import Statute, resolve


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
    doubts: tuple[Doubt, ...] = ()

    @property
    def unverified_because(self) -> tuple[str, ...]:
        """The reasons; empty when verified."""
        return reasons(self.verified, self.source, self.note, self.doubts)


def read_amounts(
    path: Path, statutes: Mapping[str, Statute], doubts: Doubts, faults: list[str]
) -> dict[str, tuple[Amount, ...]]:
    """All values by key, oldest first."""
    found: dict[str, list[Amount]] = {}
    for key, row in gathered(path, "amounts", faults):
        amount = _amount(key, row, statutes)
        if any(_overlap(amount, other) for other in found.get(key, [])):
            row.fault("的两个数值适用期间重叠，请核对 from 和 to")
        open_points = doubts.of(amount.source, amounts=key)
        found.setdefault(key, []).append(replace(amount, verified=False, doubts=open_points) if open_points else amount)
    return {key: tuple(sorted(versions, key=lambda a: a.in_force_from)) for key, versions in found.items()}


def _overlap(one: Amount, other: Amount) -> bool:
    ends = (one.in_force_to or date.max, other.in_force_to or date.max)
    return one.in_force_from <= ends[1] and other.in_force_from <= ends[0]


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
