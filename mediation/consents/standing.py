"""How the people of a case stand: what they were told and agreed to, what they took back, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ..cases.models import Evidence, Party
from ..cases.needs import of_health
from ..people.models import Person
from ..recovery.models import Receipt
from ..runtime import Runtime
from .models import Consent
from .record import GIVEN, consequences, is_child


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One answer. `stops` and `keeps` say what its withdrawal does; `live`: it can still be withdrawn."""

    id: int
    party_id: int
    party: str
    purpose: str
    answer: str
    ground: str
    notice: str
    way: str
    given_on: date
    guardian: str | None
    evidence: str | None
    note: str
    by: str
    at: datetime
    withdrawn_on: date | None
    withdrawn_way: str | None
    withdrawn_why: str | None
    stops: str
    keeps: str

    @property
    def live(self) -> bool:
        return self.answer == GIVEN and self.withdrawn_on is None


@dataclass(frozen=True, slots=True)
class Missing:
    """Data that are in the file although nobody has recorded why they may be."""

    party_id: int
    party: str
    purposes: tuple[str, ...]


def consents_of(session: Session, runtime: Runtime, case_id: int) -> Sequence[ConsentRow]:
    """All answers of the case, the latest first."""
    clerk = aliased(Person)
    query = (
        select(Consent, Party.name, clerk.name, Evidence.number, Evidence.name)
        .join(Party, Party.id == Consent.party_id)
        .outerjoin(clerk, clerk.id == Consent.by_id)
        .outerjoin(Evidence, Evidence.id == Consent.evidence_id)
        .where(Consent.case_id == case_id)
        .order_by(Consent.given_on.desc(), Consent.id.desc())
    )
    copied = ("id", "party_id", "purpose", "answer", "ground", "notice", "way", "given_on", "guardian", "note", "at")
    more = ("withdrawn_on", "withdrawn_way", "withdrawn_why")
    rows = []
    for row, party, by, number, item in session.execute(query):
        told = consequences(runtime, row.purpose)
        rows.append(
            ConsentRow(
                **{name: getattr(row, name) for name in (*copied, *more)},
                party=party,
                by=by or "系统时钟",
                evidence=f"{number} {item}" if number else None,
                stops=told.get("stops", ""),
                keeps=told.get("keeps", ""),
            )
        )
    return rows


def missing(session: Session, runtime: Runtime, case_id: int) -> Sequence[Missing]:
    """For each person of the case: purposes that their data in the file ask for and nothing living answers.

    An answer lives while it is not withdrawn; a refusal answers too, and then the data should go.
    """
    query = (
        select(Party.id, Party.name, Party.needs, Person.id_number.is_not(None), Person.birth_date)
        .join(Person, Person.id == Party.person_id)
        .where(Party.case_id == case_id, Party.left_on.is_(None))
        .order_by(Party.id)
    )
    rows = session.execute(select(Consent).where(Consent.case_id == case_id)).scalars()
    answered = {(row.party_id, row.purpose) for row in rows if row.withdrawn_on is None}
    paid = set(session.scalars(select(Receipt.party_id).where(Receipt.case_id == case_id).distinct()))
    today = runtime.clock.today()
    found = []
    for party_id, name, needs, numbered, born_on in session.execute(query):
        asked = {
            "notice": True,
            "mediation": True,
            "identity": numbered,
            "financial": party_id in paid,
            "health": bool(of_health(runtime, needs)),
            "minor": is_child(born_on, today),
        }
        open_ = tuple(one for one, needed in asked.items() if needed and (party_id, one) not in answered)
        if open_:
            found.append(Missing(party_id, name, open_))
    return found


def withdrawn(session: Session, case_id: int) -> Sequence[tuple[str, str, date]]:
    """(party, purpose, day) of what was taken back and not given again, for whoever opens the case."""
    query = (
        select(Party.name, Consent.party_id, Consent.purpose, Consent.withdrawn_on)
        .join(Party, Party.id == Consent.party_id)
        .where(Consent.case_id == case_id)
        .order_by(Consent.id)
    )
    latest = {(row.party_id, row.purpose): row for row in session.execute(query)}
    return [(row.name, row.purpose, row.withdrawn_on) for row in latest.values() if row.withdrawn_on is not None]
