"""The audit chains checked again: every seal, every link, every number, every head.

Rows are read as the driver gives them: whoever changed a byte may have left something that is no date any more.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, String, func, select, type_coerce
from sqlalchemy.orm import Session

from ..cases.audit import SEALED, seal
from ..cases.models import AuditEntry, Case, Proceeding
from ..clock import SHANGHAI
from ..people.models import Organisation
from ..sealing.types import lenient
from .faults import Fault, Tally

COLUMNS = (
    AuditEntry.id,
    AuditEntry.hash,
    *(getattr(AuditEntry, c) for c in SEALED if c not in ("at", "payload")),
    type_coerce(AuditEntry.at, String).label("at"),
    lenient(AuditEntry.payload),
)
_STORED = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(slots=True)
class Chain:
    """One chain as it is walked: what its owner says its end is, and what its entries say happened."""

    subject: str
    name: str
    """Chinese: whose chain it is."""
    head_seq: int
    head: str
    case_id: int | None = None
    number: str | None = None
    state: str | None = None
    revision: int | None = None
    seq: int = 0
    ends: tuple[str, ...] = ("",)
    """The last entry's hash, as stored and as reckoned: a link to either is a link."""
    last: Any = None
    whole: bool = True
    results: list[Mapping[str, Any]] = field(default_factory=list)
    emptied: tuple[int, str] | None = None
    """Number and seal of the last entry whose content was destroyed when its period was over."""

    def fault(self, kind: str, subject: str, sentence: str) -> Fault:
        self.whole = False
        return Fault(kind, subject, self.case_id, self.number, sentence)


def case_chains(session: Session, cases: Mapping[int, str]) -> dict[int, Chain]:
    """The chains of the proceedings of these cases (id: number), by proceeding."""
    rows = session.execute(
        select(
            Proceeding.id,
            Proceeding.case_id,
            Proceeding.workflow,
            Proceeding.audit_seq,
            Proceeding.audit_head,
            Proceeding.state,
            Proceeding.revision,
        ).where(Proceeding.case_id.in_(cases))
    )
    return {
        r.id: Chain(
            f"chain:{r.id}",
            f"程序{r.id}",
            r.audit_seq,
            r.audit_head,
            r.case_id,
            cases[r.case_id],
            r.state,
            r.revision,
        )
        for r in rows
    }


def entries_of(session: Session, proceedings: Iterable[int]) -> Iterator[Any]:
    """The entries of these proceedings, chain by chain."""
    query = select(*COLUMNS).where(AuditEntry.proceeding_id.in_(list(proceedings)))
    yield from session.execute(query.order_by(AuditEntry.proceeding_id, AuditEntry.seq, AuditEntry.id)).mappings()


def walk(chain: Chain, row: Any, tally: Tally) -> Iterator[Fault]:
    """Judge the next entry of a chain and remember what it says."""
    tally.entries += 1
    reckoned = _reckoned(row)
    if reckoned != row["hash"]:
        yield chain.fault("audit_changed", f"audit:{row['id']}", f"{chain.name}第{row['seq']}条记录被改动。")
    if row["seq"] != chain.seq + 1:
        sentence = f"{chain.name}的记录不连续：第{chain.seq}条之后是第{row['seq']}条。"
        yield chain.fault("audit_missing", f"chain:gap:{row['id']}", sentence)
    elif row["previous"] not in chain.ends:
        sentence = f"{chain.name}第{row['seq']}条记录与上一条对不上。"
        yield chain.fault("audit_link", f"link:{row['id']}", sentence)
    chain.seq = row["seq"] if isinstance(row["seq"], int) else chain.seq + 1
    chain.ends, chain.last = (row["hash"], reckoned), row
    told = _told(row["payload"])
    chain.results.append(_result(told))
    if told.get("emptied") is True:
        chain.emptied = (chain.seq, reckoned)


def _reckoned(row: Any) -> str:
    """The seal of a row as it stands; "" where it cannot even be read."""
    try:
        return seal({**row, "at": _instant(row["at"])})
    except (ValueError, TypeError):
        return ""


def _instant(stored: Any) -> datetime:
    """SQLite stores text; a text that is not exactly ours is no instant, though a lenient reader might take it."""
    if isinstance(stored, datetime):
        return stored
    found = datetime.strptime(stored, _STORED).replace(tzinfo=UTC)
    if found.strftime(_STORED) != stored:
        raise ValueError("not in our form")
    return found.astimezone(SHANGHAI)


def _told(payload: Any) -> Mapping[str, Any]:
    try:
        told = json.loads(payload)
    except (ValueError, TypeError):
        return {}
    return told if isinstance(told, dict) else {}


def _result(told: Mapping[str, Any]) -> Mapping[str, Any]:
    result = told.get("result")
    return result if isinstance(result, dict) else {}


def emptied_faults(chains: Mapping[int, Chain]) -> Iterator[Fault]:
    """Chains of one case, by proceeding: what says that its content was destroyed must be told by the trail, with the
    number of entries and the seal of the last of them."""
    told = [one.get("chains", {}) for one in said(list(chains.values()), "erased")]
    for id, chain in chains.items():
        if chain.emptied is None:
            continue
        number, seal_of_last = chain.emptied
        wanted = {"entries": number, "head": seal_of_last}
        if not any(wanted.items() <= dict(one.get(str(id), {})).items() for one in told):
            yield chain.fault("audit_emptied", f"{chain.subject}:emptied", f"{chain.name}的内容被清空，没有销毁记录。")


def end(chain: Chain) -> Iterator[Fault]:
    """After the last entry: is it the one that the owner of the chain names?"""
    if chain.seq < chain.head_seq:
        missing = chain.head_seq - chain.seq
        yield chain.fault("audit_tail", f"{chain.subject}:end", f"{chain.name}末尾缺少{missing}条记录。")
    elif chain.seq != chain.head_seq or chain.head not in chain.ends:
        yield chain.fault("audit_head", f"{chain.subject}:end", f"{chain.name}的最后一条记录与登记的链尾不符。")
    elif not _agrees(chain):
        yield chain.fault("state", f"{chain.subject}:state", f"{chain.name}的当前状态与最后一条办理记录不符。")


def _agrees(chain: Chain) -> bool:
    """Whether a proceeding stands where its last entry has put it."""
    if chain.last is None or chain.state is None:
        return True
    return (chain.last["to_state"], chain.last["revision"]) == (chain.state, chain.revision)


def organisation_faults(session: Session, tally: Tally, batch: int) -> Iterator[Fault]:
    """The chains of organisations, streamed: accounts, roles and settings may fill long ones."""
    owners = session.execute(
        select(Organisation.id, Organisation.name, Organisation.audit_seq, Organisation.audit_head)
    )
    chains = {o.id: Chain(f"chain:o{o.id}", o.name, o.audit_seq, o.audit_head) for o in owners}
    query = select(*COLUMNS).where(AuditEntry.proceeding_id.is_(None))
    query = query.order_by(AuditEntry.organisation_id, AuditEntry.seq, AuditEntry.id)
    for row in session.execute(query.execution_options(yield_per=batch)).mappings():
        chain = chains.get(row["organisation_id"])
        if chain is None:
            yield _stray(row)
        else:
            yield from walk(chain, row, tally)
            chain.results.clear()
    for chain in chains.values():
        yield from end(chain)


def stray_faults(session: Session) -> Iterator[Fault]:
    """Entries of proceedings that do not exist, and proceedings of cases that do not exist."""
    query: Select[Any] = select(*COLUMNS).outerjoin(Proceeding, Proceeding.id == AuditEntry.proceeding_id)
    query = query.where(AuditEntry.proceeding_id.is_not(None), Proceeding.id.is_(None))
    for row in session.execute(query).mappings():
        yield _stray(row)
    lost = select(Proceeding.id).outerjoin(Case, Case.id == Proceeding.case_id).where(Case.id.is_(None))
    for id in session.scalars(lost):
        yield Fault("proceeding_stray", f"proceeding:{id}", None, None, f"程序{id}不属于任何案件。")
    empty = select(Case.id, Case.number).outerjoin(Proceeding, Proceeding.case_id == Case.id)
    for id, number in session.execute(empty.group_by(Case.id, Case.number).having(func.count(Proceeding.id) == 0)):
        yield Fault("case_empty", f"case:{id}", id, number, "案件的程序记录已被删除。")


def _stray(row: Any) -> Fault:
    return Fault("audit_stray", f"audit:{row['id']}", None, None, f"记录{row['id']}不属于任何程序或组织。")


def said(chains: Sequence[Chain], name: str) -> list[Mapping[str, Any]]:
    """Everything of one kind that the entries say was made: documents, receipts, …"""
    found: list[Mapping[str, Any]] = []
    for chain in chains:
        for result in chain.results:
            value = result.get(name)
            items = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
            found += [item for item in items if isinstance(item, dict)]
    return found
