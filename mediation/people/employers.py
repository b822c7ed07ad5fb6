"""Employers: one shared record each, whoever registers them."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..errors import BadInput
from .identity import clean_name, compact, phone, uscc
from .models import Employer


@dataclass(frozen=True, slots=True)
class EmployerData:
    """What somebody knows of an employer. None means not known, and never erases what is known already."""

    name: str
    uscc: str | None = None
    kind: str | None = None
    industry: str | None = None
    legal_representative: str | None = None
    representative_post: str | None = None
    address: str | None = None
    contact: str | None = None
    phone: str | None = None
    has_union: bool | None = None


@dataclass(frozen=True, slots=True)
class EmployerRow:
    """An employer in a list of suggestions."""

    id: int
    name: str
    uscc: str | None
    legal_representative: str | None
    address: str | None


def register_employer(
    session: Session, data: EmployerData, *, at: datetime, accept_name_change: bool = False
) -> Employer:
    """The shared record of this employer, made or brought up to date.

    Found by unified social credit code, without one by the exact clean name. What is given now replaces what was
    given earlier; what is left blank stays as it was. A known code under another name is refused with both names,
    unless the caller confirms that the employer was renamed.
    """
    clean = _cleaned(data)
    found = _find(session, clean)
    if found is None:
        found = _insert(session, clean, at)
    if found.name != clean.name and not accept_name_change:
        sentence = f"统一社会信用代码{clean.uscc}已登记为“{found.name}”，与现在填写的“{clean.name}”不同。"
        raise BadInput(
            sentence + "请核对代码；若单位已更名，请确认更名后再保存。", {"name": sentence, "uscc": sentence}
        )
    for field, value in _known(clean).items():
        setattr(found, field, value)
    session.flush()
    return found


def _cleaned(data: EmployerData) -> EmployerData:
    faults: dict[str, str] = {}
    name, code, number = clean_name(data.name), None, None
    if not 2 <= len(name) <= 200:
        faults["name"] = "请填写用人单位全称（2至200个字）。"
    try:
        code = uscc(data.uscc) if data.uscc and data.uscc.strip() else None
    except BadInput as error:
        faults["uscc"] = error.sentence
    try:
        number = phone(data.phone) if data.phone and data.phone.strip() else None
    except BadInput as error:
        faults["phone"] = error.sentence
    if faults:
        raise BadInput("".join(faults.values()), faults)
    return replace(data, name=name, uscc=code, phone=number)


def _known(data: EmployerData) -> dict[str, Any]:
    values = {k: v.strip() if isinstance(v, str) else v for k, v in asdict(data).items()}
    return {k: v for k, v in values.items() if v not in (None, "")}


def _find(session: Session, data: EmployerData) -> Employer | None:
    """By code; else by name, where a record with another code is another employer."""
    if data.uscc:
        coded = session.scalars(select(Employer).where(Employer.uscc == data.uscc)).one_or_none()
        if coded is not None:
            return coded
    named = select(Employer).where(Employer.name == data.name)
    if data.uscc:
        named = named.where(Employer.uscc.is_(None))
    return session.scalars(named.order_by(Employer.id).limit(1)).first()


def _insert(session: Session, data: EmployerData, at: datetime) -> Employer:
    """A new record; if another person registers the same code at this moment, theirs."""
    new = Employer(name=data.name, uscc=data.uscc, created_at=at)
    try:
        with session.begin_nested():
            session.add(new)
    except IntegrityError:
        return session.scalars(select(Employer).where(Employer.uscc == data.uscc)).one()
    return new


def find_employers(session: Session, text: str, limit: int = 10) -> tuple[EmployerRow, ...]:
    """Employers whose name contains the text or whose code starts with it, by name."""
    name, code = clean_name(text), compact(text)
    if not name:
        return ()
    matches = or_(Employer.name.contains(name, autoescape=True), Employer.uscc.startswith(code, autoescape=True))
    columns = (Employer.id, Employer.name, Employer.uscc, Employer.legal_representative, Employer.address)
    rows = session.execute(select(*columns).where(matches).order_by(Employer.name, Employer.id).limit(limit))
    return tuple(EmployerRow(*row) for row in rows)
