"""Files with something unusual about their people or their money: a list of twelve, heirs, somebody who paid for
another, a part agreed, cases that belong together, a limitation that is nearly over."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from ..cases.links import LinkIn, link_cases
from ..cases.models import Case, Party
from ..cases.succession import SuccessorIn, succeed
from ..entitlements.fill import fill_demand
from ..groups.importing import SaveIn, hand_in, look, save_roster
from ..groups.representatives import ElectionIn, elect
from ..groups.subgroups import SubgroupIn, create_subgroup
from .desk import Folder, Script
from .steps import File, Waiting, accepted, event, on_desk, registered, signed

LISTED = 11
"""Workers on the list; one came to the counter before."""
HEADINGS = "姓名,证件号码,电话,工资期间自,工资期间至,应发金额,已发金额,未发金额,请求项目,备注"


def group_by_list(folder: Folder, ago: int) -> Script:
    """One worker comes, then a list with eleven more; representatives, computed severance, one part agreed."""
    folder.assign()
    yield folder.town.before(ago - 1)
    _import(folder)
    _compute(folder)
    yield folder.town.before(ago - 2)
    _elect(folder)
    folder.ask_consent()
    yield folder.town.before(ago - 4)
    folder.answer("agreed")
    folder.accept()
    yield folder.town.before(ago - 7)
    folder.session("progress")
    _divide(folder)


def _import(folder: Folder) -> None:
    town, actor = folder.town, folder.mediator
    content = "\r\n".join([HEADINGS, *(_line(folder, n) for n in range(LISTED))]).encode("utf-8-sig")
    session, runtime, case_id = town.session, town.runtime, folder.case_id
    id = hand_in(session, runtime, case_id, "unpaid", "欠薪名单（练习）.csv", content, actor=actor)
    sha256 = look(session, runtime, case_id, id, actor=actor).roster.sha256
    save = SaveIn(sha256=sha256, all_applied=True, joined_on=town.clock.today(), reason="十一人补交申请书。")
    save_roster(session, runtime, case_id, id, save, **folder.once)
    folder.look_again()


def _line(folder: Folder, n: int) -> str:
    worker, start = folder.town.inventor.worker(), folder.town.clock.today().replace(day=1) - timedelta(days=90)
    first = start.replace(day=1)
    due, paid = 21_000 + 300 * n, 4_000 + 100 * n
    cells = (worker["name"], worker["id_number"], worker["phone"], first, _last(first), due, paid, due - paid)
    return ",".join(str(cell) for cell in (*cells, "", "与考勤一致"))


def _last(first: date) -> date:
    """The last day of the month in which the third month after `first` ends."""
    return (first + timedelta(days=62)).replace(day=1) - timedelta(days=1)


def _compute(folder: Folder) -> None:
    """Severance of three of them, by formula."""
    end = folder.town.clock.today() - timedelta(days=20)
    for years, worker in enumerate(folder.workers[:3], start=2):
        start = end.replace(year=end.year - years, day=1)
        told = {"start": start.isoformat(), "end": end.isoformat(), "average_wage": str(6_500 + 250 * years)}
        fill_demand(folder.town.session, folder.town.runtime, folder.case_id, worker, "severance", told, **folder.once)


def _elect(folder: Folder) -> None:
    data = ElectionIn(
        representatives=folder.workers[:3],
        elected_on=folder.town.clock.today(),
        voters=len(folder.workers),
        evidence=folder.evidence("推选书", "authority"),
    )
    elect(folder.town.session, folder.town.runtime, folder.case_id, data, **folder.once)


def _divide(folder: Folder) -> None:
    data = SubgroupIn(
        name="工资表有争议的三人",
        note="考勤与名单不一致，需要另行核对",
        workers=folder.workers[-3:],
        from_on=folder.town.clock.today(),
        reason="其余九人先谈。",
    )
    create_subgroup(folder.town.session, folder.town.runtime, folder.case_id, data, **folder.once)


def _partly(folder: Folder) -> Mapping[str, Any]:
    """All but the last worker agree."""
    rows = folder.promises(folder.part(90), [folder.left + 10])[:-1]
    return {"agreement_scope": "partial", "promises": rows, "acceleration": False}


partly_agreed = on_desk(
    accepted,
    (9, event("hold_session", {"session_form": "joint", "session_result": "ready"})),
    (9, event("draft_agreement", _partly)),
    (
        8,
        event(
            "sign_agreement",
            lambda f: {"signed_by": [*f.workers[:-1], *f.employers], "mediator_signed": True, "sealed": True},
        ),
    ),
    (
        7,
        event(
            "continue_for_rest",
            lambda f: {"rest_until": f.ahead(5), "rest_agreed": True, "rest_note": "最后一人的工时还要核对。"},
        ),
    ),
)


def _advance(folder: Folder) -> Mapping[str, Any]:
    row = {
        "party": folder.workers[0],
        "kind": "advance",
        "payer_name": "示范区住房和城乡建设委员会（工资保证金）",
        "amount": folder.sum(50),
        "paid_on": folder.today,
        "proof": "拨付单",
        "note": "以工资保证金先行支付，已告知可向单位追偿",
    }
    return {"advances": [row]}


advanced = on_desk(signed(-14), (9, event("record_paid_by_others", _advance)))


def _dies(folder: Folder) -> None:
    worker = folder.workers[0]
    folder.condition(worker, "dead", "家属持死亡证明到窗口说明。")
    heir = folder.town.inventor.worker()
    data = SuccessorIn(
        name=heir["name"],
        role="heir",
        phone=heir["phone"],
        id_kind=heir["id_kind"],
        id_number=heir["id_number"],
        since_on=folder.town.clock.today(),
        reason="配偶，有结婚证和亲属关系证明；其他继承人书面同意由其代表。",
    )
    succeed(folder.town.session, folder.town.runtime, folder.case_id, worker, data, **folder.once)


inherited = on_desk(accepted, (4, _dies))


def _link(folder: Folder) -> None:
    """With the newest other case of the same place, preferably of the same employer."""
    session, case = folder.town.session, folder.case_id
    mine = select(Party.employer_id).where(Party.id.in_(folder.employers)).scalar_subquery()
    shared = (
        select(Party.id).where(Party.case_id == Case.id, Party.side == "employer", Party.employer_id == mine).exists()
    )
    others = select(Case.number, shared).where(Case.organisation_id == folder.place.organisation_id, Case.id != case)
    number, same = session.execute(others.order_by(shared.desc(), Case.id.desc())).first() or ("", False)
    kind, note = ("same_employer", "同一单位，一并约谈") if same else ("same_matter", "同一工地，证人相同")
    link_cases(
        session,
        folder.town.runtime,
        case,
        LinkIn(number=number, kind=kind, note=note),
        key=folder.town.key(),
        actor=folder.mediator,
    )


linked = on_desk(registered, (2, _link))
linked_talking: Waiting = on_desk(accepted, (3, _link))

SPECIAL: Sequence[File] = (
    File(group_by_list, 12, cause="B1"),
    File(partly_agreed, 14, 3),
    File(advanced, 28, cause="B1"),
    File(inherited, 8),
    File(linked, 4),
    File(linked_talking, 7),
    File(registered, 11, cause="B1", left=4),
    File(registered, 2, cause="B1", left=25),
)
