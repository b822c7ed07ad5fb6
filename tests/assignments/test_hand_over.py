"""Somebody is ill or leaves: everything goes over at once, nothing falls between chairs, both sides sign."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mediation.assignments.claim import claim
from mediation.assignments.hand_over import HandOverIn, Progress, choose_again, go_on, hand_over
from mediation.assignments.holdings import Holding, held
from mediation.assignments.models import Assignment, HandOver, HandOverItem
from mediation.assignments.signing import sign
from mediation.assignments.suggesting import candidates, suggest
from mediation.cases.models import Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput, Forbidden, NotFound
from mediation.findings.verify import verify_all
from mediation.people.actor import Actor, load_actor
from mediation.people.models import Interest
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.reminders.channels import Inbox
from mediation.reminders.inbox import inbox
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def hired(office: Office, name: str, role: str = "mediator") -> Actor:
    """One more colleague at the street."""
    with office.database.write() as session:
        person = register_person(session, PersonData(name), at=office.clock.now())
        grant_role(session, person.id, office.street_id, role, date(2026, 1, 1))
        return load_actor(session, person.id, office.clock.today())


def lies_with(office: Office, actor: Actor) -> list[Holding]:
    with office.database.read() as session:
        return held(session, office.runtime, office.supervisor, actor.person_id or 0)


def owned(office: Office, **changes: Any) -> int:
    """A registered case that lies with the mediator; its proceeding."""
    case = office.register(**changes)
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": office.mediator.person_id})
    return case.proceeding_id


def give(
    office: Office, receivers: Mapping[int, int], *, key: str = "hand-over-1", batch: int = 200, **changes: Any
) -> Progress:
    told = {"giver": office.mediator.person_id, "kind": "leaving", "reason": "调往他处。", **changes}
    with office.database.write() as session:
        data = HandOverIn.model_validate(told)
        return hand_over(session, office.runtime, data, receivers, key=key, actor=office.supervisor, batch=batch)


def all_to(office: Office, receiver: Actor) -> dict[int, int]:
    return {one.proceeding_id: receiver.person_id or 0 for one in lies_with(office, office.mediator)}


def sound(office: Office) -> bool:
    """Every chain of entries is as it was written."""
    with office.database.read() as session:
        return list(verify_all(session)) == []


def owner(office: Office, proceeding_id: int) -> int | None:
    with office.database.read() as session:
        return session.get_one(Proceeding, proceeding_id).owner_id


def test_everything_goes_over_in_one_go_with_its_next_deadlines(office: Office) -> None:
    sun = hired(office, "孙调解")
    signed = office.signed()
    cases = [owned(office) for _ in range(3)]
    order = office.fire(cases[0], "give_order", {"order_text": "请说明进展。"}, actor=office.supervisor)
    assert order.result["started"]["workflow"] == "follow_up_order"
    holdings = {one.proceeding_id: one for one in lies_with(office, office.mediator)}
    assert holdings.keys() == {signed.proceeding_id, *cases}
    assert holdings[cases[0]].orders == 1
    assert holdings[cases[0]].deadlines == holdings[cases[1]].deadlines + 1
    assert holdings[cases[1]].reminders > 0
    done = give(office, all_to(office, sun))
    assert (done.items, done.moved, done.refused, done.finished) == (4, 4, 0, True)
    assert lies_with(office, office.mediator) == []
    assert {one.proceeding_id for one in lies_with(office, sun)} == holdings.keys()
    with office.database.read() as session:
        items = session.scalars(select(HandOverItem)).all()
        assert all(item.next_title and item.next_due for item in items)
    assert sound(office)


def test_reminders_go_to_the_receiver_and_what_was_not_read_too(office: Office) -> None:
    sun = hired(office, "孙调解")
    case = owned(office)
    office.clock.set(office.clock.now().replace(day=21))
    sweep_once(office.runtime, [Inbox()])
    with office.database.read() as session:
        assert [line.proceeding_id for line in inbox(session, office.mediator.person_id or 0)] == [case]
        assert inbox(session, sun.person_id or 0) == []
    give(office, all_to(office, sun))
    with office.database.read() as session:
        assert [line.proceeding_id for line in inbox(session, sun.person_id or 0)] == [case]
        before = len(inbox(session, office.mediator.person_id or 0))
    office.clock.move(days=4)
    sweep_once(office.runtime, [Inbox()])
    with office.database.read() as session:
        assert len(inbox(session, office.mediator.person_id or 0)) == before


def test_the_same_request_twice_moves_once_and_batches_go_on(office: Office) -> None:
    sun = hired(office, "孙调解")
    cases = [owned(office) for _ in range(5)]
    first = give(office, all_to(office, sun), batch=2)
    assert (first.items, first.moved, first.finished) == (5, 2, False)
    assert give(office, {}, batch=2) == first
    with office.database.write() as session:
        second = go_on(session, office.runtime, first.id, actor=office.supervisor, batch=2)
    assert (second.moved, second.finished) == (4, False)
    sweep_once(office.runtime, ())
    assert {owner(office, case) for case in cases} == {sun.person_id}
    with office.database.read() as session:
        assert session.get_one(HandOver, first.id).finished_at is not None


def test_whoever_must_stand_aside_is_refused_and_another_is_chosen(office: Office) -> None:
    sun, zhou = hired(office, "孙调解"), hired(office, "周调解")
    near = owned(office)
    far = owned(office, employers=[{"name": "北京某建筑有限公司"}])
    with office.database.write() as session:
        interest = Interest(
            person_id=sun.person_id, kind="relative", name="北京某餐饮有限公司", note="", declared_at=office.clock.now()
        )
        session.add(interest)
    with office.database.read() as session:
        among = candidates(session, office.supervisor, office.mediator.person_id or 0, office.clock.today())
        proposed = suggest(session, lies_with(office, office.mediator), among, office.clock.today())
    assert proposed[near] == zhou.person_id
    assert proposed[far] == sun.person_id
    done = give(office, all_to(office, sun))
    assert (done.moved, done.refused) == (1, 1)
    assert (owner(office, near), owner(office, far)) == (office.mediator.person_id, sun.person_id)
    with office.database.write() as session:
        item = session.scalars(select(HandOverItem).where(HandOverItem.refused.is_not(None))).one()
        assert "须回避" in (item.refused or "")
        again = choose_again(session, office.runtime, done.id, {item.id: zhou.person_id or 0}, actor=office.supervisor)
    assert (again.moved, again.refused) == (2, 0)
    assert owner(office, near) == zhou.person_id


def test_a_lawyer_hands_over_aid_cases(office: Office) -> None:
    case = office.register()
    aid = office.queued(case)
    with office.database.write() as session:
        claim(session, office.runtime, aid, key="claim-the-case", actor=office.lawyer)
    (holding,) = lies_with(office, office.lawyer)
    assert (holding.role, holding.proceeding_id) == ("lawyer", aid)
    refused = give(office, {aid: office.mediator.person_id or 0}, giver=office.lawyer.person_id, key="to-a-mediator")
    assert refused.refused == 1
    moved = give(office, {aid: office.other_lawyer.person_id or 0}, giver=office.lawyer.person_id)
    assert moved.moved == 1
    with office.database.read() as session:
        rows = session.scalars(select(Assignment).where(Assignment.proceeding_id == aid).order_by(Assignment.id)).all()
    assert [(row.person_id, row.end_reason) for row in rows] == [
        (office.lawyer.person_id, "handed_over"),
        (office.other_lawyer.person_id, None),
    ]


def test_after_an_absence_the_cases_come_back_by_themselves(office: Office) -> None:
    sun, zhou = hired(office, "孙调解"), hired(office, "周调解")
    stays, closed, moved_on = owned(office), owned(office), owned(office)
    back_on = office.clock.today() + timedelta(days=10)
    done = give(office, all_to(office, sun), kind="absence", reason="病假。", back_on=back_on)
    with office.database.read() as session:
        away = candidates(session, office.supervisor, sun.person_id or 0, office.clock.today())
    assert office.mediator.person_id not in {one.id for one in away}
    office.fire(
        closed, "withdraw", {"withdrawal_reason": "paid", "withdrawn_on": office.clock.today().isoformat()}, actor=sun
    )
    office.fire(moved_on, "assign_mediator", {"mediator": zhou.person_id})
    office.clock.move(days=9)
    sweep_once(office.runtime, ())
    assert owner(office, stays) == sun.person_id
    office.clock.move(days=1)
    sweep_once(office.runtime, ())
    assert (owner(office, stays), owner(office, moved_on)) == (office.mediator.person_id, zhou.person_id)
    with office.database.read() as session:
        items = {item.proceeding_id: item for item in session.scalars(select(HandOverItem))}
        assert items[stays].returned_at is not None
        assert items[closed].stayed == "离岗期间已经办结。"
        assert items[moved_on].stayed == "离岗期间已另行指派他人。"
        assert session.get_one(HandOver, done.id).returned_at is not None
    assert sound(office)


def test_both_sign_and_a_paper_signature_is_noted_by_the_supervisor(office: Office) -> None:
    sun, stranger = hired(office, "孙调解"), hired(office, "外人")
    owned(office)
    done = give(office, all_to(office, sun))
    with office.database.write() as session:
        with pytest.raises(NotFound):
            sign(session, office.runtime, done.id, stranger.person_id or 0, "out", "", actor=stranger)
        sign(session, office.runtime, done.id, sun.person_id or 0, "out", "", actor=sun)
        with pytest.raises(Forbidden):
            sign(session, office.runtime, done.id, office.mediator.person_id or 0, "out", "代签", actor=sun)
        with pytest.raises(BadInput):
            sign(session, office.runtime, done.id, office.mediator.person_id or 0, "out", "", actor=office.supervisor)
        paper = "本人9月18日在纸质清单上签字"
        sign(session, office.runtime, done.id, office.mediator.person_id or 0, "out", paper, actor=office.supervisor)


def test_what_is_missing_is_told_in_words(office: Office) -> None:
    sun = hired(office, "孙调解")
    with pytest.raises(BadInput, match="没有未办结的事项"):
        give(office, {})
    owned(office)
    with pytest.raises(BadInput, match="没有选定接收人"):
        give(office, {})
    with pytest.raises(BadInput) as missing:
        give(office, all_to(office, sun), kind="absence")
    assert "返岗日期" in missing.value.fields["back_on"]
    with pytest.raises(Forbidden), office.database.write() as session:
        data = HandOverIn(giver=office.mediator.person_id or 0, kind="leaving", reason="调走。")
        hand_over(session, office.runtime, data, {}, key="by-a-mediator", actor=office.mediator)
