"""Random answers for any event of any definition: plausible ones mostly, so that walks get somewhere."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.cases.models import Evidence, Party, Proceeding
from mediation.engine.asks import answers_model
from mediation.engine.definition import Ask, Event
from mediation.money import yuan
from mediation.people.models import Membership
from mediation.recovery.models import Agreement, Promise, Receipt
from mediation.recovery.queries import money_of
from mediation.runtime import Runtime

AHEAD = ("due_on", "latest_on", "until_on", "due_day", "hearing_day", "extended_until", "answer_due")
"""Days that lie in the future. Every other day is one on which something has happened."""


WORDS = "已当面核对。"
"""What stands in every field of text."""


class Teller:
    """Makes answers for one case. The same seed tells the same."""

    def __init__(
        self, runtime: Runtime, session: Session, case_id: int, chance: random.Random, words: str = WORDS
    ) -> None:
        self.words = words
        self.runtime, self.session, self.case_id, self.chance = runtime, session, case_id, chance
        self.today = runtime.clock.today()

    def answers(self, event: Event, proceeding_id: int) -> dict[str, Any]:
        schema = answers_model(event, self.runtime.vocabulary).model_json_schema()
        shapes = schema.get("$defs", {})
        said: dict[str, Any] = {}
        for name, ask in event.asks.items():
            if ask.required or ask.default is not None or self.chance.random() < 0.3:
                said[name] = self._answer(name, ask, schema["properties"][name], shapes)
        return {name: value for name, value in said.items() if value is not None}

    def _answer(self, name: str, ask: Ask, shape: Mapping[str, Any], shapes: Mapping[str, Any]) -> Any:
        if ask.type in ("payments", "advances", "other_receipts"):
            return self._payments(shape, shapes)
        if self.runtime.vocabulary.ask_types[ask.type].columns:
            return [self._row(_resolved(shape.get("items", _first(shape).get("items", {})), shapes), shapes)]
        if ask.many or ask.type == "choices":
            if ask.type == "party":
                return self._ids(Party, Party.left_on.is_(None))
            return [self._one(name, ask.type, _resolved(_first(shape).get("items", {}), shapes))]
        return self._one(name, ask.type, _resolved(_first(shape), shapes))

    def _one(self, name: str, kind: str, shape: Mapping[str, Any]) -> Any:
        pointers = {
            "party": lambda: self._pick(self._ids(Party, Party.left_on.is_(None))),
            "evidence": lambda: self._pick(self._ids(Evidence)),
            "person": lambda: self._pick(list(self.session.scalars(select(Membership.person_id).distinct()))),
            "duty": lambda: self._pick(self._ids(Promise, Promise.amount.is_(None), Promise.done_on.is_(None))),
            "promise": lambda: self._pick(self._ids(Promise)),
            "receipt": lambda: self._pick(self._ids(Receipt, Receipt.reverses_id.is_(None))),
            "agreement": lambda: self._pick(self._ids(Agreement)),
            "proceeding": lambda: self._pick(self._ids(Proceeding)),
        }
        if kind in pointers:
            return pointers[kind]()
        return self._value(name, shape)

    def _value(self, name: str, shape: Mapping[str, Any]) -> Any:
        if codes := shape.get("enum") or [one["const"] for one in shape.get("oneOf", []) if "const" in one]:
            return self.chance.choice(list(codes))
        if "const" in shape:
            return shape["const"]
        if shape.get("type") == "boolean":
            return self.chance.random() < 0.85
        if shape.get("format") == "date-time":
            return self.runtime.clock.now().isoformat(timespec="seconds")
        if shape.get("format") == "date":
            return self._day(name)
        if shape.get("format") == "time":
            return "10:00"
        if shape.get("type") == "integer":
            return self.chance.randint(1, 9)
        if "amount" in name or "sum" in name:
            return yuan(self.chance.randint(1, 2_000_000))
        return "无" if name.startswith("papers_") else self.words

    def _day(self, name: str) -> str:
        if any(name.endswith(word) for word in AHEAD):
            return (self.today + timedelta(days=self.chance.randint(1, 40))).isoformat()
        return self.today.isoformat()

    def _row(self, shape: Mapping[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
        """A row of a table: what it requires, and a sum."""
        row: dict[str, Any] = {}
        for name, field in shape.get("properties", {}).items():
            if name in shape.get("required", ()) or name in ("amount", "sum"):
                worker = self._pick(self._ids(Party, Party.side == "worker", Party.left_on.is_(None)))
                row[name] = worker if name == "party" else self._value(name, _resolved(_first(field), shapes))
        return row

    def _payments(self, shape: Mapping[str, Any], shapes: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What is still owed to one worker, or a part of it."""
        row = self._row(_resolved(shape.get("items", _first(shape).get("items", {})), shapes), shapes)
        owed: dict[int, int] = {}
        for line in money_of(self.session, self.case_id, self.today).promises:
            if (line.open or 0) > 0:
                owed[line.party_id] = owed.get(line.party_id, 0) + (line.open or 0)
        if owed:
            row["party"] = self.chance.choice(sorted(owed))
            whole = owed[row["party"]]
            row["amount"] = yuan(whole if self.chance.random() < 0.7 else self.chance.randint(1, whole))
        row["paid_on"] = self.today.isoformat()
        return [row]

    def _ids(self, table: Any, *conditions: Any) -> list[int]:
        query = select(table.id).where(table.case_id == self.case_id, *conditions).order_by(table.id)
        return list(self.session.scalars(query))

    def _pick(self, ids: list[int]) -> int:
        return self.chance.choice(ids) if ids else 0


def _first(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shape behind "or nothing"."""
    options = [one for one in shape.get("anyOf", []) if one.get("type") != "null"]
    return options[0] if options else shape


def _resolved(shape: Mapping[str, Any], shapes: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in shape:
        return shapes[shape["$ref"].rsplit("/", 1)[1]]  # type: ignore[no-any-return]
    return _first(shape) if "anyOf" in shape else shape
