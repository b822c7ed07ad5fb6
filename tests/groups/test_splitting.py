"""Groups change: sub-groups with their own way, joiners, leavers; the roster ties to the case at every step."""

from datetime import date

import pytest
from sqlalchemy import select

from mediation.cases.intake import Registered
from mediation.cases.models import AuditEntry, Case, Party
from mediation.cases.parties import PartyCorrection, PartyIn, change_party
from mediation.errors import BadInput, NotFound
from mediation.findings.verify import verify_all
from mediation.groups.joining import JoinIn, LeaveIn, join_group, leave_group
from mediation.groups.roster import RosterPage, roster
from mediation.groups.subgroups import (
    AssignIn,
    ConcernIn,
    OutcomeIn,
    SubgroupIn,
    SubgroupRow,
    assign,
    concern,
    create_subgroup,
    set_outcome,
    subgroups,
)
from mediation.recovery.queries import money_of
from tests.groups.sheets import crowd, do
from tests.office import Office

DAY = date(2026, 9, 18)


def listed(office: Office, case_id: int, **told: object) -> RosterPage:
    with office.database.read() as session:
        return roster(session, case_id, today=office.clock.today(), **told)  # type: ignore[arg-type]


def parts(office: Office, case_id: int) -> dict[str, SubgroupRow]:
    with office.database.read() as session:
        return {row.name: row for row in subgroups(session, case_id, office.clock.today())}


def split(office: Office, case: Registered, name: str, workers: list[int]) -> int:
    data = SubgroupIn(name=name, workers=workers, from_on=office.clock.today(), reason="诉求不同")
    return int(do(office, create_subgroup, case, data).result["subgroup"])


def tie(office: Office, case_id: int) -> None:
    """The roster, the sub-groups and the case say the same sums."""
    with office.database.read() as session:
        money = money_of(session, case_id, office.clock.today())
        of_parts = subgroups(session, case_id, office.clock.today())
        sums = roster(session, case_id, today=office.clock.today(), limit=1).sums
    for name in ("claimed", "agreed", "awarded", "received"):
        assert getattr(sums, name) == getattr(money, name)
        assert not of_parts or sum(getattr(part, name) for part in of_parts) == getattr(money, name)


def test_some_agree_and_some_do_not(office: Office) -> None:
    """As in a published case: of fifty workers forty-one signed first, the others went on."""
    case = crowd(office, 50)
    ids = office.parties(case.case_id, "worker")
    signing = split(office, case, "第一批签约", ids[:41])
    split(office, case, "未签约", ids[41:])
    tie(office, case.case_id)
    before = parts(office, case.case_id)
    assert [before[name].people for name in ("第一批签约", "未签约")] == [41, 9]
    assert {row.standing for row in before.values()} == {"open"}
    outcome = OutcomeIn(outcome="settled", outcome_on=DAY, reason="41人签署部分协议")
    do(office, set_outcome, case, signing, outcome)
    told = parts(office, case.case_id)["第一批签约"]
    assert (told.outcome, told.outcome_on, told.outcome_reason) == ("settled", DAY, "41人签署部分协议")
    with office.database.read() as session:
        assert list(verify_all(session)) == []


def test_payment_orders_for_a_part(office: Office) -> None:
    """As in a published case: of more than sixty workers forty-nine asked for payment orders."""
    case = office.signed()
    (worker,) = office.parties(case.case_id, "worker")
    for n in range(2):
        data = JoinIn(worker=PartyIn(name=f"后来{n}"), joined_on=DAY, reason="同一工地")
        do(office, join_group, case, data)
    asking = split(office, case, "申请支付令的人", [worker])
    child = office.aid(case)
    do(office, concern, case, ConcernIn(proceeding=child, subgroup=asking, reason="只有这一组申请"))
    row = parts(office, case.case_id)["申请支付令的人"]
    assert row.procedures == ((child, "legal_aid", False),)
    assert (row.standing, row.uncovered) == ("agreed", 0)
    rest = parts(office, case.case_id)["未分组"]
    assert (rest.people, rest.uncovered, rest.standing) == (2, 2, "open")
    tie(office, case.case_id)
    do(office, concern, case, ConcernIn(proceeding=child, reason="改为全体"))
    assert parts(office, case.case_id)["申请支付令的人"].procedures == ()
    with pytest.raises(BadInput, match="其他程序"):
        do(office, concern, case, ConcernIn(proceeding=case.proceeding_id, subgroup=asking, reason="x"))


def test_belonging_is_kept_with_its_days(office: Office) -> None:
    case = crowd(office, 4)
    ids = office.parties(case.case_id, "worker")
    first, second = split(office, case, "甲", ids[:2]), split(office, case, "乙", [])
    office.clock.move(days=5)
    today = office.clock.today()
    moved = do(office, assign, case, AssignIn(subgroup=second, workers=ids[:3], from_on=today, reason="改变主意"))
    assert moved.result["before"] == {str(ids[0]): first, str(ids[1]): first}
    assert [m.subgroup for m in listed(office, case.case_id, as_of=DAY).members] == ["甲", "甲", None, None]
    assert [m.subgroup for m in listed(office, case.case_id).members] == ["乙", "乙", "乙", None]
    do(office, assign, case, AssignIn(workers=[ids[0]], from_on=today, reason="退回"))
    assert [m.party_id for m in listed(office, case.case_id, subgroup=second).members] == ids[1:3]
    assert [m.party_id for m in listed(office, case.case_id, subgroup=0).members] == [ids[0], ids[3]]
    with pytest.raises(BadInput, match="不能早于"):
        do(office, assign, case, AssignIn(subgroup=first, workers=[ids[1]], from_on=DAY, reason="x"))


def test_what_a_subgroup_refuses(office: Office) -> None:
    case, other = crowd(office, 2), office.register(workers=[{"name": "他案"}])
    ids = office.parties(case.case_id, "worker")
    group = split(office, case, "甲", ids)
    with pytest.raises(BadInput, match="同名"):
        split(office, case, "甲", [])
    with pytest.raises(BadInput, match="现有的劳动者"):
        split(office, case, "乙", office.parties(other.case_id, "worker"))
    with pytest.raises(NotFound):
        do(office, assign, other, AssignIn(subgroup=group, workers=ids[:1], from_on=DAY, reason="x"))
    with pytest.raises(BadInput, match="去向"):
        do(office, set_outcome, case, group, OutcomeIn(outcome="lost", outcome_on=DAY, reason="x"))
    with pytest.raises(BadInput, match="晚于今天"):
        do(office, set_outcome, case, group, OutcomeIn(outcome="settled", outcome_on=date(2026, 12, 1), reason="x"))


def test_joiners_make_a_case_major_and_leavers_undo_it(office: Office) -> None:
    case = crowd(office, 9)

    def file() -> tuple[int, str]:
        with office.database.read() as session:
            row = session.get_one(Case, case.case_id)
            return row.workers_count, row.gravity

    assert file() == (9, "ordinary")
    join = JoinIn(worker=PartyIn(name="后来者", phone="13600136000"), joined_on=date(2026, 9, 10), reason="听说后加入")
    joiner = do(office, join_group, case, join).result["party"]
    assert file() == (10, "major")
    assert [m.name for m in listed(office, case.case_id, as_of=date(2026, 9, 9)).members] == []
    assert [m.joined_on for m in listed(office, case.case_id, as_of=DAY, text="后来").members] == [date(2026, 9, 10)]
    ids = office.parties(case.case_id, "worker")
    group = split(office, case, "甲", ids[:3])
    do(office, leave_group, case, LeaveIn(workers=ids[:2], left_on=DAY, reason="已另找工作"))
    assert file() == (8, "ordinary")
    row = parts(office, case.case_id)["甲"]
    assert (row.id, row.people, row.left) == (group, 1, 2)
    assert [m.standing for m in listed(office, case.case_id).members][:3] == ["left", "left", "open"]
    assert len(listed(office, case.case_id, present=True).members) == 8
    assert joiner in [m.party_id for m in listed(office, case.case_id, present=True).members]
    tie(office, case.case_id)
    with pytest.raises(BadInput, match="全部劳动者"):
        do(office, leave_group, case, LeaveIn(workers=ids[2:], left_on=DAY, reason="x"))
    with pytest.raises(BadInput, match="本人"):
        helper = PartyIn(name="代表", role="elected_representative")
        do(office, join_group, case, JoinIn(worker=helper, joined_on=DAY, reason="x"))


def test_a_leaver_entered_as_a_correction_is_counted_off_too(office: Office) -> None:
    case = crowd(office, 10)
    first = office.parties(case.case_id, "worker")[0]
    do(office, change_party, case, first, PartyCorrection(left_on=DAY, reason="撤回本人的申请"))
    do(office, change_party, case, first, PartyCorrection(phone="13500135000", reason="更正电话"))
    with office.database.read() as session:
        row = session.get_one(Case, case.case_id)
        assert (row.workers_count, row.gravity) == (9, "ordinary")


def test_more_may_be_told_than_are_named(office: Office) -> None:
    case = office.register(workers_count=50, workers_count_quality="over")
    do(office, join_group, case, JoinIn(worker=PartyIn(name="李四"), joined_on=DAY, reason="补登"))
    ids = office.parties(case.case_id, "worker")
    do(office, leave_group, case, LeaveIn(workers=ids[1:], left_on=DAY, reason="已付清"))
    with office.database.read() as session:
        assert session.get_one(Case, case.case_id).workers_count == 49


def test_a_joiner_after_signing_is_seen_as_not_covered(office: Office) -> None:
    case = office.signed()
    do(office, join_group, case, JoinIn(worker=PartyIn(name="李四"), joined_on=DAY, reason="后来才知道"))
    page = listed(office, case.case_id)
    assert [(m.covered, m.standing) for m in page.members] == [(True, "agreed"), (False, "open")]
    assert page.sums.uncovered == 1


def test_pages_filters_and_sums_of_what_was_asked(office: Office) -> None:
    case = office.signed(
        workers=[{"name": "张三"}, {"name": "李四"}, {"name": "100%工"}],
        demands=[{"party": n, "head": "wages", "amount": str(1000 * (n + 1))} for n in range(3)],
    )
    office.fire(
        case.proceeding_id,
        "record_payment",
        {
            "payments": [
                {"party": office.parties(1, "worker")[0], "amount": "20000", "paid_on": "2026-09-18", "proof": "回单"}
            ]
        },
    )
    second = listed(office, case.case_id, offset=1, limit=1)
    assert [m.name for m in second.members] == ["李四"]
    assert (second.sums.people, second.sums.claimed) == (3, 600_000)
    assert [m.name for m in listed(office, case.case_id, text="%").members] == ["100%工"]
    assert [m.name for m in listed(office, case.case_id, standing="paid").members] == ["张三"]
    assert listed(office, case.case_id, standing="paid").sums.received == 2_000_000
    tie(office, case.case_id)


def test_each_change_is_one_entry(office: Office) -> None:
    case = crowd(office, 3)
    ids = office.parties(case.case_id, "worker")
    group = split(office, case, "甲", ids[:1])
    do(office, assign, case, AssignIn(subgroup=group, workers=ids[1:], from_on=DAY, reason="同意"))
    do(office, leave_group, case, LeaveIn(workers=ids[:1], left_on=DAY, reason="另行仲裁"))
    with office.database.read() as session:
        words = session.scalars(select(AuditEntry.event).order_by(AuditEntry.seq)).all()
        assert words == ["register", "group_split", "group_assign", "leave_group"]
        assert session.get_one(Party, ids[0]).left_on == DAY
    with office.database.read() as session:
        assert list(verify_all(session)) == []
