"""出价记录: offers and counter-offers as each side told them to the mediator.

Until an offer is released with its author's leave only mediators read it; it enters no paper, and what was conceded in
talks is not to be used as evidence later (SCR 22, OMR 18, for court mediation; followed here by analogy).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, true, update
from sqlalchemy.orm import Session

from ..cases.change import Change, changing
from ..cases.evidence_rows import CONFIDANTS
from ..cases.models import Party
from ..engine.ask_types import Day, Integer, LongText, Money, Text
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..runtime import Runtime
from .models import Offer

SIDES = ("worker", "employer")
CITES = ("SCR-22", "OMR-18")
"""Articles that the page names for keeping it confidential."""


class OfferIn(BaseModel):
    """What one party would settle for."""

    model_config = ConfigDict(extra="forbid", title="出价")

    party: Integer = Field(title="谁提出的")
    amount: Money | None = Field(default=None, title="金额")
    terms: LongText | None = Field(default=None, title="其他条件")
    made_on: Day = Field(title="提出日期")
    valid_until: Day | None = Field(default=None, title="有效至")


class ReleaseIn(BaseModel):
    """The author agreed that the other side hears of it."""

    model_config = ConfigDict(extra="forbid", title="告知对方")

    agreed: Literal[True] = Field(title="提出人已同意告知对方")


class EndIn(BaseModel):
    """Taken back by its author, or accepted by the other side."""

    model_config = ConfigDict(extra="forbid", title="撤回或接受")

    state: Literal["withdrawn", "accepted"] = Field(title="结果")
    reason: Text | None = Field(default=None, title="说明", max_length=500)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One offer; `lapsed`: its last day is over though nobody took it back."""

    id: int
    number: int
    party_id: int
    party: str
    side: str
    amount: int | None
    terms: str
    made_on: date
    valid_until: date | None
    state: str
    ended_on: date | None
    ended_why: str
    released_on: date | None
    lapsed: bool

    @property
    def stands(self) -> bool:
        return self.state == "open" and not self.lapsed


@dataclass(frozen=True, slots=True)
class Gap:
    """How far apart the sides are by their standing offers, in fen; at most 0: they meet."""

    asked: int
    offered: int

    @property
    def left(self) -> int:
        return self.asked - self.offered


def record_offer(session: Session, runtime: Runtime, case_id: int, data: OfferIn, *, key: str, actor: Actor) -> Change:
    """`result`: {offer, number}. An open offer of the same party is superseded."""
    given = data.model_dump(mode="json", exclude_none=True)
    with changing(
        session, runtime, case_id, "record_offer", given, revision=None, key=key, actor=actor, bumps=False
    ) as change:
        if change.repeated is None:
            party = _checked(session, case_id, data, change.step.today)
            mine = (Offer.case_id == case_id, Offer.party_id == party.id, Offer.state == "open")
            session.execute(update(Offer).where(*mine).values(state="superseded", ended_on=change.step.today))
            number = (session.scalar(select(func.max(Offer.number)).where(Offer.case_id == case_id)) or 0) + 1
            offer = Offer(
                case_id=case_id,
                number=number,
                party_id=party.id,
                side=party.side,
                amount=data.amount,
                terms=data.terms or "",
                made_on=data.made_on,
                valid_until=data.valid_until,
                state="open",
                ended_why="",
                recorded_at=change.step.at,
                recorded_by_id=actor.person_id,
            )
            session.add(offer)
            session.flush()
            change.result |= {"offer": offer.id, "number": number}
    return change


def _checked(session: Session, case_id: int, data: OfferIn, today: date) -> Party:
    wrong = {}
    party = session.get(Party, data.party)
    if party is None or party.case_id != case_id or party.side not in SIDES or party.left_on is not None:
        wrong["party"] = "请从本案的劳动者和用人单位中选择。"
    if data.amount is None and not data.terms:
        wrong["amount"] = "请填写金额或者其他条件。"
    if data.made_on > today:
        wrong["made_on"] = "提出日期不能晚于今天。"
    if data.valid_until is not None and data.valid_until < data.made_on:
        wrong["valid_until"] = "有效期不能早于提出日期。"
    if wrong or party is None:
        raise BadInput("出价没有保存，请按提示修改。", wrong)
    return party


def release_offer(
    session: Session, runtime: Runtime, case_id: int, offer_id: int, _data: ReleaseIn, *, key: str, actor: Actor
) -> Change:
    """From now on the other side may be told. `result`: {offer}."""
    offer = _offer(session, case_id, offer_id)
    given = {"offer_number": offer.number}
    with changing(
        session, runtime, case_id, "release_offer", given, revision=None, key=key, actor=actor, bumps=False
    ) as change:
        if change.repeated is None:
            if offer.state != "open" or offer.released_on is not None:
                raise BadInput("这项出价已经告知对方，或者已经不再有效，请刷新页面查看。")
            offer.released_on = change.step.today
            change.result["offer"] = offer.id
    return change


def end_offer(
    session: Session, runtime: Runtime, case_id: int, offer_id: int, data: EndIn, *, key: str, actor: Actor
) -> Change:
    """Withdrawn or accepted. Only what the other side had been told can be accepted by it. `result`: {offer}."""
    offer = _offer(session, case_id, offer_id)
    given = {"offer_number": offer.number, **data.model_dump(mode="json", exclude_none=True)}
    with changing(
        session, runtime, case_id, "end_offer", given, revision=None, key=key, actor=actor, bumps=False
    ) as change:
        if change.repeated is None:
            today = change.step.today
            if offer.state != "open":
                raise BadInput("这项出价已经不再有效，请刷新页面查看。")
            if data.state == "accepted":
                _acceptable(offer, today)
                before = (Offer.case_id == case_id, Offer.state == "accepted")
                session.execute(update(Offer).where(*before).values(state="superseded"))
            offer.state, offer.ended_on, offer.ended_why = data.state, today, data.reason or ""
            change.result["offer"] = offer.id
    return change


def _acceptable(offer: Offer, today: date) -> None:
    if offer.released_on is None:
        raise BadInput("对方还不知道这项出价，不能登记为已接受；请先经提出人同意告知对方。")
    if offer.valid_until is not None and offer.valid_until < today:
        raise BadInput("这项出价已过有效期，不能登记为已接受；提出人愿意的，请重新登记一次。")


def _offer(session: Session, case_id: int, offer_id: int) -> Offer:
    offer = session.get(Offer, offer_id)
    if offer is None or offer.case_id != case_id:
        raise NotFound("本案没有这项出价，或者您无权查看。")
    return offer


def offers_of(session: Session, case_id: int, roles: Collection[str], today: date) -> tuple[OfferRow, ...]:
    """What these roles may read, the newest first: others than mediators only what was released."""
    seen = true() if CONFIDANTS & frozenset(roles) else Offer.released_on.is_not(None)
    query = (
        select(Offer, Party.name)
        .join(Party, Party.id == Offer.party_id)
        .where(Offer.case_id == case_id, seen)
        .order_by(Offer.number.desc())
    )
    copied = ("id", "number", "party_id", "side", "amount", "terms", "made_on", "valid_until", "state")
    return tuple(
        OfferRow(
            **{name: getattr(offer, name) for name in (*copied, "ended_on", "ended_why", "released_on")},
            party=name,
            lapsed=offer.state == "open" and offer.valid_until is not None and offer.valid_until < today,
        )
        for offer, name in session.execute(query)
    )


def gap(rows: Collection[OfferRow]) -> Gap | None:
    """Of the standing offers with money: what the workers ask together, what the employers give. None: one-sided."""
    sums = {side: [r.amount for r in rows if r.stands and r.side == side and r.amount is not None] for side in SIDES}
    return Gap(sum(sums["worker"]), sum(sums["employer"])) if all(sums.values()) else None


def accepted_offer(session: Session, case_id: int) -> Offer | None:
    """The offer from which the agreement is drafted."""
    return session.scalars(select(Offer).where(Offer.case_id == case_id, Offer.state == "accepted")).first()
