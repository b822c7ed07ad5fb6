"""Who must sign a draft, and who may sign for somebody else: heirs, guardians, holders of special authority."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

ALWAYS = ("heir", "guardian")
"""Stand in by law; others need special authority to settle (民诉法解释第一百四十七条, by analogy)."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who acts for a party of the case; `until` None: no end."""

    party: int
    acts_for: int
    role: str
    authority: str | None
    until: date | None

    def may_sign(self, today: date) -> bool:
        in_time = self.until is None or self.until >= today
        return in_time and (self.role in ALWAYS or self.authority == "special")


def read_stand_ins(joined: str | None) -> list[StandIn]:
    """From the fact `stand_ins`: "party:acts_for:role:authority:until", comma-separated."""
    rows = [row.split(":") for row in (joined or "").split(",") if row]
    return [
        StandIn(int(party), int(other), role, authority or None, date.fromisoformat(until[:10]) if until else None)
        for party, other, role, authority, until in rows
    ]


def unsigned(
    required: Iterable[int],
    stand_ins: Collection[StandIn],
    gone: Collection[int],
    signed: Collection[int],
    today: date,
) -> set[int]:
    """The required parties for whom nobody has signed. For one who has died every heir signs, and there must be one."""
    return {party for party in required if not _covered(party, stand_ins, gone, set(signed), today)}


def _covered(party: int, stand_ins: Collection[StandIn], gone: Collection[int], signed: set[int], today: date) -> bool:
    mine = [one for one in stand_ins if one.acts_for == party]
    if party in gone:
        heirs = {one.party for one in mine if one.role == "heir"}
        return bool(heirs) and heirs <= signed
    return party in signed or any(one.party in signed and one.may_sign(today) for one in mine)
