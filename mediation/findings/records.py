"""Papers, evidence, receipts and awards compared with what the audit trail says was made.

What the trail names must be there and be the same; what is there must be named by the trail.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from ..cases.audit import ERASED
from ..cases.models import Case, Evidence, StoredFile
from ..documents.models import Document
from ..recovery.models import Award, Receipt
from ..sealing.types import lenient
from .chains import Chain, said
from .faults import Fault, Tally

Rows = Mapping[int, list[Any]]


class Records:
    """The rows of a batch of cases, by case."""

    def __init__(self, session: Session, cases: Sequence[int]) -> None:
        self.documents = _by_case(session, _DOCUMENTS.where(Document.case_id.in_(cases)).order_by(Document.id))
        self.evidence = _by_case(session, _EVIDENCE.where(Evidence.case_id.in_(cases)).order_by(Evidence.id))
        self.receipts = _by_case(session, _RECEIPTS.where(Receipt.case_id.in_(cases)).order_by(Receipt.id))
        self.awards = _by_case(session, _AWARDS.where(Award.case_id.in_(cases)).order_by(Award.id))


_DOCUMENTS = select(
    Document.case_id,
    Document.id,
    Document.number,
    Document.title,
    Document.template,
    Document.template_version,
    lenient(Document.text),
    Document.text_hash,
)
_EVIDENCE = (
    select(Evidence.case_id, Evidence.id, Evidence.number, lenient(Evidence.name), Evidence.sha256, Evidence.size)
    .add_columns(StoredFile.sha256.label("file"))
    .outerjoin(StoredFile, StoredFile.sha256 == Evidence.sha256)
)
_RECEIPTS = select(
    Receipt.case_id,
    Receipt.id,
    Receipt.party_id.label("party"),
    Receipt.promise_id.label("promise"),
    Receipt.amount,
    type_coerce(Receipt.paid_on, String).label("paid_on"),
    Receipt.kind,
    Receipt.reverses_id.label("reverses"),
)
_AWARDS = select(Award.case_id, Award.id, Award.party_id.label("party"), Award.amount)


def _by_case(session: Session, query: Any) -> Rows:
    found: dict[int, list[Any]] = {}
    for row in session.execute(query).mappings():
        found.setdefault(row["case_id"], []).append(row)
    return found


def record_faults(case_id: int, number: str, chains: Sequence[Chain], rows: Records, tally: Tally) -> Iterator[Fault]:
    """Everything of one case. Rows that the trail does not name count only while the trail itself is whole."""
    case = _Case(case_id, number, all(chain.whole for chain in chains))
    documents, erased = rows.documents.get(case_id, []), _erased(chains)
    tally.documents += len(documents)
    yield from case.compare("document", "文书", said(chains, "documents"), documents, _paper)
    for row in documents:
        if _digest(row["text"]) != row["text_hash"] and not (erased and row["text"] == ""):
            yield case.fault("document_changed", f"document:{row['id']}:text", f"文书{row['number']}的正文被改动。")
    evidence: list[Mapping[str, Any]] = [
        {**item, "id": item["evidence"]} for item in _results(chains) if "sha256" in item
    ]
    evidence += said(chains, "evidence_copied")
    yield from case.compare("evidence", "证据", evidence, rows.evidence.get(case_id, []), _plain)
    for row in rows.evidence.get(case_id, []):
        if row["file"] is None and not erased:
            sentence = f"证据{row['number']}“{row['name']}”的文件丢失。"
            yield case.fault("file_missing", f"evidence:{row['id']}:file", sentence)
    yield from case.compare("receipt", "到账记录", said(chains, "receipts"), rows.receipts.get(case_id, []), _plain)
    yield from case.compare(
        "award", "裁决金额", [*said(chains, "award"), *said(chains, "awards")], rows.awards.get(case_id, []), _plain
    )


def _erased(chains: Sequence[Chain]) -> bool:
    """Whether the trail tells that papers and files were destroyed when their period was over."""
    return any("narrative" in one.get("classes", ()) for one in said(chains, "erased"))


def _results(chains: Sequence[Chain]) -> Iterator[Mapping[str, Any]]:
    return (result for chain in chains for result in chain.results if "evidence" in result)


def _digest(text: Any) -> str:
    try:
        return hashlib.sha256(text.encode()).hexdigest()
    except (AttributeError, ValueError):
        return ""


def _plain(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return row


def _paper(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A document in the words of the trail."""
    return {
        "id": row["id"],
        "template": f"{row['template']}@{row['template_version']}",
        "number": row["number"],
        "title": row["title"],
        "hash": row["text_hash"],
    }


class _Case:
    def __init__(self, case_id: int, number: str, whole: bool) -> None:
        self.case_id, self.number, self.whole = case_id, number, whole

    def fault(self, kind: str, subject: str, sentence: str) -> Fault:
        return Fault(kind, subject, self.case_id, self.number, sentence)

    def compare(
        self, kind: str, noun: str, told: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], words: Any
    ) -> Iterator[Fault]:
        """Each thing told against its row, in the fields that both know."""
        known = {row["id"]: words(row) for row in rows}
        named = {item.get("id"): item for item in told}
        for id, item in named.items():
            row = known.get(id)
            if row is None:
                yield self.fault(f"{kind}_missing", f"{kind}:{id}", f"{noun}{id}已被删除，办理记录中还有它。")
            elif wrong := [f for f in item if f in row and item[f] not in (ERASED, _as_told(row[f]))]:
                sentence = f"{noun}{id}与办理记录不符（{'、'.join(wrong)}）。"
                yield self.fault(f"{kind}_changed", f"{kind}:{id}", sentence)
        for id in known.keys() - named.keys() if self.whole else ():
            yield self.fault(f"{kind}_stray", f"{kind}:{id}", f"{noun}{id}在办理记录中没有来历。")


def _as_told(value: Any) -> Any:
    """As the trail writes it: days as text."""
    return value if value is None or isinstance(value, int | str) else str(value)


def file_faults(session: Session, tally: Tally, batch: int) -> Iterator[Fault]:
    """Every stored file read once, one at a time, and hashed again."""
    after = ""
    while keys := _keys(session, after, batch):
        for key in keys:
            tally.files += 1
            content = session.scalar(select(lenient(StoredFile.content)).where(StoredFile.sha256 == key))
            if hashlib.sha256(content or b"").hexdigest() != key:
                yield from _changed(session, key)
        after = keys[-1]


def _keys(session: Session, after: str, batch: int) -> Sequence[str]:
    query = select(StoredFile.sha256).where(StoredFile.sha256 > after)
    return session.scalars(query.order_by(StoredFile.sha256).limit(batch)).all()


def _changed(session: Session, key: str) -> Iterator[Fault]:
    query = select(Evidence, Case.number).join(Case, Case.id == Evidence.case_id).where(Evidence.sha256 == key)
    items = session.execute(query.order_by(Evidence.id)).all()
    for item, number in items:
        sentence = f"证据{item.number}“{item.name}”的文件被改动。"
        yield Fault("file_changed", f"evidence:{item.id}:file", item.case_id, number, sentence)
    if not items:
        yield Fault("file_changed", f"file:{key}", None, None, f"文件{key[:12]}的内容与其指纹不符，也没有证据引用它。")
