"""The rows of one case file as one person may see them: parties, demands, notes, papers, colleagues."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from ..documents.models import Document
from ..money import fen
from ..people.fields import LIST, shown, sight
from ..people.models import Employer, Membership, Organisation, Person
from ..runtime import Runtime
from .models import Activity, Demand, Party
from .needs import of_health, proposed_needs


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One party, its fields masked as the reader's roles demand; `uscc` of an employer.

    `needs` holds what the reader may see; `needs_hidden` is how many more there are.
    """

    id: int
    side: str
    role: str
    name: str
    phone: str | None
    address: str | None
    uscc: str | None
    represents_id: int | None
    authority: str | None
    authority_until: date | None
    consent: str | None
    consent_on: date | None
    signed_on: date | None
    left_on: date | None
    liability: str | None = None
    liability_basis: str | None = None
    condition: str | None = None
    condition_on: date | None = None
    succeeds_id: int | None = None
    powers: tuple[str, ...] = ()
    authority_evidence_id: int | None = None
    needs: tuple[str, ...] = ()
    needs_hidden: int = 0
    needs_proposed: tuple[str, ...] = ()
    """Needs that the file suggests and nobody has confirmed; `unconfirmed` also counts what the reader may not see."""
    unconfirmed: int = 0
    id_number: str | None = None
    person_id: int | None = None
    languages: tuple[str, ...] = ()

    @property
    def principal(self) -> bool:
        """A party in the matter itself, who is still there."""
        return self.left_on is None and self.represents_id is None and self.role != "elected_representative"

    def expired(self, today: date) -> bool:
        """Acts for somebody although the letter of authority has run out."""
        return self.left_on is None and self.authority_until is not None and self.authority_until < today


@dataclass(frozen=True, slots=True)
class DemandRow:
    """One demand; `amount` in fen. `computed` is what a formula gave, where one was used: only to compare with."""

    id: int
    party_id: int
    party: str
    head: str
    item: str
    amount: int | None
    quality: str
    from_on: date | None
    until_on: date | None
    withdrawn_on: date | None
    computed: int | None = None
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class ActivityRow:
    id: int
    kind: str
    text: str
    private: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    id: int
    number: str
    title: str
    text_hash: str
    issued_at: datetime
    voided_why: str | None
    template: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works at the organisation, above it or below it today."""

    id: int
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever is to see the rows."""

    runtime: Runtime
    roles: frozenset[str]

    def sight(self, data_class: str) -> str:
        return sight(self.runtime.codes[LIST], data_class, self.roles)

    def shown(self, name: str, value: str | None) -> str | None:
        text: str | None = shown(self.runtime.codes[LIST], name, value, self.roles)
        return text


def parties_of(session: Session, case_id: int, reader: Reader | None = None) -> tuple[PartyRow, ...]:
    """The parties as the reader may see them: nothing that they may only see masked is in the rows.

    Without a reader everything is in clear, for use cases that show the rows to nobody.
    """
    query = (
        select(Party, Person, Employer.phone, Employer.uscc)
        .outerjoin(Person, Person.id == Party.person_id)
        .outerjoin(Employer, Employer.id == Party.employer_id)
        .where(Party.case_id == case_id)
        .order_by(Party.id)
    )
    copied = (
        *("represents_id", "authority", "authority_until", "consent", "consent_on", "signed_on", "left_on"),
        *("liability", "liability_basis", "condition", "condition_on", "succeeds_id"),
        *("authority_evidence_id", "person_id"),
    )
    health = reader.sight("health") if reader else "clear"
    rows = []
    for p, person, of_firm, uscc in session.execute(query):
        phone = p.phone or (person.phone if person else None) or of_firm
        address = p.address or (person.address if person else None)
        number = person.id_number if person else None
        secret = of_health(reader.runtime, p.needs) if reader and health != "clear" else ()
        born_on = person.birth_date if person and p.side == "worker" else None
        proposed = proposed_needs(p.needs, born_on, reader.runtime.clock.today()) if reader else ()
        row = PartyRow(
            *(p.id, p.side, p.role, p.name),
            *((reader.shown("phone", phone), reader.shown("address", address)) if reader else (phone, address)),
            uscc,
            **{name: getattr(p, name) for name in copied},
            powers=tuple(p.powers),
            needs=tuple(code for code in p.needs if code not in secret),
            needs_hidden=len(secret) if health != "none" else 0,
            needs_proposed=proposed if health == "clear" else (),
            unconfirmed=len(proposed) if health != "none" else 0,
            languages=tuple(person.languages) if person else (),
            id_number=reader.shown("id_number", number) if reader else number,
        )
        rows.append(row)
    return tuple(rows)


def demands_of(session: Session, case_id: int) -> tuple[DemandRow, ...]:
    query = (
        select(Demand, Party.name)
        .join(Party, Party.id == Demand.party_id)
        .where(Demand.case_id == case_id)
        .order_by(Demand.id)
    )
    return tuple(
        DemandRow(
            d.id,
            d.party_id,
            name,
            d.head,
            d.item,
            d.amount,
            d.quality,
            d.from_on,
            d.until_on,
            d.withdrawn_on,
            fen(d.calculation["amount"]) if d.calculation else None,
            d.calculation["formula"] if d.calculation else None,
        )
        for d, name in session.execute(query)
    )


NOTES = 20
"""Notes of one page of a case file."""


def activities_of(
    session: Session, case_id: int, confidential: bool, *, offset: int = 0, limit: int = NOTES + 1
) -> tuple[ActivityRow, ...]:
    """A stretch of the notes, the newest first; by default one page, and one more to show that there are older ones."""
    query = (
        select(Activity, Person.name)
        .outerjoin(Person, Person.id == Activity.by_id)
        .where(Activity.case_id == case_id)
        .order_by(Activity.at.desc(), Activity.id.desc())
        .offset(offset)
        .limit(limit)
    )
    if not confidential:
        query = query.where(Activity.private.is_(False))
    return tuple(
        ActivityRow(a.id, a.kind, a.text, a.private, a.at, name or "系统时钟") for a, name in session.execute(query)
    )


def papers_of(session: Session, case_id: int) -> tuple[PaperRow, ...]:
    columns = (
        Document.id,
        Document.number,
        Document.title,
        Document.text_hash,
        Document.issued_at,
        Document.voided_why,
        Document.template,
    )
    query = select(*columns).where(Document.case_id == case_id).order_by(Document.id.desc())
    return tuple(PaperRow(*row) for row in session.execute(query))


def colleagues_at(session: Session, path: str, today: date) -> tuple[Colleague, ...]:
    """The people an event may name: whoever holds a role at the organisation, above or below it today."""
    above = [path[: i + 1] for i, c in enumerate(path) if c == "/"]
    place = aliased(Organisation)
    query = (
        select(Person.id, Person.name, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .join(place, place.id == Membership.organisation_id)
        .where(
            or_(place.path.in_(above), place.path.startswith(path)),
            Membership.from_on <= today,
            or_(Membership.until_on.is_(None), Membership.until_on >= today),
        )
        .order_by(Person.name, Person.id, Membership.role)
    )
    people: dict[int, tuple[str, list[str]]] = {}
    for id, name, role in session.execute(query):
        people.setdefault(id, (name, []))[1].append(role)
    return tuple(Colleague(id, name, tuple(dict.fromkeys(roles))) for id, (name, roles) in people.items())
