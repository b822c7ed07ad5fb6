"""What the people of the practice district do at their desks: each method is one use case on one case."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..assignments.claim import claim, release
from ..cases.activities import ActivityIn, add_activity
from ..cases.advance import Advanced, advance
from ..cases.evidence import EvidenceIn, Upload, add_evidence
from ..cases.intake import register
from ..cases.models import Party, Proceeding
from ..cases.parties import PartyIn, add_party
from ..cases.succession import ConditionIn, set_condition
from ..clock import TestClock
from ..deadlines.models import Deadline
from ..money import split, yuan
from ..people.actor import Actor
from ..recovery.models import Promise
from ..runtime import Runtime
from .invented import Inventor
from .office import Office, Place

Script = Iterator[date]
"""A case's life: works until it yields the day on which it goes on."""
MANY = 10
"""Workers from which representatives act."""


@dataclass
class Town:
    """The district while its year goes by; `session` is the transaction of the present day."""

    runtime: Runtime
    clock: TestClock
    inventor: Inventor
    office: Office
    until: date
    """Today; what lies on or after it does not happen any more."""
    session: Session
    keys: Iterator[int] = field(default_factory=itertools.count)

    @property
    def random(self) -> Random:
        return self.inventor.random

    def wait(self, days: int) -> date:
        """A working day, `days` days from now or the first one after that."""
        return self.runtime.law.calendar.roll(self.clock.today() + timedelta(days=days))

    def before(self, days: int) -> date:
        """The working day `days` days before today, or the last one before that."""
        day = self.until - timedelta(days=days)
        while self.runtime.law.calendar.roll(day) != day:
            day -= timedelta(days=1)
        return day

    def key(self) -> str:
        return f"practice:{next(self.keys)}"


@dataclass
class Folder:
    """One case in somebody's hands. Money is fen."""

    town: Town
    place: Place
    mediator: Actor
    case_id: int = 0
    number: str = ""
    proceeding_id: int = 0
    aid_id: int = 0
    asked: int = 0
    at_the_counter: bool = False
    """Whether the worker came in person."""
    workers: list[int] = field(default_factory=list)
    employers: list[int] = field(default_factory=list)

    @property
    def today(self) -> str:
        return self.town.clock.today().isoformat()

    def day(self, days: int) -> str:
        return (self.town.clock.today() + timedelta(days=days)).isoformat()

    def ahead(self, days: int) -> str:
        """So many days from the day of the demonstration."""
        return (self.town.until + timedelta(days=days)).isoformat()

    @property
    def left(self) -> int:
        """Days from now until the demonstration."""
        return (self.town.until - self.town.clock.today()).days

    def due(self, name: str) -> date:
        """The last day of the running deadline of this name."""
        query = select(Deadline.legal_due).where(
            Deadline.case_id == self.case_id, Deadline.name == name, Deadline.closed_at.is_(None)
        )
        return self.town.session.scalars(query).one()

    def part(self, percent: int) -> int:
        """So many per cent of what is asked, in fen, of whole yuan."""
        return self.asked * percent // 10_000 * 100

    def sum(self, percent: int) -> str:
        return yuan(self.part(percent))

    def awards(self, percent: int) -> list[dict[str, Any]]:
        """What a decision awards: so many per cent, over the workers."""
        shares = split(self.part(percent), [1] * len(self.workers))
        return [{"party": worker, "amount": yuan(one)} for worker, one in zip(self.workers, shares, strict=True)]

    # ── use cases ──

    def fire(self, event: str, told: Mapping[str, Any] | None = None, *, by: Actor | None = None) -> Advanced:
        return self._advance(self.proceeding_id, event, told or {}, by or self.mediator)

    def aid(self, event: str, told: Mapping[str, Any] | None = None, by: Actor | None = None) -> Advanced:
        return self._advance(self.aid_id, event, told or {}, by or self.mediator)

    def beside(self, proceeding_id: int, event: str, told: Mapping[str, Any], *, by: Actor | None = None) -> Advanced:
        """An event of another procedure of the case, recorded by the mediator unless told otherwise."""
        return self._advance(proceeding_id, event, told, by or self.mediator)

    @property
    def once(self) -> Mapping[str, Any]:
        """What every change of the file is told: the revision seen, a key of its own, who does it."""
        return {"revision": self._revision(self.proceeding_id), "key": self.town.key(), "actor": self.mediator}

    def _advance(self, target: int, event: str, told: Mapping[str, Any], actor: Actor) -> Advanced:
        town = self.town
        return advance(
            town.session,
            town.runtime,
            target,
            event,
            told,
            revision=self._revision(target),
            key=town.key(),
            actor=actor,
        )

    def _revision(self, target: int) -> int:
        return self.town.session.scalars(select(Proceeding.revision).where(Proceeding.id == target)).one()

    @property
    def state(self) -> str:
        query = select(Proceeding.state).where(Proceeding.id == self.proceeding_id)
        return self.town.session.scalars(query).one()

    def open(self, *, workers: int = 1, cause: str | None = None, left: int | None = None) -> None:
        """Register a case with invented people; `left`: the limitation ends so many days after the demonstration."""
        town, random = self.town, self.town.random
        dispute = town.inventor.dispute(cause)
        gone = {} if left is None else {"employed": False, "employment_ended_on": _a_year_before(town.until, left)}
        each = [town.inventor.sum(dispute) for _ in range(workers)]
        raw: dict[str, Any] = {
            "channel": random.choice(("walk_in", "walk_in", "hotline", "online", "patrol", "referral_arbitration")),
            "cause": dispute.cause,
            "summary": town.inventor.told(dispute),
            "workers": [{**town.inventor.worker(), **gone} for _ in range(workers)],
            "employers": [town.inventor.employer()],
            "demands": [{"party": n, "head": dispute.head, "amount": str(one)} for n, one in enumerate(each)],
            "since_on": (town.clock.today() - timedelta(days=random.randrange(20, 200))).isoformat(),
        }
        done = register(
            town.session,
            town.runtime,
            raw,
            organisation_id=self.place.organisation_id,
            key=town.key(),
            actor=self.mediator,
        )
        self.case_id, self.number, self.proceeding_id = done.case_id, done.number, done.proceeding_id
        self.asked = sum(each) * 100
        self.at_the_counter = raw["channel"] == "walk_in"
        self.look_again()

    def look_again(self) -> None:
        """Who is in the case now."""
        self.workers, self.employers = self._parties("worker"), self._parties("employer")

    def _parties(self, side: str) -> list[int]:
        query = select(Party.id).where(Party.case_id == self.case_id, Party.side == side).order_by(Party.id)
        return list(self.town.session.scalars(query))

    def note(self, kind: str, text: str) -> None:
        town = self.town
        data = ActivityIn(kind=kind, text=text)
        add_activity(town.session, town.runtime, self.case_id, data, key=town.key(), actor=self.mediator)

    def evidence(self, name: str, category: str) -> int:
        town = self.town
        upload = Upload(f"练习用文件：{name}（{self.number}）".encode(), "text/plain")
        data = EvidenceIn(name=name, category=category, submitted_by=self.workers[0])
        done = add_evidence(town.session, town.runtime, self.case_id, data, upload, key=town.key(), actor=self.mediator)
        return int(done.result["evidence"])

    def condition(self, party: int, condition: str, reason: str) -> None:
        """What has become of a party, since today."""
        town = self.town
        data = ConditionIn(condition=condition, condition_on=town.clock.today(), reason=reason)
        set_condition(town.session, town.runtime, self.case_id, party, data, **self.once)

    def represented(self) -> None:
        """Where there are many, three of the workers speak for all."""
        if len(self.workers) >= MANY:
            self.representatives()

    def representatives(self) -> None:
        town = self.town
        names = town.session.scalars(select(Party.name).where(Party.id.in_(self.workers[:3])).order_by(Party.id)).all()
        for name, worker in zip(names, self.workers, strict=False):
            add_party(
                town.session,
                town.runtime,
                self.case_id,
                "worker",
                PartyIn(name=name, role="elected_representative", represents=worker),
                revision=self._revision(self.proceeding_id),
                key=town.key(),
                actor=self.mediator,
            )

    # ── what everybody does often ──

    def assign(self) -> None:
        self.fire("assign_mediator", {"mediator": self.mediator.person_id})

    def ask_consent(self) -> None:
        self.fire("ask_consent", {"in_scope": True, "asked_on": self.today, "asked_how": "电话并书面"})

    def answer(self, consent: str) -> None:
        told = {"consent_party": self.employers[0], "consent": consent, "consent_on": self.today}
        self.fire("record_consent", told)

    def accept(self) -> None:
        self.fire("accept", {"accepted_on": self.today})

    def session(self, result: str, form: str = "joint") -> None:
        self.fire("hold_session", {"held_on": self.today, "session_form": form, "session_result": result})

    def promises(self, total: int, days: list[int]) -> list[dict[str, Any]]:
        """The total over the workers and over the days from now."""
        rows = []
        for worker, share in zip(self.workers, split(total, [1] * len(self.workers)), strict=True):
            for day, part in zip(days, split(share, [1] * len(days)), strict=True):
                rows.append({"party": worker, "amount": yuan(part), "due_on": self.day(day), "method": "银行转账"})
        return rows

    def draft(self, rows: list[dict[str, Any]], event: str = "draft_agreement") -> None:
        several = len({row["due_on"] for row in rows}) > 1
        self.fire(event, {"agreement_scope": "full", "promises": rows, "acceleration": several})

    def sign(self) -> None:
        told = {"signed_on": self.today, "signed_by": [*self.workers, *self.employers]}
        self.fire("sign_agreement", {**told, "mediator_signed": True, "sealed": True})

    def pay(self, total: int) -> Advanced:
        """A payment of this total, to every worker alike."""
        return self.fire("record_payment", {"payments": self.payments(total)})

    def pay_on_spot(self, total: int) -> None:
        self.fire("settle_on_spot", {"payments": self.payments(total)})

    def payments(self, total: int, method: str = "bank") -> list[dict[str, Any]]:
        shares = zip(self.workers, split(total, [1] * len(self.workers)), strict=True)
        proof = f"电子回单{self.case_id:04d}-{self.today}"
        return [
            {"party": worker, "amount": yuan(part), "paid_on": self.today, "method": method, "proof": proof}
            for worker, part in shares
        ]

    def duty_done(self, proof: str) -> None:
        """The one duty of this case that is not money."""
        query = select(Promise.id).where(Promise.case_id == self.case_id, Promise.amount.is_(None))
        duty = self.town.session.scalars(query.order_by(Promise.id)).all()[-1]
        self.fire("record_duty_done", {"duty": duty, "done_on": self.today, "duty_proof": proof})

    def back_to_the_table(self) -> None:
        """A long holiday may have eaten the fifteen days; then both sides sign that they go on."""
        if self.state == "failed":
            self.fire("resume_mediation", {"accepted_on": self.today, "both_signed": True})

    def break_off(self) -> None:
        self.back_to_the_table()
        told = {"failure": "failed_divergence", "failed_on": self.today, "failure_note": "双方差距过大。"}
        self.fire("declare_failed", told)

    def close(self) -> None:
        self.fire("close_fulfilled", {"revisit_on": self.today, "revisit_note": "电话回访，劳动者确认款项已收到。"})

    def approve(self) -> None:
        """A supervisor reads the closing that somebody else has proposed."""
        if self.state == "closing_review":
            seen = {"approval_note": "途径已告知，材料齐全，同意结案。"}
            self.fire("approve_closing", seen, by=self.town.office.second_supervisor)

    def send_to_lawyers(self) -> None:
        self.ask_for_aid()
        self.aid("grant_aid", {"aid_granted_on": self.today})
        self.aid("list_case")

    def ask_for_aid(self, **changes: str) -> None:
        told = {
            "aid_matter": "欠薪争议，需要起草文书并代理后续程序。",
            "aid_hours": self.town.random.randrange(4, 20),
            "aid_applied_on": self.today,
            "aid_scope": "pay",
            "aid_means": "migrant_pay",
            **changes,
        }
        done = self.fire("open_legal_aid", told)
        self.aid_id = int(done.result["started"]["proceeding_id"])

    def claim(self, lawyer: Actor) -> None:
        town = self.town
        claim(town.session, town.runtime, self.aid_id, key=town.key(), actor=lawyer)

    def release(self, lawyer: Actor, reason: str) -> None:
        town = self.town
        told = {"release_reason": reason}
        release(town.session, town.runtime, self.aid_id, told, key=town.key(), actor=lawyer)

    def finish_aid(self, lawyer: Actor, hours: int) -> None:
        told = {"aid_finished_on": self.today, "aid_result": "代书仲裁申请书并指导立案。", "aid_hours_spent": hours}
        self.aid("finish_aid", told, lawyer)

    def report_aid(self, lawyer: Actor) -> None:
        told = {"closing_report_on": self.today, "closing_report_note": "结案报告、申请书副本、谈话笔录。"}
        self.aid("submit_closing_report", told, lawyer)


def _a_year_before(day: date, left: int) -> str:
    """The last day of an employment whose year of limitation ends `left` days after `day`."""
    end = day + timedelta(days=left)
    return end.replace(year=end.year - 1, day=min(end.day, 28)).isoformat()
