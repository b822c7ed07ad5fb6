"""Every scenario file, on both databases."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.models import Case, Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.documents.models import Document
from mediation.errors import BadInput, Refused
from mediation.groups.representatives import ConsentIn, ElectionIn, elect, elections_of, record_consents
from mediation.limitation.clocks import clocks_of
from mediation.limitation.events import LimitationEventIn, add_limitation_event
from mediation.money import yuan
from mediation.recovery.ledger import AwardIn, record_award
from mediation.recovery.models import Receipt
from mediation.recovery.queries import PromiseLine, money_of
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
KEPT = {"limitation", "advance_aid"}
"""Deadlines that run from the first day in nearly every case; a scenario speaks of them only where it is about them."""

PLAYED = (
    "dispute",
    "arbitration",
    "litigation",
    "enforcement",
    "joint_review",
    "judicial_confirmation",
    "payment_order",
    "legal_aid",
    "injury",
    "supervision",
    "inspection",
    "petition",
    "referral",
    "referral_in",
    "group_event",
    "follow_up_order",
)
"""Workflows of which every event is played."""


class Play:
    """One scenario under way."""

    def __init__(self, office: Office, steps: list[dict[str, Any]]) -> None:
        self.office = office
        self.other = office.register(summary="另一件。").case_id
        self.case = office.register(**(steps[0].get("register") or {}))
        self.steps = steps

    def run(self) -> None:
        self.check(self.steps[0].get("expect") or {})
        for step in self.steps[1:]:
            refused = self.do(step)
            expect = dict(step.get("expect") or {})
            assert refused == {*expect.pop("refused", []), *expect.pop("wrong", [])}, step
            there = expect.pop("there", {})
            self.check(expect)
            self.check(there, self.proceeding(step.get("proceeding")))

    def do(self, step: dict[str, Any]) -> set[str]:
        self.office.clock.move(days=step.get("days", 0), hours=step.get("hours", 0))
        if step.get("sweep"):
            sweep_once(self.office.runtime, ())
        if "award" in step:
            self.award(self.said(step["award"]))
        if "limitation" in step:
            self.told_of_limitation(self.said(step["limitation"]))
        if "elect" in step:
            return self.group(elect, ElectionIn, step["elect"])
        if "consents" in step:
            return self.group(record_consents, ConsentIn, step["consents"])
        if "event" not in step:
            return set()
        actor = getattr(self.office, step.get("by", "mediator"))
        try:
            self.office.fire(
                self.proceeding(step.get("proceeding")), step["event"], self.said(step.get("tell")), actor=actor
            )
        except Refused as error:
            return {r.guard for r in error.refusals}
        except BadInput as error:
            return set(error.fields)
        return set()

    def group(self, use_case: Any, form: Any, told: Any) -> set[str]:
        """A change of the file of a group: who was elected, who agrees to the draft."""
        try:
            with self.office.database.write() as session:
                revision = session.get_one(Proceeding, self.case.proceeding_id).revision
                once = {"revision": revision, "key": self.office.key(), "actor": self.office.mediator}
                case = (session, self.office.runtime, self.case.case_id, form.model_validate(self.said(told)))
                use_case(*case, **once)
        except BadInput as error:
            return set(error.fields)
        return set()

    def award(self, told: dict[str, Any]) -> None:
        """A sum that another body awarded, booked as a change of the file."""
        with self.office.database.write() as session:
            revision = session.get_one(Proceeding, self.case.proceeding_id).revision
            once = {"revision": revision, "key": self.office.key(), "actor": self.office.mediator}
            record_award(session, self.office.runtime, self.case.case_id, AwardIn.model_validate(told), **once)

    def proceeding(self, workflow: str | None) -> int:
        if workflow is None:
            return self.case.proceeding_id
        with self.office.database.read() as session:
            query = select(Proceeding.id).where(
                Proceeding.case_id == self.case.case_id, Proceeding.workflow == workflow
            )
            return session.scalars(query.order_by(Proceeding.id.desc())).first() or 0

    def said(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: self.said(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.said(v) for v in value]
        return self.word(value) if isinstance(value, str) and value.startswith("$") else value

    def word(self, word: str) -> Any:
        if found := re.fullmatch(r"\$today([+-]\d+)?", word):
            return (self.office.clock.today() + timedelta(days=int(found[1] or 0))).isoformat()
        if found := re.fullmatch(r"\$now([+-]\d+)?", word):
            return (self.office.clock.now() + timedelta(hours=int(found[1] or 0))).strftime("%Y-%m-%d %H:%M")
        if found := re.fullmatch(r"\$(worker|employer)(\d*)", word):
            return self.office.parties(self.case.case_id, found[1])[int(found[2] or 1) - 1]
        if found := re.fullmatch(r"\$representative(\d*)", word):
            return self.representatives()[int(found[1] or 1) - 1]
        if word in ("$mediator", "$supervisor", "$lawyer", "$other_lawyer"):
            return getattr(self.office, word[1:]).person_id
        if word == "$other":
            with self.office.database.read() as session:
                return session.get_one(Case, self.other).number
        if word == "$evidence":
            return self.filed()
        if word == "$receipt":
            with self.office.database.read() as session:
                return session.scalar(select(func.max(Receipt.id)).where(Receipt.case_id == self.case.case_id))
        if found := re.fullmatch(r"\$promise(\d*)", word):
            return self.promises()[int(found[1] or 1) - 1].id
        if word == "$agreement":
            return max(line.agreement_id for line in self.promises())
        if found := re.fullmatch(r"\$proceeding:(\w+)", word):
            return self.proceeding(found[1])
        raise AssertionError(f"unknown word {word}")

    def representatives(self) -> list[int]:
        """Those of the election in force."""
        with self.office.database.read() as session:
            return [one.party_id for one in elections_of(session, self.case.case_id, {"mediator"})[0].representatives]

    def promises(self) -> tuple[PromiseLine, ...]:
        with self.office.database.read() as session:
            return money_of(session, self.case.case_id, self.office.clock.today()).promises

    def filed(self) -> int:
        """A signed paper in the file of the case."""
        said = EvidenceIn(name="双方签名的同意书", category="consent")
        with self.office.database.write() as session:
            upload = Upload(b"%PDF-1.7 signed by both", "application/pdf")
            change = add_evidence(
                session,
                self.office.runtime,
                self.case.case_id,
                said,
                upload,
                key=self.office.key(),
                actor=self.office.mediator,
            )
        return int(change.result["evidence"])

    def told_of_limitation(self, told: dict[str, Any]) -> None:
        """What interrupts or suspends limitation, recorded by hand."""
        data = LimitationEventIn.model_validate(told)
        with self.office.database.write() as session:
            revision = session.get_one(Proceeding, self.case.proceeding_id).revision
            case = (session, self.office.runtime, self.case.case_id, data)
            add_limitation_event(*case, revision=revision, key=self.office.key(), actor=self.office.mediator)

    def clock(self, session: Session) -> str | None:
        """How the most pressing limitation stands: `running 2026-12-31`."""
        found = clocks_of(session, self.office.runtime, self.case.case_id)
        return f"{found[0].state} {found[0].clock.legal_due or ''}".strip() if found else None

    def check(self, expect: dict[str, Any], proceeding_id: int | None = None) -> None:
        with self.office.database.read() as session:
            proceeding = session.get_one(Proceeding, proceeding_id or self.case.proceeding_id)
            running = select(Deadline.name).where(Deadline.proceeding_id == proceeding.id, Deadline.closed_at.is_(None))
            papers = select(Document.template).where(Document.case_id == self.case.case_id).order_by(Document.id)
            money = money_of(session, self.case.case_id, self.office.clock.today())
            found = {
                "state": proceeding.state,
                "outcome": proceeding.outcome,
                "open": sorted(set(session.scalars(running)) - (KEPT - set(expect.get("open", ())))),
                "papers": list(session.scalars(papers)),
                "owed": yuan(money.outstanding),
                "limitation": self.clock(session) if "limitation" in expect else None,
                "agreed": yuan(money.agreed),
                "awarded": yuan(money.awarded),
                "received": yuan(money.received),
            }
        wanted = {**expect, **({"open": sorted(expect["open"])} if "open" in expect else {})}
        assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize("file", FILES, ids=[f.stem for f in FILES])
def test_scenario(file: Path, database: Database, clock: TestClock) -> None:
    scenario = yaml.safe_load(file.read_text("utf-8"))
    Play(open_office(database, clock), scenario["steps"]).run()


@pytest.mark.parametrize("workflow", PLAYED)
def test_every_event_is_played_somewhere(workflow: str, sqlite_database: Database, clock: TestClock) -> None:
    """A new event needs a scenario; what only the clock fires counts where the sweep fired it."""
    office = open_office(sqlite_database, clock)
    played = {step.get("event") for f in FILES for step in yaml.safe_load(f.read_text("utf-8"))["steps"]}
    events = office.runtime.machine(workflow).definition.events
    people = {name for name, event in events.items() if event.by != ("clock",)}
    assert people - played == set()
