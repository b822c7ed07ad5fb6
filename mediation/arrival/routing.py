"""分案建议: which body should take a matter, by place of work, then industry, then load. A person chooses."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..cases.models import Case, Party, Proceeding
from ..people.models import Employer, Organisation

AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """One body with what speaks for it. `area`: the word of the place of work that is its own; "" where none is.

    `industry`: whether it looks after this industry; `open_cases`: its work at present.
    """

    organisation_id: int
    name: str
    address: str | None
    phone: str | None
    area: str
    industry: bool
    open_cases: int


def propose(session: Session, workplace: str, industry: str = "") -> tuple[Proposal, ...]:
    """Bodies that this matter belongs to, the best first; none where neither place nor industry names one.

    The longest word that the place of work contains tells most: 和平里北街 before 和平里.
    """
    place = _plain(workplace)
    query = select(Organisation).where(Organisation.closed_on.is_(None)).order_by(Organisation.path)
    found = [(body, _area_of(body, place), industry in body.industries) for body in session.scalars(query)]
    fitting = [(body, area, looks_after) for body, area, looks_after in found if area or (industry and looks_after)]
    load = _load(session, [body.id for body, _, _ in fitting])
    fitting.sort(key=lambda each: (-len(each[1]), not each[2], load.get(each[0].id, 0), each[0].id))
    return tuple(
        Proposal(body.id, body.name, body.address, body.phone, area, looks_after, load.get(body.id, 0))
        for body, area, looks_after in fitting[:AT_MOST]
    )


def propose_for(session: Session, case_id: int) -> tuple[Proposal, ...]:
    """The same for a case: where its work is done or its employer sits, and the employer's industry."""
    case = session.get_one(Case, case_id)
    firms = (
        select(Employer)
        .join(Party, Party.employer_id == Employer.id)
        .where(Party.case_id == case_id, Party.side == "employer", Party.left_on.is_(None))
    )
    employer = session.scalars(firms.order_by(Party.id).limit(1)).first()
    place = case.workplace or (employer.address if employer else "") or ""
    return propose(session, place, (employer.industry if employer else "") or "")


def next_place(session: Session, case_id: int) -> Proposal | None:
    """The body that this matter belongs to by place of work, if it is not the one that has it."""
    found = [each for each in propose_for(session, case_id) if each.area]
    mine = session.get_one(Case, case_id).organisation_id
    longest = [each for each in found if len(each.area) == len(found[0].area)]
    return longest[0] if longest and mine not in {each.organisation_id for each in longest} else None


def in_words(body: Proposal) -> str:
    """示范区西街总工会（地址：西街1号，电话：010-62345678）."""
    lines = [f"地址：{body.address}" if body.address else "", f"电话：{body.phone}" if body.phone else ""]
    told = "，".join(filter(None, lines))
    return f"{body.name}（{told}）" if told else body.name


def _area_of(body: Organisation, place: str) -> str:
    """The longest of its words that stands in the place of work."""
    return max((word for word in body.areas if place and _plain(word) in place), key=len, default="")


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _load(session: Session, bodies: Sequence[int]) -> Mapping[int, int]:
    """Open disputes of each body."""
    query: Any = (
        select(Case.organisation_id, func.count(Case.id))
        .join(Proceeding, Proceeding.case_id == Case.id)
        .where(Case.organisation_id.in_(bodies), Proceeding.workflow == "dispute", Proceeding.ended_at.is_(None))
        .group_by(Case.organisation_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
