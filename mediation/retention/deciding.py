"""Two people destroy: one supervisor proposes, another approves; then it is gone, and a certificate says so."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.audit import note_outside_cases
from ..cases.change import changing
from ..cases.models import Case
from ..db import connection_of
from ..documents.issue import Issuer, issue
from ..engine.ask_types import LongText
from ..errors import Forbidden, NotFound, Refusal, Refused
from ..people.actor import Actor
from ..people.models import Organisation, Person
from ..people.rights import role_for
from ..runtime import Runtime
from .due import Standing, standing
from .erase import CERTIFICATE, erase
from .models import Deletion
from .periods import load_periods

GROUNDS: Mapping[str, str] = {"period": "保存期满", "request": "本人请求删除"}
UNKNOWN = "没有这项销毁，或者您无权办理。"


class DeclineIn(BaseModel):
    model_config = ConfigDict(extra="forbid", title="不同意销毁")

    reason: LongText = Field(title="不同意的理由", max_length=1000)


def waiting(
    session: Session, actor: Actor, deletion_id: int, right: str, state: str
) -> tuple[Deletion, Organisation, str]:
    """The locked row, its organisation and the actor's role; what is out of reach answers like what does not exist."""
    row = session.scalars(select(Deletion).where(Deletion.id == deletion_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    place = session.scalars(select(Organisation).where(Organisation.id == row.organisation_id)).one()
    role = role_for(right, actor.roles_at(place.path))
    if role is None:
        raise NotFound(UNKNOWN)
    if row.state != state:
        raise Refused([Refusal("state", "这项销毁已由他人处理，请刷新页面后再看。")])
    return row, place, role


def propose(session: Session, runtime: Runtime, ids: Sequence[int], *, actor: Actor) -> None:
    """From due to proposed. An entry in the organisation's chain for each."""
    for id in ids:
        if session.scalar(select(Deletion.proposed_by_id).where(Deletion.id == id)) == actor.person_id is not None:
            continue  # a repeated click
        row, _, role = waiting(session, actor, id, "propose_deletion", "due")
        _check(standing(session, runtime, row.case_id), row, runtime)
        row.state, row.proposed_at, row.proposed_by_id = "proposed", runtime.clock.now(), actor.person_id
        row.declined = None
        _note(session, runtime, row, "propose_deletion", role, actor)


def decline(session: Session, runtime: Runtime, id: int, data: DeclineIn, *, actor: Actor) -> None:
    """Back to due, with the reason."""
    row, _, role = waiting(session, actor, id, "approve_deletion", "proposed")
    row.state, row.declined = "due", data.reason
    row.proposed_at = row.proposed_by_id = None
    _note(session, runtime, row, "decline_deletion", role, actor)


def approve(session: Session, runtime: Runtime, id: int, *, key: str, actor: Actor) -> Deletion:
    """Destroy now. Refused to whoever proposed it, and where something keeps the case by now."""
    done = session.scalars(select(Deletion).where(Deletion.id == id, Deletion.state == "done")).one_or_none()
    if done is not None and done.decided_by_id == actor.person_id:
        return done  # a repeated click
    row, place, role = waiting(session, actor, id, "approve_deletion", "proposed")
    if row.proposed_by_id == actor.person_id:
        raise Forbidden("销毁须由两个人办理：您提出的，请另一位主管批准。")
    now = standing(session, runtime, row.case_id)
    _check(now, row, runtime)
    carry_out(session, runtime, row, now, place, role=role, key=key, actor=actor)
    return row


def _check(now: Standing, row: Deletion, runtime: Runtime) -> None:
    ripe = now.ripe(runtime.clock.today()) if row.ground == "period" else list(row.classes)
    if now.obstacles or not set(row.classes) <= set(ripe):
        why = "、".join(now.obstacles) or "保存期还没有满"
        raise Refused([Refusal("keeps", f"这个案件现在不能销毁：{why}。")])


def carry_out(
    session: Session,
    runtime: Runtime,
    row: Deletion,
    now: Standing,
    place: Organisation,
    *,
    role: str,
    key: str,
    actor: Actor,
    approved_by: int | None = None,
) -> None:
    """Destroy, mark as done, issue the certificate, and write it all into the trail of the case."""
    at = runtime.clock.now()
    row.state, row.decided_at, row.decided_by_id = "done", at, approved_by or actor.person_id
    row.backups_until = load_periods(runtime.settings.workflows_folder).backups_until(at.date())
    told = erase(session, runtime, row.case_id, row.classes)
    row.counts = {name: told[name] for name in ("values", "shared", "files", "papers")}
    given = {"deletion": row.id, "classes": list(row.classes)}
    admit = lambda _row: role  # noqa: E731 — checked above, for those who may not see the case as well
    with changing(
        session,
        runtime,
        row.case_id,
        "approve_deletion",
        given,
        revision=None,
        key=key,
        actor=actor,
        bumps=False,
        admit=admit,
    ) as made:
        row.document_id = _certificate(session, runtime, row, now, place, made)
        made.result["erased"] = {
            "classes": list(row.classes),
            "chains": told["chains"],
            "offices": told["offices"],
            **row.counts,
        }
    _note(session, runtime, row, "approve_deletion", role, actor)


def _certificate(
    session: Session, runtime: Runtime, row: Deletion, now: Standing, place: Organisation, made: Any
) -> int:
    issued = issue(
        connection_of(session),
        runtime.templates.get(CERTIFICATE),
        _facts(session, runtime, row, now, place),
        Issuer(place.id, place.short_name),
        case_id=row.case_id,
        proceeding_id=made.step.proceeding_id,
        by_id=row.decided_by_id,
        at=made.step.at,
    )
    made.result["documents"] = [issued.said]
    return issued.id


def _facts(session: Session, runtime: Runtime, row: Deletion, now: Standing, place: Organisation) -> dict[str, Any]:
    counts: Any = row.counts
    at: Any = row.decided_at
    until: Any = row.backups_until
    classes = [{"name": class_title(runtime, one), "count": counts["values"].get(one, 0)} for one in row.classes]
    classes[0]["count"] += counts["shared"]
    facts: dict[str, Any] = {
        "classes": classes,
        "files": counts["files"],
        "papers": counts["papers"],
        "ground": GROUNDS[row.ground],
        "closed_on": row.closed_on,
        "proposed_by": _name(session, row.proposed_by_id),
        "approved_by": _name(session, row.decided_by_id),
        "at": f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02d}分",
        "backups_until": until,
        "backups_free_from": until + timedelta(days=1),
    }
    kept = {name: on for name, on in now.due.items() if name not in row.classes and name not in now.gone}
    if kept:
        facts["kept"] = "、".join(f"{class_title(runtime, name)}至{on}" for name, on in kept.items())
    number = session.scalars(select(Case.number).where(Case.id == row.case_id)).one()
    today = runtime.clock.today()
    return {"organisation": {"name": place.name}, "case_number": number, "today": today, "deletion": facts}


def class_title(runtime: Runtime, name: str) -> str:
    """身份信息, without what stands in brackets behind it."""
    return runtime.title("data_classes", name).partition("（")[0]


def _name(session: Session, person_id: int | None) -> str:
    return session.scalar(select(Person.name).where(Person.id == person_id)) or "—"


def _note(session: Session, runtime: Runtime, row: Deletion, event: str, role: str, actor: Actor) -> None:
    told = {"deletion": row.id, "case": row.case_id, "classes": list(row.classes)}
    note_outside_cases(session, row.organisation_id, event, told, actor=actor, role=role, at=runtime.clock.now())
