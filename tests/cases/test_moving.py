"""Linking, splitting and merging cases: nothing typed twice, nothing counted twice."""

import pytest
from sqlalchemy import func, select

from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.links import LinkIn, Related, link_cases, related_cases
from mediation.cases.models import Case, Demand, Evidence, Party, Proceeding
from mediation.cases.moving import SplitIn, split_case
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import BadInput, NotFound
from mediation.findings.verify import verify_all
from tests.office import Office, open_office

THREE = {
    "workers": [{"name": "张三"}, {"name": "李四"}, {"name": "王五"}],
    "demands": [{"party": n, "head": "wages", "amount": str(1000 * (n + 1))} for n in range(3)],
}


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def related(office: Office, case_id: int) -> list[Related]:
    with office.database.read() as session:
        return list(related_cases(session, office.mediator, case_id))


def demanded(office: Office, case_id: int) -> int:
    with office.database.read() as session:
        query = select(func.sum(Demand.amount)).where(Demand.case_id == case_id, Demand.withdrawn_on.is_(None))
        return int(session.scalar(query) or 0)


def file_evidence(office: Office, case_id: int) -> None:
    with office.database.write() as session:
        data, upload = EvidenceIn(name="工资表", category="wage_record"), Upload(b"sheet", "text/plain")
        add_evidence(session, office.runtime, case_id, data, upload, key=office.key(), actor=office.mediator)


def whole(office: Office) -> bool:
    with office.database.read() as session:
        return list(verify_all(session)) == []


def test_a_worker_goes_to_a_case_of_their_own_with_everything_typed(office: Office) -> None:
    case = office.register(**THREE)
    file_evidence(office, case.case_id)
    zhang, *_ = office.parties(case.case_id, "worker")
    office.clock.move(days=3)
    key, data = office.key(), SplitIn(workers=[zhang], reason="其本人另有工伤请求")
    for _ in range(2):
        with office.database.write() as session:
            done = split_case(session, office.runtime, case.case_id, data, revision=1, key=key, actor=office.mediator)
    told = done.repeated
    assert told is not None
    assert (demanded(office, case.case_id), demanded(office, told["case"])) == (500_000, 100_000)
    with office.database.read() as session:
        old, new = session.get(Case, case.case_id), session.get(Case, told["case"])
        assert old is not None
        assert new is not None
        assert (old.workers_count, new.workers_count) == (2, 1)
        assert new.received_on == old.received_on
        assert session.scalar(select(func.count(Case.id))) == 2
        names = session.execute(select(Party.side, Party.name).where(Party.case_id == new.id).order_by(Party.id)).all()
        assert [tuple(row) for row in names] == [("employer", "北京某餐饮有限公司"), ("worker", "张三")]
        hashes = select(Evidence.sha256).where(Evidence.case_id.in_([old.id, new.id]))
        assert len(set(session.scalars(hashes))) == 1
        state = select(Proceeding.state).where(Proceeding.case_id == new.id)
        assert session.scalars(state).all() == ["intake"]
    assert [(r.case_id, r.kind) for r in related(office, case.case_id)] == [(told["case"], "split_from")]
    assert whole(office)


def test_who_may_not_be_split_off(office: Office) -> None:
    case = office.register(**THREE)
    workers = office.parties(case.case_id, "worker")
    other = office.parties(office.register().case_id, "worker")

    def split(ids: list[int], settled: tuple[int, ...] = ()) -> str:
        with pytest.raises(BadInput) as wrong, office.database.write() as session:
            data = SplitIn(workers=ids, reason="分案")
            once = {"key": office.key(), "actor": office.mediator, "settled": settled}
            split_case(session, office.runtime, case.case_id, data, revision=1, **once)  # type: ignore[arg-type]
        return wrong.value.fields["workers"]

    assert "并入他案" in split(workers)
    assert "本案现有" in split(other)
    assert "张三" in split(workers[:1], settled=(workers[0],))


def test_a_merged_case_brings_its_workers_along_and_no_one_twice(office: Office) -> None:
    target = office.register(workers=[{"name": "张三", "id_kind": "resident_id", "id_number": "11010519491231002X"}])
    source = office.register(
        workers=[
            {"name": "张三", "id_kind": "resident_id", "id_number": "11010519491231002X"},
            {"name": "李四"},
        ],
        demands=[{"party": 0, "head": "wages", "amount": "24000"}, {"party": 1, "head": "overtime", "amount": "500"}],
    )
    file_evidence(office, source.case_id)
    office.fire(source.proceeding_id, "merge", {"merged_into": target.number})
    with office.database.read() as session:
        workers = select(Party.name).where(Party.case_id == target.case_id, Party.side == "worker")
        assert session.scalars(workers.order_by(Party.id)).all() == ["张三", "李四"]
        assert session.scalar(select(func.count(Evidence.id)).where(Evidence.case_id == target.case_id)) == 1
        case = session.get(Case, target.case_id)
        assert case is not None
        assert case.workers_count == 2
    assert demanded(office, target.case_id) == 2_450_000
    assert [(r.case_id, r.kind) for r in related(office, target.case_id)] == [(source.case_id, "merged_from")]
    assert whole(office)


def test_cases_of_one_employer_or_worker_find_each_other(office: Office) -> None:
    first = office.register()
    same_firm = office.register(workers=[{"name": "李四"}])
    office.register(workers=[{"name": "王五"}], employers=[{"name": "另一家公司"}])
    assert [(r.case_id, r.kind) for r in related(office, first.case_id)] == [(same_firm.case_id, "same_employer")]
    key, data = office.key(), LinkIn(number=same_firm.number, kind="counter", note="互相起诉")
    for _ in range(2):
        with office.database.write() as session:
            link_cases(session, office.runtime, first.case_id, data, key=key, actor=office.mediator)
    assert [(r.case_id, r.kind) for r in related(office, same_firm.case_id)] == [(first.case_id, "counter")]
    with pytest.raises(BadInput), office.database.write() as session:
        link_cases(session, office.runtime, first.case_id, data, key=office.key(), actor=office.mediator)
    for number in ("没有此号", first.number):
        with pytest.raises(BadInput), office.database.write() as session:
            wrong = LinkIn(number=number)
            link_cases(session, office.runtime, first.case_id, wrong, key=office.key(), actor=office.mediator)
    with pytest.raises(NotFound), office.database.write() as session:
        link_cases(session, office.runtime, first.case_id, data, key=office.key(), actor=office.lawyer)
    assert whole(office)
