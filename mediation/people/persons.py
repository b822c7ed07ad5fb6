"""Natural persons: workers, representatives, staff, lawyers."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..errors import BadInput
from ..sealing.blind import same
from .identity import GENDERS, clean_name, id_number, phone, residence_permit, resident_id
from .models import Person


@dataclass(frozen=True, slots=True)
class PersonData:
    """What somebody tells of a person. None means not known, and never erases what is known already.

    `gender` is "male" or "female" (codes/genders), `id_kind` a code of codes/id_kinds.
    """

    name: str
    gender: str | None = None
    birth_date: date | None = None
    id_kind: str | None = None
    id_number: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    migrant_worker: bool | None = None
    union_member: bool | None = None


def register_person(session: Session, data: PersonData, *, at: datetime) -> Person:
    """The record of this person, made or brought up to date.

    Found by document kind and number; otherwise a new record, unless name and telephone are both the same. Birth
    date and gender come from the ID number where it tells them. A known number under another name is refused.
    """
    clean = _cleaned(data, at)
    found = _find(session, clean) or _insert(session, clean, at)
    if found.name != clean.name:
        sentence = f"该证件号码已登记为“{found.name}”，与现在填写的“{clean.name}”不同，请核对姓名和号码。"
        raise BadInput(sentence, {"id_number": sentence})
    for field, value in _known(clean).items():
        setattr(found, field, value)
    session.flush()
    return found


def register_people(session: Session, people: Sequence[PersonData], *, at: datetime) -> list[Person]:
    """As `register_person` for each of a list, in a handful of statements: those nobody knows are added together."""
    clean = [_cleaned(data, at) for data in people]
    taken = _taken(session, clean)
    new: dict[int, Person] = {}
    for place, data in enumerate(clean):
        keys = _keys(data)
        if taken.isdisjoint(keys):
            new[place] = Person(created_at=at, **_known(data))
        taken |= keys
    try:
        with session.begin_nested():
            session.add_all(new.values())
    except IntegrityError:
        new = {}
    return [new.get(place) or register_person(session, data, at=at) for place, data in enumerate(people)]


def _keys(data: PersonData) -> set[tuple[str, str]]:
    """What may belong to one person only: the document, and name and telephone together."""
    keys = {(data.id_kind or "", data.id_number)} if data.id_number else set()
    return keys | ({(data.name, data.phone)} if data.phone else set())


def _taken(session: Session, people: Sequence[PersonData], at_once: int = 400) -> set[tuple[str, str]]:
    """The keys of this list that somebody on record has already."""
    found: set[tuple[str, str]] = set()
    for start in range(0, len(people), at_once):
        part = people[start : start + at_once]
        known = or_(
            same(session, Person, "id_number", [data.id_number for data in part if data.id_number]),
            Person.name.in_([data.name for data in part]),
        )
        for kind, number, name, call in session.execute(
            select(Person.id_kind, Person.id_number, Person.name, Person.phone).where(known)
        ):
            found |= {(kind or "", number or ""), (name, call or "")}
    return found


def _known(data: PersonData) -> dict[str, Any]:
    values = {k: v.strip() if isinstance(v, str) else v for k, v in asdict(data).items()}
    return {k: v for k, v in values.items() if v not in (None, "")}


def _cleaned(data: PersonData, at: datetime) -> PersonData:
    faults: dict[str, str] = {}

    def tried(field: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except BadInput as error:
            faults[field] = error.sentence
            return None

    number = _text(data.id_number)
    clean = replace(
        data,
        name=tried("name", lambda: _name(data.name)),
        gender=tried("gender", lambda: _gender(data.gender)),
        id_kind=(data.id_kind or "resident_id") if number else None,
        id_number=tried("id_number", lambda: id_number(data.id_kind or "resident_id", number) if number else None),
        phone=tried("phone", lambda: phone(data.phone or "") if _text(data.phone) else None),
        email=tried("email", lambda: _email(_text(data.email))),
    )
    if not faults:
        clean = _told_by_number(clean, faults)
    if clean.birth_date and not date(1900, 1, 1) <= clean.birth_date <= at.date():
        faults["birth_date"] = f"出生日期{clean.birth_date}不可能，请核对。"
    if faults:
        raise BadInput("".join(faults.values()), faults)
    return clean


def _text(value: str | None) -> str:
    return (value or "").strip()


def _name(text: str) -> str:
    name = clean_name(text)
    if not 1 <= len(name) <= 100:
        raise BadInput("请填写姓名（不超过100个字）。")
    return name


def _gender(code: str | None) -> str | None:
    if code and code not in GENDERS:
        raise BadInput(f"性别“{code}”不在列表中，请选择男或女。")
    return code or None


def _email(text: str) -> str | None:
    local, _, host = text.partition("@")
    if text and not (local and "." in host and text.isascii() and " " not in text):
        raise BadInput(f"“{text}”不是电子邮箱地址，请核对，或留空。")
    return text or None


def _told_by_number(data: PersonData, faults: dict[str, str]) -> PersonData:
    """Birth date and gender as the number says them; a contradiction with what was typed is a fault."""
    readers = {"resident_id": resident_id, "residence_permit": residence_permit}
    if not data.id_number or data.id_kind not in readers:
        return data
    told = readers[data.id_kind](data.id_number)
    if data.birth_date not in (None, told.birth_date):
        faults["birth_date"] = f"出生日期与证件号码中的{told.birth_date}不一致，请核对。"
    if data.gender not in (None, told.gender):
        faults["gender"] = f"性别与证件号码不一致（号码表示为{GENDERS[told.gender]}），请核对。"
    return replace(data, birth_date=told.birth_date, gender=told.gender)


def _find(session: Session, data: PersonData) -> Person | None:
    if data.id_number and (found := session.scalars(_by_number(session, data)).one_or_none()):
        return found
    if not data.phone:
        return None
    alike = select(Person).where(Person.name == data.name, same(session, Person, "phone", [data.phone]))
    if data.id_number:
        alike = alike.where(Person.id_number.is_(None))
    return session.scalars(alike.order_by(Person.id).limit(1)).first()


def _by_number(session: Session, data: PersonData) -> Select[Person]:
    number = same(session, Person, "id_number", [data.id_number or ""])
    return select(Person).where(Person.id_kind == data.id_kind, number)


def _insert(session: Session, data: PersonData, at: datetime) -> Person:
    """A new record; if somebody registers the same document at this moment, theirs."""
    new = Person(name=data.name, id_kind=data.id_kind, id_number=data.id_number, created_at=at)
    try:
        with session.begin_nested():
            session.add(new)
    except IntegrityError:
        return session.scalars(_by_number(session, data)).one()
    return new
