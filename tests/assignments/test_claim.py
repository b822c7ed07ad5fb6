"""The lawyers' queue: nobody's name before the claim, one winner each time, and losers who hear by whom."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from mediation.assignments.claim import claim, next_case, release
from mediation.assignments.models import Assignment
from mediation.assignments.queries import HIDDEN, count_waiting, held_by, holder_of, others_waiting, waiting
from mediation.cases.advance import Advanced
from mediation.cases.models import Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import Forbidden, NotFound, Refused
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from tests.office import Office, open_office

MATTER = "欠薪三个月，需要代写仲裁申请书。"


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def wait_for_a_lawyer(office: Office, matter: str = MATTER, **changes: object) -> int:
    """A new case whose aid proceeding waits in the queue; the id of the aid proceeding."""
    return office.queued(office.register(**changes), aid_matter=matter, aid_hours=6)


def take(office: Office, proceeding_id: int, actor: Actor, key: str = "") -> Advanced:
    with office.database.write() as session:
        return claim(session, office.runtime, proceeding_id, key=key or office.key(), actor=actor)


def lawyers(office: Office, number: int) -> list[Actor]:
    today = office.clock.today()
    with office.database.write() as session:
        ids = []
        for n in range(number):
            person = register_person(session, PersonData(name=f"律师{n:02d}"), at=office.clock.now())
            grant_role(session, person.id, office.district_id, "lawyer", date(2026, 1, 1))
            ids.append(person.id)
        return [load_actor(session, id, today) for id in ids]


def test_the_queue_tells_the_case_but_nobodys_name(office: Office) -> None:
    aid = wait_for_a_lawyer(office, "张三欠薪，对方为北京某餐饮有限公司。")
    with office.database.read() as session:
        (row,) = waiting(session, office.lawyer)
    assert row.proceeding_id == aid
    assert row.matter == f"{HIDDEN}欠薪，对方为{HIDDEN}。"
    assert (row.cause, row.street, row.hours, row.sum_band) == ("B1", "示范区东街总工会", 6, "1万至5万元")
    assert row.since == office.clock.now()


@pytest.mark.parametrize(
    ("demands", "band"),
    [
        ([], "未写明金额"),
        ([{"party": 0, "head": "wages", "amount": "10000"}], "1万元以下"),
        ([{"party": 0, "head": "wages", "amount": "10000.01"}], "1万至5万元"),
        ([{"party": 0, "head": "wages", "amount": "200000.01"}], "20万元以上"),
    ],
)
def test_the_sum_is_told_as_a_band(office: Office, demands: list[dict[str, object]], band: str) -> None:
    wait_for_a_lawyer(office, demands=demands)
    with office.database.read() as session:
        assert [row.sum_band for row in waiting(session, office.lawyer)] == [band]


def test_a_claim_is_assignment_and_event_in_one(office: Office) -> None:
    aid = wait_for_a_lawyer(office)
    done = take(office, aid, office.lawyer, "claim-key-1")
    assert (done.from_state, done.to_state, done.repeated) == ("waiting", "acting", False)
    assert take(office, aid, office.lawyer, "claim-key-1").repeated
    with office.database.read() as session:
        assert count_waiting(session, office.lawyer) == 0
        assert session.get_one(Proceeding, aid).owner_id == office.lawyer.person_id
        (held,) = held_by(session, office.lawyer.person_id or 0, office.clock.now())
    assert (held.workers, held.state) == ("张三", "acting")
    assert held.due is not None
    assert held.due.title == "律师首次联系受援人"
    assert held.due.due_at == office.clock.now() + timedelta(hours=48)


def test_the_loser_hears_by_whom_and_when_and_sees_two_others(office: Office) -> None:
    lost, alike, other = (wait_for_a_lawyer(office, cause=cause) for cause in ("B1", "B1", "A1"))
    extra = wait_for_a_lawyer(office, cause="A1")
    take(office, lost, office.lawyer)
    office.clock.move(minutes=3)
    with pytest.raises(Refused) as refused:
        take(office, lost, office.other_lawyer)
    assert refused.value.sentence == "赵律师已于9月18日09:00:00认领了这件案件，请另选一件。"
    with office.database.read() as session:
        offered = [row.proceeding_id for row in others_waiting(session, office.other_lawyer, lost)]
        assert session.scalar(select(func.count(Assignment.id))) == 1
    assert offered == [alike, other]
    assert extra not in offered


def test_a_case_of_another_place_is_unknown(office: Office) -> None:
    aid = wait_for_a_lawyer(office)
    with office.database.write() as session:
        far = add_organisation(session, "远区总工会", "远", "district")
        person = register_person(session, PersonData(name="远律师"), at=office.clock.now())
        grant_role(session, person.id, far.id, "lawyer", date(2026, 1, 1))
        stranger = load_actor(session, person.id, office.clock.today())
        assert waiting(session, stranger) == []
    with pytest.raises(NotFound):
        take(office, aid, stranger)
    with pytest.raises(NotFound):
        take(office, aid, office.mediator)


def test_release_gives_the_case_back_with_a_reason(office: Office) -> None:
    aid = wait_for_a_lawyer(office)
    take(office, aid, office.lawyer)
    with pytest.raises((Forbidden, NotFound)), office.database.write() as session:
        release(
            session,
            office.runtime,
            aid,
            {"release_reason": "capacity"},
            key=office.key(),
            actor=office.other_lawyer,
        )
    with office.database.write() as session:
        reason = {"release_reason": "conflict", "release_note": "曾代理过该单位。"}
        release(session, office.runtime, aid, reason, key=office.key(), actor=office.lawyer)
    with office.database.read() as session:
        assert holder_of(session, aid) is None
        ended = session.scalars(select(Assignment)).one()
        assert (ended.end_reason, ended.end_note) == ("conflict", "曾代理过该单位。")
        assert [row.proceeding_id for row in waiting(session, office.other_lawyer)] == [aid]


def test_the_next_case_is_the_longest_waiting_one_with_the_reason(office: Office) -> None:
    oldest = wait_for_a_lawyer(office)
    office.clock.move(days=2)
    younger = wait_for_a_lawyer(office)
    with office.database.write() as session:
        found = next_case(session, office.runtime, key="next-key-1", actor=office.lawyer)
        again = next_case(session, office.runtime, key="next-key-1", actor=office.lawyer)
    assert found.advanced.proceeding_id == again.advanced.proceeding_id == oldest
    assert again.advanced.repeated
    assert "等待认领的2件中" in found.reason
    assert "已等2天" in found.reason
    with office.database.write() as session:
        release(session, office.runtime, oldest, {"release_reason": "capacity"}, key=office.key(), actor=office.lawyer)
        second = next_case(session, office.runtime, key=office.key(), actor=office.lawyer)
        assert second.advanced.proceeding_id == younger
    with pytest.raises(Refused, match="都曾退回过"), office.database.write() as session:
        next_case(session, office.runtime, key=office.key(), actor=office.lawyer)


def test_an_empty_queue_says_so(office: Office) -> None:
    with pytest.raises(Refused, match="现在没有等待认领的案件"), office.database.write() as session:
        next_case(session, office.runtime, key=office.key(), actor=office.lawyer)


def test_two_who_ask_for_the_next_case_at_once_get_two_cases(office: Office) -> None:
    cases = {wait_for_a_lawyer(office) for _ in range(8)}

    def ask(actor: Actor) -> int:
        with office.database.write() as session:
            return next_case(session, office.runtime, key=f"next-{actor.person_id}", actor=actor).advanced.proceeding_id

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(ask, lawyers(office, 8)))
    assert set(got) == cases


def test_eight_lawyers_run_for_forty_cases(office: Office) -> None:
    """Everybody wants every case: forty winners in all, and every loser is told who was faster."""
    cases = [wait_for_a_lawyer(office) for _ in range(40)]
    racers = lawyers(office, 8)
    names = {actor.name for actor in racers}

    def run(actor: Actor) -> tuple[list[int], list[str]]:
        won, told = [], []
        for id in cases:
            try:
                won.append(take(office, id, actor, f"race-{actor.person_id}-{id}").proceeding_id)
            except Refused as refused:
                told.append(refused.sentence)
        return won, told

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(run, racers))
    assert sorted(id for won, _ in results for id in won) == cases
    lost = [sentence for _, told in results for sentence in told]
    assert len(lost) == 7 * 40
    assert all(any(sentence.startswith(f"{name}已于9月18日") for name in names) for sentence in lost)
    with office.database.read() as session:
        assert session.scalar(select(func.count(Assignment.id)).where(Assignment.ended_at.is_(None))) == 40


def test_what_cannot_wait_stands_before_what_waits_longest(office: Office) -> None:
    wait_for_a_lawyer(office)
    office.clock.move(days=1)
    urgent = office.queued(office.register(), aid_matter=MATTER, aid_urgent_ground="limitation")
    with office.database.read() as session:
        assert [row.urgent for row in waiting(session, office.lawyer)] == [True, False]
    with office.database.write() as session:
        taken = next_case(session, office.runtime, key=office.key(), actor=office.lawyer)
    assert taken.advanced.proceeding_id == urgent
    assert "情况紧急" in taken.reason
