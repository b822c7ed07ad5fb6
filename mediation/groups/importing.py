"""Lists come in three steps: handed in, looked at, saved. A list with any fault is never saved, not even in part."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from ..cases.access import seen
from ..cases.change import STAFF, Change, changing
from ..cases.headcount import recount
from ..cases.models import Case, Evidence, StoredFile
from ..cases.parties import DemandIn, PartyIn, add_demand_row, add_worker_rows
from ..cases.proceedings import dispute_of
from ..db import connection_of
from ..engine.ask_types import Day, LongText, Text, YesNo
from ..errors import BadInput, Forbidden, NotFound
from ..people.actor import Actor
from ..runtime import Runtime
from .checking import Checked, Entry, check, faults_in, kind_of_number
from .columns import MOST_ROWS
from .marking import marked
from .matching import Matched, match
from .models import Roster
from .reading import Sheet, read_sheet


class SaveIn(BaseModel):
    """Confirming a list that was looked at."""

    model_config = ConfigDict(extra="forbid", title="保存名单")

    sha256: Text = Field(title="所看名单的文件校验值")
    all_applied: YesNo = Field(default=False, title="名单所列劳动者都已申请调解")
    joined_on: Day | None = Field(default=None, title="加入本案的日期")
    reason: LongText | None = Field(default=None, title="说明")


@dataclass(frozen=True, slots=True)
class Looked:
    """A list as it would be saved: with faults, or with who is new and who is known."""

    roster: Roster
    content: bytes
    sheet: Sheet
    checked: Checked
    matched: Matched

    @property
    def new(self) -> int:
        return self.matched.new(self.checked)

    @property
    def people(self) -> int:
        return len({entry.person for entry in self.checked.entries})

    def marked(self) -> bytes:
        """The sheet that goes back, every fault in its row."""
        return marked(self.content, self.sheet, self.checked.ordered())


def staff_only(session: Session, runtime: Runtime, case_id: int, actor: Actor) -> None:
    """NotFound for whoever may not see the case, Forbidden for whoever may only look."""
    connection = connection_of(session)
    row = runtime.reading.row(connection, dispute_of(connection, case_id), runtime.clock.now())
    if not seen(actor, row)[1] & set(STAFF):
        raise Forbidden(f"只有{'、'.join(runtime.title('roles', role) for role in STAFF)}可以这样做。")


def hand_in(
    session: Session, runtime: Runtime, case_id: int, kind: str, name: str, content: bytes, *, actor: Actor
) -> int:
    """Keep a list to be looked at; its id. It is no part of the case yet, and replaces the one not saved before.

    BadInput where the file cannot be a list at all.
    """
    staff_only(session, runtime, case_id, actor)
    if kind not in runtime.codes["roster_kinds"]:
        raise BadInput("请选择名单的种类。", {"kind": "请选择工资表或欠薪名单。"})
    read_sheet(content)
    _forget_unsaved(session, case_id, kind, actor)
    digest = hashlib.sha256(content).hexdigest()
    if session.get(StoredFile, digest) is None:
        session.add(StoredFile(sha256=digest, size=len(content), content=content))
    roster = Roster(
        case_id=case_id,
        kind=kind,
        name=name[:200] or "名单",
        sha256=digest,
        uploaded_at=runtime.clock.now(),
        uploaded_by_id=actor.person_id,
    )
    session.add(roster)
    session.flush()
    return roster.id


def _forget_unsaved(session: Session, case_id: int, kind: str, actor: Actor) -> None:
    """Names and numbers of people are not kept longer than somebody works on them."""
    unsaved = (Roster.case_id == case_id, Roster.kind == kind, Roster.saved_at.is_(None))
    mine = Roster.uploaded_by_id == actor.person_id
    digests = list(session.scalars(select(Roster.sha256).where(*unsaved, mine)))
    session.execute(delete(Roster).where(*unsaved, mine))
    used = exists().where(Roster.sha256 == StoredFile.sha256) | exists().where(Evidence.sha256 == StoredFile.sha256)
    session.execute(delete(StoredFile).where(StoredFile.sha256.in_(digests), ~used))


def look(session: Session, runtime: Runtime, case_id: int, roster_id: int, *, actor: Actor) -> Looked:
    """Read, check and compare a list with the case. Nothing is written."""
    staff_only(session, runtime, case_id, actor)
    roster = session.get(Roster, roster_id)
    if roster is None or roster.case_id != case_id:
        raise NotFound("本案没有这份名单，请重新上传。")
    content = session.scalar(select(StoredFile.content).where(StoredFile.sha256 == roster.sha256))
    if content is None or hashlib.sha256(content).hexdigest() != roster.sha256:
        raise NotFound("这份名单的文件已丢失或被改动，请重新上传。")
    sheet = read_sheet(content)
    checked = check(sheet, runtime.codes["demand_heads"].titles, runtime.clock.today())
    matched = Matched()
    if roster.kind == "unpaid" and roster.saved_at is None:
        matched = match(session, case_id, checked)
        _room(session, case_id, matched.new(checked))
    return Looked(roster, content, sheet, checked, matched)


def _room(session: Session, case_id: int, new: int) -> None:
    case = session.get_one(Case, case_id)
    if new > MOST_ROWS or case.workers_count + new > 10 * MOST_ROWS:
        raise BadInput(f"一案一次最多导入{MOST_ROWS}名劳动者，请分案或分次办理。")


def save_roster(
    session: Session,
    runtime: Runtime,
    case_id: int,
    roster_id: int,
    data: SaveIn,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Save a list without faults in one transaction with one audit entry.

    An unpaid list becomes workers and demands; a payroll list is kept to compare with. `result` says how many.
    """
    roster = session.get(Roster, roster_id)
    if roster is None or roster.case_id != case_id:
        raise NotFound("本案没有这份名单，请重新上传。")
    told = data.model_dump(mode="json", exclude_none=True)
    given = {"roster": roster_id, "kind": roster.kind, "name": roster.name, **told}
    with changing(session, runtime, case_id, "import_roster", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            if data.sha256 != roster.sha256:
                raise BadInput("名单在您查看之后已被换成另一份，请重新查看后再保存。")
            if roster.saved_at is not None:
                raise BadInput("这份名单已经保存过，不能再导入一次。")
            if data.joined_on and data.joined_on > made.step.today:
                raise BadInput("日期不能晚于今天。", {"joined_on": "日期不能晚于今天。"})
            looked = look(session, runtime, case_id, roster_id, actor=actor)
            if looked.checked.faults:
                raise BadInput("名单有误，没有保存。" + faults_in(looked.checked.ordered()))
            made.result |= _saved(session, runtime, looked, data, made.step.at)
            roster.saved_at = made.step.at
    return made


def _saved(session: Session, runtime: Runtime, looked: Looked, data: SaveIn, at: datetime) -> dict[str, object]:
    entries, case_id = looked.checked.entries, looked.roster.case_id
    told = {"rows": len(entries), "people": looked.people}
    if looked.roster.kind == "payroll":
        return {**told, "due": looked.checked.due}
    ids = _people(session, looked, data, at)
    for entry in entries:
        if entry.unpaid:
            add_demand_row(session, runtime, case_id, ids[entry.row], _demand(runtime, entry, ids[entry.row]), at)
    count = recount(session, case_id)
    new = sorted({id for row, id in ids.items() if row not in looked.matched.known})
    demands = sum(1 for entry in entries if entry.unpaid)
    return {**told, "new": new, "demands": demands, "claimed": looked.checked.total, "workers_count": count}


def _people(session: Session, looked: Looked, data: SaveIn, at: datetime) -> dict[int, int]:
    """Row → worker; whoever is not in the case yet is added once."""
    known = looked.matched.known
    coming = {entry.person: entry for entry in reversed(looked.checked.entries) if entry.row not in known}
    people = sorted(coming.values(), key=lambda entry: entry.row)
    consent = "agreed" if data.all_applied else None
    added = add_worker_rows(session, looked.roster.case_id, [_party(entry) for entry in people], at, consent)
    for party in added:
        party.joined_on = data.joined_on
    ids = {entry.person: party.id for entry, party in zip(people, added, strict=True)}
    return {e.row: known[e.row] if e.row in known else ids[e.person] for e in looked.checked.entries}


def _party(entry: Entry) -> PartyIn:
    kind = kind_of_number(entry.id_number) if entry.id_number else None
    return PartyIn(name=entry.name, phone=entry.phone, id_kind=kind, id_number=entry.id_number)


def _demand(runtime: Runtime, entry: Entry, party_id: int) -> DemandIn:
    title = runtime.title("demand_heads", entry.head)
    item = f"{title}（{entry.note}）" if entry.note else None
    return DemandIn.model_construct(
        party=party_id,
        head=entry.head,
        item=item,
        amount=entry.unpaid,
        quality="exact",
        from_on=entry.from_on,
        until_on=entry.until_on,
        monetary=True,
    )


def rosters_of(session: Session, case_id: int) -> Sequence[Roster]:
    """The lists that were saved, the newest first."""
    query = select(Roster).where(Roster.case_id == case_id, Roster.saved_at.is_not(None))
    return session.scalars(query.order_by(Roster.saved_at.desc(), Roster.id.desc())).all()
