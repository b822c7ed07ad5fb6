"""The rows of a list against the case: who is there already, and what would be entered twice or wrongly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.facts import PRINCIPAL
from ..cases.models import Demand, Party
from ..people.models import Person
from ..sealing.blind import same
from .checking import Checked, Entry, Fault, overlap

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A worker of the case with what tells who it is."""

    party_id: int
    name: str
    id_number: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Matched:
    """Row number → worker of the case, for those who are there already."""

    known: Mapping[int, int] = field(default_factory=dict)

    def new(self, checked: Checked) -> int:
        """How many people of the list are not in the case yet."""
        return len({entry.person for entry in checked.entries if entry.row not in self.known})


def match(session: Session, case_id: int, checked: Checked) -> Matched:
    """Who of the list is a worker of the case. What does not go together becomes a fault of its row."""
    there = _workers(session, case_id)
    by_number: dict[str | None, Known] = {k.id_number: k for k in there if k.id_number}
    by_name: dict[str, list[Known]] = {}
    for one in there:
        by_name.setdefault(one.name, []).append(one)
    elsewhere = _names_of_numbers(session, [e.id_number for e in checked.entries if e.id_number])
    claimed = _claims(session, case_id)
    known = {}
    for entry in checked.entries:
        registered = elsewhere.get(entry.id_number or "")
        if registered and registered != entry.name:
            sentence = f"这个号码此前登记为“{registered}”，请核对姓名和号码。"
            checked.faults.append(Fault(entry.row, "id_number", sentence))
        elif found := _same(entry, by_number, by_name.get(entry.name, []), checked.faults):
            known[entry.row] = found.party_id
            _claimed_before(entry, claimed.get(found.party_id, ()), checked.faults)
    return Matched(known)


def _same(
    entry: Entry, by_number: Mapping[str | None, Known], namesakes: Sequence[Known], faults: list[Fault]
) -> Known | None:
    if entry.id_number and entry.id_number in by_number:
        return by_number[entry.id_number]
    for one in namesakes:
        if one.phone and one.phone == entry.phone and not (one.id_number and entry.id_number):
            return one
    unsure = [one for one in namesakes if not (one.id_number and entry.id_number)]
    if unsure:
        sentence = "本案已有同名的劳动者，分不清是不是同一人。请在名单和案件中都填写证件号码（或相同的电话）。"
        faults.append(Fault(entry.row, "id_number", sentence))
    return None


def _claimed_before(entry: Entry, claims: Iterable[Demand], faults: list[Fault]) -> None:
    if any(d.head == entry.head and overlap(entry, d.from_on, d.until_on) for d in claims):
        sentence = "本案已登记这位劳动者同一项目、同一期间的请求，不能重复导入。"
        faults.append(Fault(entry.row, "", sentence))


def _workers(session: Session, case_id: int) -> Sequence[Known]:
    query = (
        select(Party.id, Party.name, Person.id_number, Party.phone, Person.phone)
        .outerjoin(Person, Person.id == Party.person_id)
        .where(Party.case_id == case_id, Party.side == "worker", Party.left_on.is_(None), PRINCIPAL)
        .order_by(Party.id)
    )
    return [Known(id, name, number, theirs or own) for id, name, number, own, theirs in session.execute(query)]


def _names_of_numbers(session: Session, numbers: Sequence[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        part = same(session, Person, "id_number", numbers[start : start + _AT_ONCE])
        query = select(Person.id_number, Person.name).where(part)
        found |= {number: name for number, name in session.execute(query) if number}
    return found


def _claims(session: Session, case_id: int) -> Mapping[int, list[Demand]]:
    found: dict[int, list[Demand]] = {}
    query = select(Demand).where(Demand.case_id == case_id, Demand.withdrawn_on.is_(None))
    for demand in session.scalars(query):
        found.setdefault(demand.party_id, []).append(demand)
    return found
