"""紧急查阅: somebody of the office without a right to a case opens it for four hours and says why.

Nobody has to allow it beforehand; everybody concerned is told at once, each look is written down, and a supervisor
must say afterwards whether it was justified. A review that does not come is put to the body above.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from ..cases.access import roles_in
from ..cases.access_models import EmergencyAccess
from ..cases.change import Change, changing
from ..cases.models import Case, Proceeding
from ..cases.queries import open_to
from ..engine.ask_types import LongText, Text
from ..errors import BadInput, Forbidden, NotFound
from ..people.actor import Actor
from ..people.colleagues import nearest_holders
from ..people.models import Organisation, Person
from ..people.rights import role_for, roles_of
from ..reminders.notices import tell
from ..runtime import Runtime

LASTS = timedelta(hours=4)
REVIEW_WITHIN = 3
"""Working days."""
SHORTEST_REASON = 10
VERDICTS: Mapping[str, str] = {"justified": "确有必要", "unjustified": "没有必要"}


class EmergencyIn(BaseModel):
    """The number of the case, as it stands on a paper or was told on the phone, and why it cannot wait."""

    model_config = ConfigDict(extra="forbid", title="紧急查阅")

    number: Text = Field(title="案号")
    reason: LongText = Field(title="为什么必须现在查阅", max_length=1000)


class ReviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid", title="复核紧急查阅")

    verdict: Literal["justified", "unjustified"] = Field(title="结论")
    review: LongText = Field(title="复核意见", max_length=1000)


@dataclass(frozen=True, slots=True)
class Review:
    """One emergency access, for its reviewers. `number` None: of a restricted case that the reader may not see."""

    id: int
    case_id: int
    number: str | None
    organisation: str
    name: str
    roles: str
    reason: str
    opened_at: datetime
    ends_at: datetime
    due: date
    overdue: bool
    escalated: bool
    reviewed_at: datetime | None
    verdict: str | None
    review: str | None


def open_in_emergency(
    session: Session, runtime: Runtime, data: EmergencyIn, *, key: str, actor: Actor
) -> tuple[int, Change]:
    """The id of the case, now open to the actor for reading. BadInput where there is no case of that number, the
    actor sees it anyway, or the reason is no reason. The owners, the supervisors and the actor are
    told in the same transaction.
    """
    if actor.person_id is None or not actor.has(*roles_of("emergency_access")):
        raise Forbidden("紧急查阅只对本系统的调解员、书记员和主管开放。")
    if len(data.reason.strip()) < SHORTEST_REASON:
        sentence = f"请写明为什么必须现在查阅（至少{SHORTEST_REASON}个字）；主管事后会逐件复核。"
        raise BadInput(sentence, {"reason": sentence})
    case_id = session.scalar(select(Case.id).where(Case.number == data.number.strip()).order_by(Case.id).limit(1))
    if case_id is None:
        sentence = "没有这个案号，请与来电人或文书核对后重新填写。"
        raise BadInput(sentence, {"number": sentence})
    given = data.model_dump()

    def admit(row: Mapping[str, Any]) -> str:
        if roles_in(actor, row) and row["repeated_seq"] is None:
            raise BadInput("您现在就可以查看本案，不需要紧急查阅。", {"number": "您现在就可以查看本案，请直接打开。"})
        return next(role for role in roles_of("emergency_access") if actor.has(role))

    with changing(
        session,
        runtime,
        case_id,
        "emergency_access",
        given,
        revision=None,
        key=key,
        actor=actor,
        bumps=False,
        admit=admit,
    ) as made:
        if made.repeated is None:
            made.result |= _opened(session, runtime, made, data.reason.strip(), actor)
    return case_id, made


def _opened(session: Session, runtime: Runtime, made: Change, reason: str, actor: Actor) -> dict[str, Any]:
    step, facts = made.step, made.step.facts
    due = runtime.law.calendar.add_working(step.at.date(), REVIEW_WITHIN)
    access = EmergencyAccess(case_id=step.case_id, person_id=actor.person_id, roles=_roles(session, runtime, actor))
    access.reason, access.opened_at, access.ends_at, access.review_due = reason, step.at, step.at + LASTS, due
    session.add(access)
    session.flush()
    people = _concerned(session, step.case_id, facts.path, step.at.date())
    subject = f"{actor.name}紧急查阅了{facts.number}"
    body = (
        f"{access.roles}{actor.name}于{step.at:%Y-%m-%d %H:%M}打开本案，至{access.ends_at:%H:%M}为止。理由：{reason}"
        f"\n主管须在{due:%Y-%m-%d}前复核是否确有必要。"
    )
    told = tell(
        session, [*people, actor.person_id or 0], subject, body, key=f"e{access.id}", at=step.at, case_id=step.case_id
    )
    return {"emergency": access.id, "until": access.ends_at.isoformat(), "told": told}


def _roles(session: Session, runtime: Runtime, actor: Actor) -> str:
    names = dict(session.execute(select(Organisation.id, Organisation.name)).all())
    held = dict.fromkeys(f"{names.get(g.organisation_id, '')}{runtime.title('roles', g.role)}" for g in actor.grants)
    return "、".join(held)[:200]


def _concerned(session: Session, case_id: int, path: str, today: date) -> Sequence[int]:
    """Who handles the case, and the supervisors nearest to it."""
    owners = session.scalars(
        select(Proceeding.owner_id).where(Proceeding.case_id == case_id, Proceeding.owner_id.is_not(None))
    )
    return list(dict.fromkeys([*(one for one in owners if one), *nearest_holders(session, path, today, "supervisor")]))


def review(session: Session, runtime: Runtime, access_id: int, data: ReviewIn, *, key: str, actor: Actor) -> Change:
    """A supervisor of the case's place, who is not the one who looked, says whether it was justified."""
    access = session.get(EmergencyAccess, access_id, with_for_update=True)
    if access is None:
        raise NotFound("没有这次紧急查阅，或者您无权复核。")
    given = {"emergency": access_id, **data.model_dump()}

    def admit(row: Mapping[str, Any]) -> str:
        if role_for("emergency_review", actor.roles_at(row["path"])) is None:
            raise NotFound("没有这次紧急查阅，或者您无权复核。")
        if access.person_id == actor.person_id:
            raise Forbidden("自己的紧急查阅须由其他主管复核。")
        if access.reviewed_at is not None and row["repeated_seq"] is None:
            raise BadInput("这次紧急查阅已经复核过。", {"verdict": "已经复核过，请刷新页面。"})
        return "supervisor"

    with changing(
        session,
        runtime,
        access.case_id,
        "emergency_review",
        given,
        revision=None,
        key=key,
        actor=actor,
        bumps=False,
        admit=admit,
    ) as made:
        if made.repeated is None:
            access.reviewed_at, access.reviewed_by_id = made.step.at, actor.person_id
            access.verdict, access.review = data.verdict, data.review
            _tell_result(session, access, made, data)
    return made


def _tell_result(session: Session, access: EmergencyAccess, made: Change, data: ReviewIn) -> None:
    subject = f"对{made.step.facts.number}紧急查阅的复核：{VERDICTS[data.verdict]}"
    tell(session, [access.person_id], subject, data.review, key=f"e{access.id}-reviewed", at=made.step.at)


# ── what waits for a review ──


def reviews(
    session: Session, runtime: Runtime, actor: Actor, *, waiting: bool = True, offset: int = 0, limit: int = 50
) -> tuple[Sequence[Review], int]:
    """Those of this supervisor's places, the longest due first; with `waiting` False also what was reviewed."""
    wanted = _of(actor, waiting)
    total = session.scalar(wanted.with_only_columns(func.count(EmergencyAccess.id))) or 0
    query = wanted.with_only_columns(
        EmergencyAccess, Case.number, Organisation.name, Person.name, open_to(actor).label("open")
    )
    order = (EmergencyAccess.reviewed_at.is_not(None), EmergencyAccess.review_due, EmergencyAccess.id)
    found = session.execute(query.order_by(*order).offset(offset).limit(limit)).all()
    today = runtime.clock.today()
    return [
        _review(row, number if open else None, place, name, today) for row, number, place, name, open in found
    ], total


def count_waiting(session: Session, actor: Actor) -> int:
    """How many wait for this supervisor."""
    return session.scalar(_of(actor, True).with_only_columns(func.count(EmergencyAccess.id))) or 0


def _of(actor: Actor, waiting: bool) -> Select[Any]:
    mine: ColumnElement[bool] = or_(
        false(), *(Organisation.path.startswith(path) for path in actor.paths("supervisor"))
    )
    query = (
        select(EmergencyAccess)
        .join(Case, Case.id == EmergencyAccess.case_id)
        .join(Organisation, Organisation.id == Case.organisation_id)
        .join(Person, Person.id == EmergencyAccess.person_id)
        .where(mine, EmergencyAccess.person_id != actor.person_id)
    )
    return query.where(EmergencyAccess.reviewed_at.is_(None)) if waiting else query


def _review(row: EmergencyAccess, number: str | None, place: str, name: str, today: date) -> Review:
    return Review(
        id=row.id,
        case_id=row.case_id,
        number=number,
        organisation=place,
        name=name,
        roles=row.roles,
        reason=row.reason,
        opened_at=row.opened_at,
        ends_at=row.ends_at,
        due=row.review_due,
        overdue=row.reviewed_at is None and row.review_due < today,
        escalated=row.escalated_at is not None,
        reviewed_at=row.reviewed_at,
        verdict=row.verdict,
        review=row.review,
    )


def escalate(runtime: Runtime) -> int:
    """Put every review that is overdue to the supervisors of the next body above; how many were put."""
    with runtime.database.read() as session:
        late = list(session.scalars(_late(runtime.clock.today())))
    return sum(_escalated(runtime, access_id) for access_id in late)


def _late(today: date) -> Select[Any]:
    return select(EmergencyAccess.id).where(
        EmergencyAccess.reviewed_at.is_(None),
        EmergencyAccess.escalated_at.is_(None),
        EmergencyAccess.review_due < today,
    )


def _escalated(runtime: Runtime, access_id: int) -> int:
    """In a transaction of its own; nothing where another replica was faster."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        access = session.get_one(EmergencyAccess, access_id, with_for_update=True)
        if access.reviewed_at is not None or access.escalated_at is not None:
            return 0
        access.escalated_at = now
        path, number = session.execute(
            select(Organisation.path, Case.number)
            .join(Case, Case.organisation_id == Organisation.id)
            .where(Case.id == access.case_id)
        ).one()
        name = session.scalar(select(Person.name).where(Person.id == access.person_id))
        people = set(nearest_holders(session, path, now.date(), "supervisor")) | set(_above(session, path, now.date()))
        body = f"{name}于{access.opened_at:%Y-%m-%d %H:%M}紧急查阅，应在{access.review_due}前复核，至今没有结论。"
        people -= {access.person_id}
        tell(session, sorted(people), f"紧急查阅逾期未复核：{number}", body, key=f"e{access_id}-late", at=now)
    return 1


def _above(session: Session, path: str, today: date) -> Iterable[int]:
    """The supervisors of the bodies above those who should have reviewed it."""
    parent = path.rstrip("/").rsplit("/", 1)[0] + "/"
    return nearest_holders(session, parent, today, "supervisor")
