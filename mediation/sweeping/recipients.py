"""Who a role is, now: found out at the moment of sending, so that no reminder falls between two chairs."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from ..cases.access_models import CaseReader
from ..cases.models import Proceeding
from ..engine.oversight import Oversight
from ..people.models import Membership, Organisation, Person
from .judge import Due


@dataclass(frozen=True, slots=True)
class Contact:
    person_id: int
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Recipients:
    """The people to tell; `note` says so where they are not the ones the reminder was meant for."""

    people: tuple[Contact, ...]
    note: str = ""


STEP = "step:"
"""A recipient that is a rung of the ladder, not a role."""


def step_word(step: int) -> str:
    return f"{STEP}{step}"


def _parent(path: str) -> str:
    """ "/1/4/9/" → "/1/4/"."""
    return path.rstrip("/").rpartition("/")[0] + "/"


class Directory:
    """Today's memberships as far as one batch needs them; each question is asked once."""

    def __init__(self, session: Session, today: date, oversight: Oversight) -> None:
        self._oversight = oversight
        self._session = session
        self._today = today
        self._nearest: dict[tuple[str, str], tuple[Contact, ...]] = {}
        self._active: dict[tuple[int, str], Contact | None] = {}

    def recipients(self, due: Due) -> Recipients:
        """The persons behind the reminder's role; else the supervisors, with a word why; else nobody, with why.

        Of a restricted case only those who may see it are told.
        """
        found = self._meant(due)
        if due.restricted_at is None or not found.people:
            return found
        allowed = self._readers(due)
        people = tuple(person for person in found.people if person.person_id in allowed)
        if people:
            return Recipients(people, found.note)
        named = self._members(due.path).where(Person.id.in_(allowed), Membership.role == "supervisor")
        supervisors = tuple(dict.fromkeys(Contact(*row[:3]) for row in self._session.execute(named)))
        note = "本案限制查阅，原应提醒的人无权查看"
        return Recipients(
            supervisors, f"{note}，改为提醒指定的主管。" if supervisors else f"{note}；请先指定可以查阅的人。"
        )

    def _readers(self, due: Due) -> set[int]:
        """Who is named for the restricted case, or handles one of its open proceedings."""
        case_id = due.deadline.case_id
        named = select(CaseReader.person_id).where(CaseReader.case_id == case_id)
        handled = select(Proceeding.owner_id).where(
            Proceeding.case_id == case_id, Proceeding.ended_at.is_(None), Proceeding.owner_id.is_not(None)
        )
        return {one for one in (*self._session.scalars(named), *self._session.scalars(handled)) if one is not None}

    def _meant(self, due: Due) -> Recipients:
        role = due.reminder.recipient
        if role.startswith(STEP):
            return self._step(role, due)
        if people := self._behind(role, due):
            return Recipients(people)
        missing = {
            "mediator": "本案没有在岗的调解员",
            "lawyer": "本案现在没有承办律师",
            "supervisor": "本单位及上级都没有在岗的主管",
        }.get(role, f"本单位没有“{role}”")
        if people := self.nearest("supervisor", due.path):
            return Recipients(people, f"{missing}，改为提醒主管。")
        return Recipients((), f"{missing}，也没有主管可以提醒；请先指定主管。")

    def _step(self, word: str, due: Due) -> Recipients:
        """Who stands on this rung of the ladder; where nobody does, the supervisors."""
        rung = self._oversight.rung(int(word.removeprefix(STEP)))
        who = rung.who if rung else "leader"
        note = f"已逾期，按升级阶梯报{rung.title if rung else '主管'}。"
        leaders = self.nearest("supervisor", due.path)
        people = {
            "owner": self._behind(due.deadline.owner, due),
            "director": self._above(due.path) or leaders,
        }.get(who, leaders)
        if people or leaders:
            return Recipients(people or leaders, note)
        return Recipients((), "本单位及上级都没有在岗的主管，请先指定主管。")

    def _above(self, path: str) -> tuple[Contact, ...]:
        """The supervisors of the next place above that of the nearest ones."""
        place = self._level("supervisor", path)
        return self.nearest("supervisor", _parent(place)) if place else ()

    def _level(self, role: str, path: str) -> str:
        """The path of the nearest place that has somebody in this role; "" where none has."""
        rows = self._session.execute(self._members(path).where(Membership.role == role)).all()
        return max((row.path for row in rows), key=len, default="")

    def _behind(self, role: str, due: Due) -> tuple[Contact, ...]:
        if role == "lawyer":
            return self._one(due.lawyer_id, due.path)
        if role == "mediator":
            owner = due.main_owner_id if due.owner_id in (None, due.lawyer_id) else due.owner_id
            return self._one(owner, due.path) or self.nearest(role, due.path)
        return self.nearest(role, due.path)

    def _one(self, person_id: int | None, path: str) -> tuple[Contact, ...]:
        """This person, if they still have a role at the organisation or above it."""
        if person_id is None:
            return ()
        key = person_id, path
        if key not in self._active:
            row = self._session.execute(self._members(path).where(Person.id == person_id)).first()
            self._active[key] = Contact(*row[:3]) if row else None
        found = self._active[key]
        return (found,) if found else ()

    def nearest(self, role: str, path: str) -> tuple[Contact, ...]:
        """Everybody with the role at the organisation; if there is nobody, at the nearest one above that has any."""
        key = role, path
        if key not in self._nearest:
            rows = self._session.execute(self._members(path).where(Membership.role == role)).all()
            level = max((len(row.path) for row in rows), default=0)
            self._nearest[key] = tuple(dict.fromkeys(Contact(*row[:3]) for row in rows if len(row.path) == level))
        return self._nearest[key]

    def _members(self, path: str) -> Select[int, str, str | None, str]:
        """Who has a role today at the organisation with this path or at one above."""
        chain = [path[: i + 1] for i, letter in enumerate(path) if letter == "/" and i]
        return (
            select(Person.id, Person.name, Person.email, Organisation.path)
            .join(Membership, Membership.person_id == Person.id)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(
                Organisation.path.in_(chain),
                Membership.from_on <= self._today,
                or_(Membership.until_on.is_(None), Membership.until_on >= self._today),
            )
            .order_by(Person.id)
        )
