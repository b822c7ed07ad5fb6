"""Applications of the parties: every paper from a case in the state where it is offered, blanks for what is unknown."""

import io
from collections.abc import Mapping
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from mediation.cases.advance import Advanced
from mediation.cases.change import Change
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.intake import Registered
from mediation.cases.models import AuditEntry, Proceeding
from mediation.clock import TestClock
from mediation.db import Database
from mediation.documents.models import Document
from mediation.entitlements.fill import fill_demand
from mediation.errors import BadInput, Forbidden, NotFound, Refused
from mediation.papers.blocks import blocks
from mediation.people.actor import Actor, load_actor
from mediation.people.organisations import grant_role
from mediation.people.persons import PersonData, register_person
from mediation.procedures.applications.bundle import drafts_in_one
from mediation.procedures.applications.draft import draft_paper
from mediation.procedures.applications.kinds import KINDS
from mediation.procedures.applications.standing import next_papers, standings
from mediation.sweeping.missed import fire_missed
from tests.office import Office, open_office

KNOWN = {
    "name": "张三",
    "phone": "13800138000",
    "address": "示范区样例小区1号楼101室",
    "id_kind": "resident_id",
    "id_number": "11010519491231002X",
    "migrant_worker": True,
}
FIRM = {"name": "北京某餐饮有限公司", "legal_representative": "李四", "address": "示范区样例路3号"}


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)


def draft(office: Office, case: Registered, template: str, actor: Actor | None = None, **how: Any) -> Change:
    key = how.pop("key", None) or office.key()
    with office.database.write() as session:
        return draft_paper(
            session, office.runtime, case.case_id, template, key=key, actor=actor or office.mediator, **how
        )


def text(office: Office, change: Change, number: int = 0) -> str:
    with office.database.read() as session:
        paper = session.get(Document, (change.repeated or change.result)["documents"][number]["id"])
        assert paper is not None
        assert blocks(paper.text)
        return paper.text.replace("\\_", "_")


def papers(office: Office, case: Registered) -> list[Document]:
    with office.database.read() as session:
        rows = session.scalars(select(Document).where(Document.case_id == case.case_id).order_by(Document.id))
        return [row for row in rows if row.template in KINDS]


def failed(office: Office, **changes: Any) -> Registered:
    case = office.accepted(**changes)
    told = {"failure": "divergence", "failed_on": office.clock.today().isoformat()}
    known = list(office.runtime.codes["failures"])
    office.fire(case.proceeding_id, "declare_failed", {**told, "failure": known[0]})
    return case


def in_default(office: Office, **changes: Any) -> Registered:
    """An agreement of 20,000 yuan in wages, signed 18 September, due on the 28th, not paid on the 29th."""
    changes.setdefault("workers", [KNOWN])
    changes.setdefault("employers", [FIRM])
    case = office.signed(**changes)
    office.clock.move(days=11)
    fire_missed(office.runtime)
    assert office.state(case.proceeding_id) == "default"
    return case


def start(office: Office, case: Registered, event: str, answers: Mapping[str, Any]) -> int:
    done: Advanced = office.fire(case.proceeding_id, event, answers)
    return int(done.result["started"]["proceeding_id"])


def test_the_application_for_arbitration_has_what_the_rules_ask_for(office: Office) -> None:
    case = failed(office, workers=[KNOWN], employers=[FIRM], workplace="示范区样例路3号店")
    printed = text(office, draft(office, case, "arbitration_application"))
    for said in ("张三", "女，1949年12月31日", "11010519491231002X", "13800138000", "通讯地址", "李四", "职务"):
        assert said in printed
    for said in ("支付拖欠工资", "24,000.00元（大写：贰万肆仟元整）", "证据名称和来源", "证人姓名和住所", "副本1份"):
        assert said in printed
    assert "示范区劳动人事争议仲裁委员会" in printed
    assert f"调解于{office.clock.today().year}年9月18日终止，没有达成协议" in printed


def test_what_is_not_known_is_a_blank_line(office: Office) -> None:
    case = office.register(demands=[], summary="口头反映。")
    printed = text(office, draft(office, case, "arbitration_application"))
    assert ": 证件号码 | ________" in printed
    assert ": 性别、出生日期 | ________，______年____月____日" in printed
    assert ": 统一社会信用代码 | ________" in printed
    assert "请求裁决被申请人________" in printed
    assert "岗位为________，工作地点为________" in printed


def test_how_a_sum_was_computed_is_told_and_what_is_demanded_instead(office: Office) -> None:
    case = office.register(demands=[])
    party = office.parties(case.case_id, "worker")[0]
    inputs = {"start": "2023-03-01", "end": "2026-07-01", "average_wage": "9000"}
    with office.database.write() as session:
        fill_demand(
            session, office.runtime, case.case_id, party, "severance", inputs,
            revision=case.revision, key=office.key(), actor=office.mediator,
        )  # fmt: skip
    printed = text(office, draft(office, case, "arbitration_application"))
    assert "计算方法：" in printed
    assert "申请人于2023年3月1日到" in printed
    assert "劳动关系于2026年7月1日终止" in printed


def test_the_mediators_own_material_and_the_other_sides_never_go_out(office: Office) -> None:
    case = office.register()
    worker, firm = office.parties(case.case_id, "worker")[0], office.parties(case.case_id, "employer")[0]
    rows = (("工资流水", "own_side", worker), ("考勤表", "both_sides", firm))
    hidden = (("调解员手记", "mediator", None), ("单位内部账", "own_side", firm))
    for name, seen, by in (*rows, *hidden):
        data = EvidenceIn(name=name, category="wage_record", visibility=seen, submitted_by=by, proves="工资数额")
        with office.database.write() as session:
            upload = Upload(name.encode(), "text/plain")
            add_evidence(
                session, office.runtime, case.case_id, data, upload, key=office.key(), actor=office.mediator
            )  # fmt: skip
    for template in ("evidence_list", "arbitration_application", "inspection_complaint", "payment_order_application"):
        printed = text(office, draft(office, case, template))
        assert "工资流水" in printed
        assert "考勤表" in printed
        assert "调解员手记" not in printed
        assert "单位内部账" not in printed


def test_after_a_missed_payment_the_papers_ask_for_what_is_due(office: Office) -> None:
    case = in_default(office)
    order = text(office, draft(office, case, "payment_order_application"))
    assert "责令其支付申请人人民币20,000.00元（大写：贰万元整）" in order
    assert "自2026年9月28日起，已到期未付的款项共20,000.00元" in order
    arbitration = text(office, draft(office, case, "arbitration_application"))
    assert "支付调解协议约定的到期款项人民币20,000.00元" in arbitration
    assert "第十五条" in arbitration
    suit = text(office, draft(office, case, "civil_complaint"))
    assert "请求判令被告支付调解协议约定的到期款项人民币20,000.00元" in suit


def test_the_joint_papers_name_both_sides_until_their_day_is_over(office: Office) -> None:
    case = office.signed(workers=[KNOWN], employers=[FIRM])
    for template, words in (("review_application", "制作仲裁调解书"), ("confirmation_application", "有效")):
        printed = text(office, draft(office, case, template))
        assert words in printed
        assert "用人单位（盖章）" in printed
        assert "强制执行" not in printed
    office.clock.move(days=21)
    with pytest.raises(Refused, match=r"现在不能起草《仲裁审查申请书》：申请期间已于2026年10月8日届满"):
        draft(office, case, "review_application")
    draft(office, case, "arbitration_application")


def test_a_bare_agreement_is_no_ground_for_enforcement(office: Office) -> None:
    case = in_default(office)
    with pytest.raises(Refused, match="单独的调解协议不是执行依据"):
        draft(office, case, "enforcement_application")
    told = {
        "confirmation_applied_on": office.clock.today().isoformat(),
        "confirmation_court": "示范区人民法院",
        "confirmation_jointly": True,
        "confirmation_body_lawful": "yes",
    }
    court = start(office, case, "apply_judicial_confirmation", told)
    today = office.clock.today().isoformat()
    office.fire(court, "accept_confirmation", {"confirmation_accepted_on": today})
    ruling = {"confirmation_number": "（2026）示调确1号", "confirmation_decided_on": today}
    office.fire(court, "confirm_agreement", {**ruling, "confirmation_received_on": today})
    printed = text(office, draft(office, case, "enforcement_application"))
    for said in ("经司法确认的调解协议", "（2026）示调确1号", "示范区人民法院", "20,000.00元（大写：贰万元整）"):
        assert said in printed


def test_no_suit_before_arbitration_and_one_after_it(office: Office) -> None:
    case = failed(office)
    with pytest.raises(Refused, match="劳动争议须先申请仲裁"):
        draft(office, case, "civil_complaint")
    filed = {"arbitration_filed_on": office.clock.today().isoformat(), "arbitration_body": "示范区仲裁委"}
    start(office, case, "file_arbitration", filed)
    assert "请求判令被告支付拖欠工资" in text(office, draft(office, case, "civil_complaint"))


def group(office: Office, people: int = 12) -> Registered:
    workers = [{"name": f"工人{n}", "phone": f"138001380{n:02}"} for n in range(people)]
    demands = [{"party": n, "head": "wages", "amount": str(1000 + n)} for n in range(people)]
    return office.register(workers=workers, employers=[FIRM], demands=demands)


def test_a_group_signs_one_paper_with_a_list_or_one_each(office: Office) -> None:
    case = group(office)
    together = draft(office, case, "arbitration_application")
    printed = text(office, together)
    assert "申请人为工人0、工人1、工人2等12人，名单见附表一" in printed
    assert "款项合计12,066.00元" in printed
    assert printed.count("支付拖欠工资 | 1,0") == 12
    each = draft(office, case, "arbitration_application", together=False)
    assert len(each.result["documents"]) == 12
    assert "工人3" in text(office, each, 3)
    assert "工人4" not in text(office, each, 3)
    ids = office.parties(case.case_id, "worker")[:2]
    two = draft(office, case, "aid_application", workers=ids)
    assert [d["title"] for d in two.result["documents"]] == ["法律援助申请表（工人0）", "法律援助申请表（工人1）"]
    with office.database.read() as session:
        file = drafts_in_one(session, office.runtime, case.case_id, "aid_application", "docx")
    with ZipFile(io.BytesIO(file.content)) as archive:
        assert len(archive.namelist()) == 2
        assert archive.namelist()[0].startswith("0001-法律援助申请表（工人0）")


def test_a_stranger_of_the_case_is_no_applicant(office: Office) -> None:
    case, other = office.register(), group(office)
    with pytest.raises(BadInput, match="请从本案的劳动者中选择"):
        draft(office, case, "arbitration_application", workers=office.parties(other.case_id, "worker")[:1])
    with pytest.raises(NotFound, match="没有这种申请书"):
        draft(office, case, "mediation_agreement")


def test_a_draft_bears_the_number_of_the_file_and_replaces_the_one_before(office: Office) -> None:
    case = office.register()
    first = draft(office, case, "arbitration_application", key="the-same-key")
    again = draft(office, case, "arbitration_application", key="the-same-key")
    assert again.repeated is not None
    assert [p.number for p in papers(office, case)] == [f"{case.number}-稿1"]
    draft(office, case, "arbitration_application")
    old, new = papers(office, case)
    assert (old.id, old.voided_why) == (first.result["documents"][0]["id"], "已由新的草稿代替")
    assert (new.number, new.voided_at) == (f"{case.number}-稿2", None)


def test_a_draft_moves_nothing_and_stands_in_the_trail(office: Office) -> None:
    case = failed(office)
    with office.database.read() as session:
        before = session.get(Proceeding, case.proceeding_id)
    draft(office, case, "arbitration_application", actor=office.supervisor)
    with office.database.read() as session:
        after = session.get(Proceeding, case.proceeding_id)
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert before is not None
    assert after is not None
    assert entry is not None
    assert (after.state, after.revision) == (before.state, before.revision)
    assert (entry.event, entry.actor_id) == ("draft_paper", office.supervisor.person_id)
    assert '"together":true' in entry.payload.replace(" ", "")


def test_who_has_no_part_in_the_case_drafts_nothing(office: Office) -> None:
    case = office.register()
    with office.database.write() as session:
        person = register_person(session, PersonData(name="周志愿"), at=office.clock.now())
        grant_role(session, person.id, office.street_id, "lawyer", office.clock.today())
    with office.database.read() as session:
        stranger = load_actor(session, person.id, office.clock.today())
    with pytest.raises((NotFound, Forbidden)):
        draft(office, case, "arbitration_application", actor=stranger)


def test_every_kind_has_its_template_and_every_draft_its_kind(office: Office) -> None:
    assert office.runtime.templates.drafts == set(KINDS)


@pytest.mark.parametrize("place", ["registered", "failed", "signed", "default"])
def test_what_is_offered_can_be_drafted(office: Office, place: str) -> None:
    made = {"registered": office.register, "signed": office.signed}
    case = made[place]() if place in made else failed(office) if place == "failed" else in_default(office)
    with office.database.read() as session:
        _, found = standings(session, office.runtime, case.case_id)
        following = next_papers(session, office.runtime, case.case_id)
    assert {one.kind.template for one in following} <= {one.kind.template for one in found if one.state != "closed"}
    for one in found:
        if one.state == "closed":
            assert one.reasons
            with pytest.raises(Refused):
                draft(office, case, one.kind.template)
        else:
            assert draft(office, case, one.kind.template).result["documents"]
    wanted = {
        "registered": set(),
        "failed": {"arbitration_application", "evidence_list", "aid_application", "inspection_complaint"},
        "signed": {"review_application", "confirmation_application"},
        "default": {"payment_order_application", "arbitration_application", "civil_complaint", "review_application"},
    }
    assert wanted[place] <= {one.kind.template for one in following}
