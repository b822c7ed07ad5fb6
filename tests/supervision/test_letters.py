"""一函两书: who answers by which day, what silence does and when, whose number a letter bears, whose name it hides."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from mediation.cases.models import Proceeding
from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.documents.models import Document
from mediation.errors import Forbidden, Refused
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.sweeping.sweep import sweep_once
from tests.office import Office, open_office

LETTER = {"letter_rule": "劳动合同法第三十条。", "letter_demand": "限期支付。", "letter_contact": "李调解 010-1"}
HINT = {**LETTER, "letter_facts": "拖欠职工三个月工资。"}
OPINION = {**HINT, "letter_evidence": "考勤表\n银行流水"}
PROPOSAL = {**OPINION, "department": "human_resources", "department_name": "示范区人力资源和社会保障局"}


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


SEEN = {"approval_note": "属实，同意发出。"}


def at(office: Office, month: int, day: int, hour: int = 9) -> None:
    office.clock.set(datetime(2026, month, day, hour, tzinfo=SHANGHAI))


def begun(office: Office, infringement: str = "wages", **changes: object) -> int:
    """A supervision of the employer of a new case; the number of its proceeding."""
    case = office.register()
    told = {
        "supervised_employer": office.parties(case.case_id, "employer")[0],
        "supervision_found_on": office.clock.today().isoformat(),
        "supervision_infringement": infringement,
        "supervision_finding": "职工反映拖欠工资。",
        **changes,
    }
    done = office.fire(case.proceeding_id, "begin_supervision", told)
    return int(done.result["started"]["proceeding_id"])


def served(office: Office, supervision: int, letter: str) -> None:
    """The letter goes out and is delivered today."""
    written(office, supervision, letter)
    proof = {f"{letter}_served_on": office.clock.today().isoformat(), f"{letter}_served_how": "hand"}
    office.fire(supervision, f"serve_{letter}", {**proof, f"{letter}_service_proof": "签收"})


def written(office: Office, supervision: int, letter: str) -> None:
    """Drafted by the mediator, approved by the supervisor."""
    office.fire(supervision, f"issue_{letter}", {"hint": HINT, "opinion": OPINION, "proposal": PROPOSAL}[letter])
    office.fire(supervision, f"approve_{letter}", SEEN, actor=office.supervisor)


def due(office: Office, supervision: int, name: str) -> Deadline:
    query = select(Deadline).where(Deadline.proceeding_id == supervision, Deadline.name == name)
    with office.database.read() as session:
        return session.scalars(query.order_by(Deadline.id.desc())).first()  # type: ignore[return-value]


def falls_silent(office: Office, supervision: int, last: tuple[int, int], after: tuple[int, int]) -> str:
    """Nothing happens to the end of the last day, and on the next the clock acts; the state then."""
    before = office.state(supervision)
    at(office, *last, 23)
    sweep_once(office.runtime, ())
    assert office.state(supervision) == before
    at(office, *after, 0)
    sweep_once(office.runtime, ())
    return office.state(supervision)


def test_silence_after_each_letter_is_an_event_on_the_day_after_the_last(office: Office) -> None:
    """15 natural days from 20 September end on 5 October, in the holiday: the last day is Thursday 8 October."""
    at(office, 9, 20)
    supervision = begun(office)
    served(office, supervision, "hint")
    reply = due(office, supervision, "hint_reply")
    assert (reply.nominal_due, reply.legal_due, reply.legal) == (date(2026, 10, 5), date(2026, 10, 8), True)
    assert falls_silent(office, supervision, (10, 8), (10, 9)) == "hint_failed"
    at(office, 10, 9)
    served(office, supervision, "opinion")
    # 24 October is a Saturday, the 26th a Monday
    assert due(office, supervision, "opinion_reply").legal_due == date(2026, 10, 26)
    assert falls_silent(office, supervision, (10, 26), (10, 27)) == "opinion_failed"
    at(office, 10, 27)
    served(office, supervision, "proposal")
    # 15 working days: 28-30 October (3), 2-6 (8), 9-13 (13), 16 and 17 November
    follow_up = due(office, supervision, "department_answer")
    assert (follow_up.legal_due, follow_up.legal) == (date(2026, 11, 17), False)
    assert falls_silent(office, supervision, (11, 17), (11, 18)) == "proposal_failed"


def test_the_department_has_fifteen_working_days_after_its_decision(office: Office) -> None:
    """Decided on 21 September; the holidays of September and October lie between, 10 October is a working Saturday."""
    at(office, 9, 20)
    supervision = begun(office)
    served(office, supervision, "opinion")
    office.fire(
        supervision,
        "refuse_to_rectify",
        {"replied_on": "2026-09-20", "reply_refusal": "refused", "refusal_note": "拒收。"},
    )
    served(office, supervision, "proposal")
    at(office, 9, 21)
    decided = {"department_decided_on": "2026-09-21", "department_decision": "立案"}
    office.fire(supervision, "department_decides", decided)
    result = due(office, supervision, "department_result")
    assert (result.legal_due, result.legal) == (date(2026, 10, 19), True)
    assert falls_silent(office, supervision, (10, 19), (10, 20)) == "proposal_failed"


def test_other_matters_have_no_number_of_the_law_and_say_so(office: Office) -> None:
    supervision = begun(office, "contract")
    served(office, supervision, "hint")
    reply = due(office, supervision, "hint_reply")
    assert (reply.period, reply.legal) == ("supervision_hint_reply", False)
    seven = begun(office, "insurance")
    served(office, seven, "hint")
    assert due(office, seven, "hint_reply").period == "union_demand_reply_bj"
    with office.database.read() as session:
        ours, law = session.scalars(select(Document.text).where(Document.template == "supervision_hint")).all()
    assert "该期限由本会提出" in ours
    assert "第二十六条第一款" not in ours.split("# 答复")[1]
    assert "第二十六条第一款" in law.split("# 答复")[1]


def test_numbers_are_never_lost_and_a_dropped_letter_stays_void(office: Office) -> None:
    supervision = begun(office)
    written(office, supervision, "hint")
    office.fire(supervision, "drop_letter", {"drop_reason": "写错单位"})
    written(office, supervision, "hint")
    with office.database.read() as session:
        papers = session.scalars(select(Document).where(Document.proceeding_id == supervision).order_by(Document.id))
        found = [(paper.number, paper.voided_why) for paper in papers]
    assert found == [("示东工劳监提字〔2026〕1号", "写错单位"), ("示东工劳监提字〔2026〕2号", None)]


def test_the_proposal_speaks_for_the_county_union_and_names_the_letters_before(office: Office) -> None:
    supervision = begun(office)
    served(office, supervision, "opinion")
    told = {"replied_on": office.clock.today().isoformat(), "reply_refusal": "disputed", "refusal_note": "不认可。"}
    office.fire(supervision, "refuse_to_rectify", told)
    office.fire(supervision, "issue_proposal", PROPOSAL)
    with pytest.raises(Forbidden):
        office.fire(supervision, "approve_proposal", SEEN)
    with pytest.raises(Refused, match="示范区总工会的主管"):
        office.fire(supervision, "approve_proposal", SEEN, actor=street_supervisor(office))
    office.fire(supervision, "approve_proposal", SEEN, actor=office.supervisor)
    with office.database.read() as session:
        paper = session.scalars(select(Document).where(Document.template == "supervision_proposal")).one()
    assert (paper.number, paper.organisation_id) == ("示工劳监建字〔2026〕1号", office.district_id)
    assert "示范区总工会（盖章）" in paper.text
    assert "示东工劳监意字〔2026〕1号" in paper.text
    assert "示东工劳监提字" not in paper.text
    assert "+ 银行流水" in paper.text


def street_supervisor(office: Office) -> Actor:
    with office.database.write() as session:
        person = register_person(session, PersonData(name="孙主管"), at=office.clock.now())
        grant_role(session, person.id, office.street_id, "supervisor", office.clock.today())
        return load_actor(session, person.id, office.clock.today())


def test_who_complained_is_named_only_with_consent(office: Office) -> None:
    named = {**HINT, "letter_facts": "张三等职工的工资没有发放。"}
    with pytest.raises(Refused) as refused:
        office.fire(begun(office), "issue_hint", named)
    assert [r.guard for r in refused.value.refusals] == ["the_letter_names_no_complainant"]
    office.fire(begun(office, complainant_secret=False), "issue_hint", named)


def test_rectification_is_followed_until_it_is_verified(office: Office) -> None:
    """The promised day passes: the clock asks for the next step, and the late rectification still ends it well."""
    supervision = begun(office)
    served(office, supervision, "hint")
    promised = {"replied_on": "2026-09-18", "measures": "补发。", "rectification_day": "2026-09-25"}
    office.fire(supervision, "agree_to_rectify", promised)
    assert falls_silent(office, supervision, (9, 25), (9, 26)) == "hint_failed"
    at(office, 9, 28)
    seen = {"verified_on": "2026-09-28", "verification": "full", "verification_note": "两人到场。"}
    done = office.fire(supervision, "verify_rectification", seen)
    assert done.result["outcome"] == "rectified"


def test_two_employers_are_supervised_side_by_side(office: Office) -> None:
    case = office.register(employers=[{"name": "北京某餐饮有限公司"}, {"name": "北京某劳务有限公司"}])
    for party in office.parties(case.case_id, "employer"):
        told = {
            "supervised_employer": party,
            "supervision_found_on": "2026-09-18",
            "supervision_infringement": "wages",
            "supervision_finding": "拖欠工资。",
        }
        child = office.fire(case.proceeding_id, "begin_supervision", told).result["started"]["proceeding_id"]
        written(office, child, "hint")
    with office.database.read() as session:
        texts = session.scalars(select(Document.text).where(Document.template == "supervision_hint")).all()
        open_now = session.scalars(select(Proceeding.workflow).where(Proceeding.case_id == case.case_id)).all()
    assert ["北京某餐饮有限公司" in texts[0], "北京某劳务有限公司" in texts[1]] == [True, True]
    assert open_now.count("supervision") == 2
