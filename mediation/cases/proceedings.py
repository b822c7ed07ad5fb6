"""A proceeding begins: its row, its first deadlines, its first audit entry."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import Session

from ..db import connection_of, dump
from ..engine.definition import Definition
from ..errors import NotFound
from ..people.actor import Actor
from ..prepared import Prepared
from ..runtime import Runtime
from .audit import Entry, append
from .facts import Facts
from .models import Proceeding
from .papers import first_step, issue_papers
from .schedule import open_deadlines
from .step import Step

_INSERT = Prepared(
    insert(Proceeding)
    .values(
        {
            name: bindparam(name)
            for name in (
                "case_id",
                "parent_id",
                "workflow",
                "version",
                "state",
                "state_since",
                "answers",
                "revision",
                "audit_seq",
                "audit_head",
                "opened_at",
            )
        }
    )
    .returning(Proceeding.id)
)
_SEAL = Prepared(
    update(Proceeding).where(Proceeding.id == bindparam("proceeding")).values(audit_head=bindparam("head"))
)


def stamp(definition: Definition, runtime: Runtime) -> str:
    """What an entry was decided under: workflow, version, digest of the file, version of the calendar."""
    return f"{definition.name}@{definition.version}#{definition.digest} 日历{runtime.law.calendar_version}"


def stamped_version(stamp: str) -> int:
    """The version of the definition that a stamp names; 0 where it names none."""
    version = stamp.partition("@")[2].partition("#")[0]
    return int(version) if version.isdecimal() else 0


def start_proceeding(parent: Step, workflow: str) -> int:
    """Open a proceeding of the workflow's current version under the parent's; its id. What was said goes along."""
    said = dict(parent.facts.said)
    if parent.answers is not None:
        said |= {k: v for k, v in parent.answers.canonical().items() if v is not None}
    return begin(
        parent.session,
        parent.runtime,
        workflow,
        parent.case_id,
        actor=parent.actor,
        role="",
        event="start",
        payload={"answers": {}, "result": {"started_by": parent.proceeding_id}},
        parent_id=parent.proceeding_id,
        said=said,
    )


def begin(
    session: Session,
    runtime: Runtime,
    workflow: str,
    case_id: int,
    *,
    actor: Actor,
    role: str,
    event: str,
    payload: dict[str, Any],
    parent_id: int | None = None,
    said: dict[str, Any] | None = None,
    key: str | None = None,
    request: str | None = None,
    papers: Sequence[Mapping[str, Any]] | None = None,
) -> int:
    """Write the proceeding in its initial state with its opening deadlines and entry number 1; its id.

    `papers` lists what was handed in; None: nobody needs the papers that the definition issues at the start.
    """
    now = runtime.clock.now()
    definition = runtime.machine(workflow).definition
    connection = connection_of(session)
    row = _INSERT.one(
        connection,
        {
            "case_id": case_id,
            "parent_id": parent_id,
            "workflow": workflow,
            "version": definition.version,
            "state": definition.initial,
            "state_since": now,
            "answers": said or {},
            "revision": 1,
            "audit_seq": 1,
            "audit_head": "",
            "opened_at": now,
        },
    )
    assert row is not None
    proceeding_id = int(row["id"])
    step = step_of(session, runtime, proceeding_id, actor, event)
    open_deadlines(step, definition, definition.opens_at_start)
    if parent_id is None:
        for keep in runtime.keeps:
            keep(step)
    if papers is not None:
        step.paper_extras = first_step(step, papers)
        issue_papers(step, definition.issues_at_start)
    payload["result"] = {**payload["result"], **step.results}
    entry = Entry(
        event, "", definition.initial, actor, role, now, 1, dump(payload), stamp(definition, runtime), key, request
    )
    head = append(connection, entry, seq=1, previous="", proceeding_id=proceeding_id)
    _SEAL.run(connection, {"proceeding": proceeding_id, "head": head})
    return proceeding_id


def step_of(session: Session, runtime: Runtime, proceeding_id: int, actor: Actor, event: str) -> Step:
    """A step over a freshly loaded (and locked) proceeding, for use cases that are no workflow event."""
    row = runtime.loading.row(connection_of(session), proceeding_id, runtime.clock.now())
    if row is None:
        raise NotFound("没有这个程序。")
    now = runtime.clock.now()
    return Step(session, connection_of(session), runtime, actor, Facts(row, now, None), event, now)


def dispute_of(connection: Connection, case_id: int) -> int:
    """The id of the case's main proceeding."""
    query = select(Proceeding.id).where(Proceeding.case_id == case_id, Proceeding.workflow == "dispute")
    found = connection.scalar(query.order_by(Proceeding.id).limit(1))
    if found is None:
        raise NotFound("没有这个案件，或者您无权查看。")
    return int(found)
