"""The payroll lists of a case beside its lists of unpaid workers: who stands on one only, and whose sums differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..people.actor import Actor
from ..runtime import Runtime
from .checking import Entry
from .importing import look, rosters_of, staff_only


@dataclass(frozen=True, slots=True)
class Compared:
    """One person on both kinds of lists; None: not on that kind. Sums are fen over all rows of that person.

    `due` is what was due for work, `unpaid` what had not been paid.
    """

    name: str
    id_number: str | None
    payroll_due: int | None
    payroll_unpaid: int | None
    claimed_due: int | None
    claimed: int | None

    @property
    def kind(self) -> str:
        """only_payroll, only_unpaid, differs or same."""
        if self.claimed is None:
            return "only_payroll"
        if self.payroll_due is None:
            return "only_unpaid"
        same = (self.payroll_due, self.payroll_unpaid) == (self.claimed_due, self.claimed)
        return "same" if same else "differs"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`people` in the order of the payroll list, then who stands on the unpaid list alone."""

    payroll_lists: int
    unpaid_lists: int
    people: Sequence[Compared]

    @property
    def differences(self) -> Sequence[Compared]:
        return [one for one in self.people if one.kind != "same"]


def compare(session: Session, runtime: Runtime, case_id: int, *, actor: Actor) -> Comparison:
    """All saved lists of the case. NotFound or Forbidden as for looking at a list."""
    staff_only(session, runtime, case_id, actor)
    entries: dict[str, list[Entry]] = {"payroll": [], "unpaid": []}
    rosters = rosters_of(session, case_id)
    for roster in reversed(rosters):
        entries[roster.kind] += look(session, runtime, case_id, roster.id, actor=actor).checked.entries
    counts = [sum(roster.kind == kind for roster in rosters) for kind in ("payroll", "unpaid")]
    return Comparison(counts[0], counts[1], compared(entries["payroll"], entries["unpaid"]))


def compared(payroll: Sequence[Entry], unpaid: Sequence[Entry]) -> Sequence[Compared]:
    """One row for each person. A person without a number is the one of that name where there is just one."""
    worked, owed = _by_person(payroll), _by_person(unpaid)
    partner = dict(_pairs(worked, owed))
    rows = [_row(worked[mine], owed.get(partner.get(mine, ()), ())) for mine in worked]
    alone = [key for key in owed if key not in set(partner.values())]
    return [*rows, *(_row((), owed[key]) for key in alone)]


Person = tuple[str, ...]


def _by_person(entries: Iterable[Entry]) -> Mapping[Person, Sequence[Entry]]:
    found: dict[Person, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.person, []).append(entry)
    return found


def _pairs(
    worked: Mapping[Person, Sequence[Entry]], owed: Mapping[Person, Sequence[Entry]]
) -> Iterable[tuple[Person, Person]]:
    names: dict[str, list[Person]] = {}
    for key in owed:
        names.setdefault(owed[key][0].name, []).append(key)
    for mine, entries in worked.items():
        namesakes = names.get(entries[0].name, [])
        if mine in owed:
            yield mine, mine
        elif len(namesakes) == 1 and not (entries[0].id_number and owed[namesakes[0]][0].id_number):
            yield mine, namesakes[0]


def _row(worked: Sequence[Entry], owed: Sequence[Entry]) -> Compared:
    who = (worked or owed)[0]
    return Compared(
        who.name,
        who.id_number or next((entry.id_number for entry in owed if entry.id_number), None),
        sum(entry.due for entry in worked) if worked else None,
        sum(entry.unpaid for entry in worked) if worked else None,
        sum(entry.due for entry in owed) if owed else None,
        sum(entry.unpaid for entry in owed) if owed else None,
    )
