"""All formulas by id, in the order in which people see them."""

from collections.abc import Mapping
from types import MappingProxyType

from mediation.errors import NotFound
from mediation.law.entitlements import contract, double_wage, hours, illness, injury, leaving, plain_sums, wages
from mediation.law.entitlements.working import Formula

_ROOMS = (leaving, wages, double_wage, hours, illness, injury, contract, plain_sums)

FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {formula.id: formula for room in _ROOMS for formula in room.FORMULAS}
)


def formula(id: str) -> Formula:
    """The formula with this id; NotFound that lists what there is."""
    if id not in FORMULAS:
        listing = "\n".join(f"  {known.id}  {known.title}" for known in FORMULAS.values())
        raise NotFound(f"没有编号为“{id}”的公式。已有：\n{listing}")
    return FORMULAS[id]
