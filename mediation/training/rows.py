"""One row of a live database as the training copy has it. What nobody has named here is replaced, never kept."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Table, select

from ..cases.models import StoredFile
from ..documents.models import Document
from ..retention.emptied import codes_only, emptied
from ..retention.emptied import stripped as stripped_json
from ..runtime import Runtime
from ..sealing.blind import SUFFIX
from ..sealing.types import SealedBytes, SealedDate, SealedJson
from .invented import SENTENCE, Invented

LEFT_OUT = frozenset(
    (
        *("accounts", "api_tokens", "linked_identities", "login_attempts", "recovery_codes", "web_sessions"),
        *("sealing_keys", "heartbeats", "findings", "training_marks", "readings", "deliveries", "progress_codes"),
    )
)
"""Who logs in and from where, who has looked at what, what was sent, and the keys."""
UNMADE = frozenset(("idempotency_key", "request_hash"))
PAPER = "= 练习数据\n\n原来的文书正文没有复制。\n"
Value = Callable[[Mapping[str, Any]], Any]


class Rows:
    """Changes rows. Reads the hashes of papers and files once, so that the trail can go on naming them."""

    def __init__(self, source: Connection, runtime: Runtime, invented: Invented) -> None:
        self.invented, self.runtime = invented, runtime
        self.files = {
            sha: hashlib.sha256(invented.bytes_like(n, size)).hexdigest()
            for n, (sha, size) in enumerate(source.execute(select(StoredFile.sha256, StoredFile.size)))
        }
        self.numbers = {sha: n for n, sha in enumerate(self.files)}
        self.paper = hashlib.sha256(PAPER.encode()).hexdigest()
        papers = dict.fromkeys(source.scalars(select(Document.text_hash)), self.paper)
        self.words = codes_only(runtime, {**papers, **self.files}.get)
        machines = runtime.machines.values()
        self.titles = frozenset(rule.title for m in machines for rule in m.definition.deadlines.values())
        self.special = self._special()

    def changed(self, table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
        new = {c.name: self._value(table, c, row) for c in table.columns}
        return {name: value for name, value in new.items() if not name.endswith(SUFFIX)} | _blinds(table)

    def _value(self, table: Table, column: Column[Any], row: Mapping[str, Any]) -> Any:
        value, place = row[column.name], f"{table.name}.{column.name}"
        if value is None or value in ("", b""):
            return value
        if place in self.special:
            return self.special[place](row)
        if column.name in UNMADE:
            return None if column.nullable else f"copy-{table.name}-{row.get('id')}"
        if column.info.get("class", "ordinary") == "ordinary":
            return value
        return self._replaced(table, column, row)

    def _replaced(self, table: Table, column: Column[Any], row: Mapping[str, Any]) -> Any:
        key = f"{table.name}-{row.get('id')}"
        if isinstance(column.type, SealedJson):
            return stripped_json(row[column.name], self.words)
        if isinstance(column.type, SealedDate):
            return self.invented.born(row.get("id"))
        if isinstance(column.type, SealedBytes):
            raise LookupError(f"{column}: say in mediation.training.rows what becomes of it")
        kinds = {"contact": self.invented.address, "identity": self.invented.person}
        named = kinds.get(column.info["class"])
        text = named(key) if named else SENTENCE
        return self.invented.phone(key) if "phone" in column.name else text

    def _special(self) -> Mapping[str, Value]:
        made = self.invented
        return {
            "persons.name": lambda r: made.person(r["id"]),
            "persons.id_number": lambda r: made.id_number(r["id"]),
            "persons.id_kind": lambda _r: "resident_id",
            "persons.phone": lambda r: made.phone(r["id"]),
            "persons.email": lambda r: f"lianxi{r['id']}@example.invalid",
            "employers.name": lambda r: made.firm(r["id"]),
            "employers.uscc": lambda r: made.code(r["id"]),
            "parties.name": self._party,
            "parties.phone": lambda r: made.phone(r["person_id"] or f"party-{r['id']}"),
            "organisations.name": lambda r: f"练习数据·{r['name']}"[:200],
            "organisations.address": lambda r: made.address(f"organisation-{r['id']}"),
            "organisations.phone": lambda _r: "12351",
            "outside_bodies.address": lambda r: made.address(f"body-{r['id']}"),
            "outside_bodies.phone": lambda _r: "12351",
            "subgroups.name": lambda r: f"第{r['id']}组",
            "deadlines.title": lambda r: self._title(r["title"]),
            "hand_over_items.next_title": lambda r: self._title(r["next_title"]),
            "documents.title": lambda r: self.runtime.templates.get(r["template"]).title,
            "documents.text": lambda _r: PAPER,
            "documents.text_hash": lambda _r: self.paper,
            "stored_files.content": lambda r: made.bytes_like(self.numbers[r["sha256"]], r["size"]),
            "stored_files.sha256": lambda r: self.files[r["sha256"]],
            "evidence.sha256": lambda r: self.files.get(r["sha256"], self.paper),
            "evidence.media_type": lambda _r: "text/plain",
            "rosters.sha256": lambda r: self.files.get(r["sha256"], self.paper),
            "audit_entries.payload": lambda r: emptied(r["payload"], self.words, marked=False),
        }

    def _title(self, title: str) -> str:
        """A deadline's title without the person whom it is about."""
        kept = title.partition("：")[0]
        return kept if kept in self.titles else "期限"

    def _party(self, row: Mapping[str, Any]) -> str:
        if row["employer_id"]:
            return self.invented.firm(row["employer_id"])
        return self.invented.person(row["person_id"] or f"party-{row['id']}")


def _blinds(table: Table) -> dict[str, Any]:
    """Filled afterwards, with the keys of the copy."""
    return {c.name: None for c in table.columns if c.name.endswith(SUFFIX)}
