"""How cases go, from the first word to the closed file. Each route is a script that yields the day of its next step."""

from collections.abc import Sequence
from datetime import timedelta

from .desk import Folder, Script
from .steps import Route

RED = 30
"""Workers from which a red warning comes first."""


def _some(folder: Folder, low: int, high: int) -> int:
    return folder.town.random.randrange(low, high + 1)


def _part(folder: Folder, low: int = 60, high: int = 100) -> int:
    """What is agreed, in fen: so many per cent of what was asked, in whole yuan."""
    return folder.asked * _some(folder, low, high) // 10_000 * 100


def talk(folder: Folder) -> Script:
    """From the open file to the table: assigned, asked, answered, accepted, first session."""
    folder.assign()
    if _some(folder, 1, 3) == 1:
        folder.evidence("工资发放记录", "wage_record")
    yield folder.town.wait(_some(folder, 0, 1))
    folder.ask_consent()
    yield folder.town.wait(_some(folder, 1, 3))
    folder.answer("agreed")
    yield folder.town.wait(_some(folder, 0, 2))
    folder.accept()
    yield folder.town.wait(_some(folder, 2, 5))
    folder.note("call", "与双方分别通话，了解各自底线。")
    folder.session("progress")


def settle(folder: Folder, total: int, days: list[int]) -> Script:
    """A second session, the draft, the signatures."""
    yield folder.town.wait(_some(folder, 1, 4))
    folder.back_to_the_table()
    folder.session("ready", folder.town.random.choice(("joint", "back_to_back", "online")))
    folder.draft(folder.promises(total, days))
    yield folder.town.wait(_some(folder, 0, 2))
    folder.sign()


def finish(folder: Folder) -> Script:
    yield folder.town.wait(_some(folder, 3, 20))
    folder.close()


def performed(folder: Folder) -> Script:
    yield from talk(folder)
    total, days = _part(folder), _some(folder, 5, 14)
    yield from settle(folder, total, [days + 3])
    yield folder.town.wait(max(1, days - 4))
    folder.pay(total)
    yield from finish(folder)


def paid_on_spot(folder: Folder) -> Script:
    yield from talk(folder)
    yield folder.town.wait(_some(folder, 1, 4))
    folder.back_to_the_table()
    folder.session("ready")
    folder.pay_on_spot(_part(folder, 70))
    yield from finish(folder)


def instalments(folder: Folder) -> Script:
    """Three or four months; each paid in time."""
    yield from talk(folder)
    months = _some(folder, 3, 4)
    total = _part(folder) // (100 * months) * (100 * months)
    yield from settle(folder, total, [30 * n + 5 for n in range(1, months + 1)])
    for _ in range(months):
        yield folder.town.wait(26)
        folder.pay(total // months)
    yield from finish(folder)


def paid_late(folder: Folder) -> Script:
    """Nothing comes on the day; the clock says so; a call helps."""
    yield from talk(folder)
    total = _part(folder)
    yield from settle(folder, total, [8])
    yield folder.town.wait(11)
    folder.note("call", "提醒单位：已经逾期，劳动者可以申请支付令或仲裁。")
    yield folder.town.wait(_some(folder, 2, 8))
    folder.pay(total)
    yield from finish(folder)


def partly_paid(folder: Folder) -> Script:
    """A third comes, the rest does not; the worker goes other ways with a lawyer."""
    yield from talk(folder)
    total = _part(folder)
    yield from settle(folder, total, [8])
    yield folder.town.wait(6)
    folder.pay(total // 300 * 100)
    yield folder.town.wait(8)
    folder.send_to_lawyers()
    yield from assisted(folder)
    told = {"outcome": "performed_partial", "closing_note": "已告知可申请支付令、仲裁，并由律师代理。"}
    folder.fire("close_default", told, by=folder.town.office.supervisor)


def never_paid(folder: Folder) -> Script:
    yield from talk(folder)
    yield from settle(folder, _part(folder), [7])
    yield folder.town.wait(_some(folder, 14, 24))
    told = {"outcome": "in_default", "closing_note": "单位停业，已告知申请仲裁和欠薪保障途径。"}
    folder.fire("propose_closing_default", told)
    folder.approve()


def agreed_anew(folder: Folder) -> Script:
    """The day passes, both sides sign new days, and these are kept."""
    yield from talk(folder)
    total = _part(folder)
    yield from settle(folder, total, [7])
    yield folder.town.wait(10)
    folder.draft(folder.promises(total, [10, 40]), "agree_anew")
    yield folder.town.wait(1)
    folder.sign()
    yield folder.town.wait(7)
    folder.pay(total // 2)
    yield folder.town.wait(28)
    folder.pay(total - total // 2)
    yield from finish(folder)


def confirmed(folder: Folder) -> Script:
    """Both sides have the agreement confirmed by the court before the money comes."""
    yield from talk(folder)
    total = _part(folder, 80)
    yield from settle(folder, total, [40])
    yield folder.town.wait(4)
    told = {"confirmation_applied_on": folder.today, "confirmation_court": "示范区人民法院"}
    answers = {"confirmation_jointly": True, "confirmation_body_lawful": "yes"}
    done = folder.fire("apply_judicial_confirmation", {**told, **answers})
    court = int(done.result["started"]["proceeding_id"])
    yield folder.town.wait(2)
    folder.beside(court, "accept_confirmation", {"confirmation_accepted_on": folder.today})
    yield folder.town.wait(10)
    told = {"confirmation_decided_on": folder.today, "confirmation_received_on": folder.today}
    folder.beside(court, "confirm_agreement", {**told, "confirmation_number": f"（练习）诉前调确{folder.case_id}号"})
    yield folder.town.wait(15)
    folder.pay(total)
    yield from finish(folder)


def duty_too(folder: Folder) -> Script:
    """Money, and a certificate of leaving."""
    yield from talk(folder)
    total = _part(folder)
    rows = folder.promises(total, [7])
    rows.append({"party": folder.workers[0], "duty": "出具解除劳动合同证明", "due_on": folder.day(9)})
    folder.draft(rows)
    yield folder.town.wait(1)
    folder.sign()
    yield folder.town.wait(3)
    folder.pay(total)
    folder.duty_done("证明已交劳动者")
    yield from finish(folder)


def booked_wrongly(folder: Folder) -> Script:
    """The sum is booked twice as high as it came; the line is reversed and booked again."""
    yield from talk(folder)
    total = _part(folder)
    yield from settle(folder, total, [12])
    yield folder.town.wait(5)
    done = folder.pay(total // 200 * 100)
    receipt = done.result["receipts"][0]["id"]
    second = folder.town.office.second_supervisor.person_id
    told = {"receipt": receipt, "reversal_reason": "银行退票，款项未到账。", "second_person": second}
    folder.fire("reverse_payment", told)
    yield folder.town.wait(3)
    folder.pay(total)
    yield from finish(folder)


def extended(folder: Folder) -> Script:
    """Fifteen days are not enough; both sides sign for more."""
    yield from talk(folder)
    yield folder.town.wait(4)
    folder.back_to_the_table()
    paper = folder.evidence("延期调解同意书", "consent")
    until = (folder.due("mediation_finish") + timedelta(days=10)).isoformat()
    folder.fire("extend_mediation", {"extended_until": until, "extension_paper": paper, "both_signed": True})
    yield folder.town.wait(9)
    folder.session("failed_calculation")
    total = _part(folder)
    yield from settle(folder, total, [10])
    yield folder.town.wait(6)
    folder.pay(total)
    yield from finish(folder)


def warned(folder: Folder) -> Script:
    """A yellow or blue warning comes first."""
    level = folder.town.random.choice(("blue", "yellow", "orange"))
    told = {"risk_signals": ["wage_arrears", "complaints"], "risk_note": "同一单位近期多人投诉。"}
    folder.fire("raise_warning", {**told, "risk_level": level})
    yield folder.town.wait(1)
    folder.note("visit", "走访单位，核实经营和发薪情况。")
    folder.fire("warning_handled", {"risk_level": "blue", "risk_note": "单位承诺配合，情况稳定。"})
    yield from performed(folder)


def group(folder: Folder) -> Script:
    """Many workers of one employer: red warning where there are thirty, representatives, one day for all."""
    if len(folder.workers) >= RED:
        told = {"risk_signals": ["group", "wage_arrears"], "risk_note": "三十人以上集体欠薪，有聚集苗头。"}
        folder.fire("raise_red_warning", told, by=folder.town.office.supervisor)
        folder.note("on_site", "与街道、公安赶赴现场，劝导劳动者推选代表协商。")
        told = {"risk_level": "orange", "risk_note": "人员已疏导，单位负责人到场。"}
        folder.fire("warning_handled", told, by=folder.town.office.supervisor)
    folder.represented()
    folder.note("taskforce", "工会、人社、司法所组成联合调解组。")
    yield from performed(folder)


def run_out_of_time(folder: Folder) -> Script:
    """Nobody extends; the clock ends it after fifteen days."""
    yield from talk(folder)
    yield folder.town.wait(1)
    folder.session("failed_divergence")
    yield folder.town.wait(20)
    if folder.state == "mediation":
        folder.break_off()
    yield from closed_failed(folder, "failed_expired")


def broke_off(folder: Folder) -> Script:
    yield from talk(folder)
    yield folder.town.wait(1)
    folder.break_off()
    folder.send_to_lawyers()
    yield from assisted(folder)
    yield from closed_failed(folder, "failed_divergence")


def closed_failed(folder: Folder, outcome: str) -> Script:
    yield folder.town.wait(1)
    told = {"outcome": outcome, "notice_served_on": folder.today, "closing_note": "已告知申请仲裁的期限和地点。"}
    folder.fire("close_failed", told)
    folder.approve()


def assisted(folder: Folder) -> Script:
    """A lawyer claims the case, calls, helps; now and then somebody gives it back first."""
    lawyers = folder.town.office.lawyers
    lawyer = lawyers[_some(folder, 0, len(lawyers) - 1)]
    yield folder.town.wait(_some(folder, 1, 3))
    if _some(folder, 1, 4) == 1:
        other = lawyers[(lawyers.index(lawyer) + 1) % len(lawyers)]
        folder.claim(other)
        yield folder.town.wait(1)
        folder.release(other, "conflict")
        yield folder.town.wait(1)
    folder.claim(lawyer)
    yield folder.town.wait(1)
    folder.aid("contact_client", {"contacted_on": folder.today, "contact_note": "已电话联系，约定面谈。"}, lawyer)
    yield folder.town.wait(_some(folder, 5, 20))
    folder.finish_aid(lawyer, _some(folder, 3, 16))
    yield folder.town.wait(_some(folder, 1, 6))
    folder.report_aid(lawyer)
    yield folder.town.wait(_some(folder, 1, 6))
    folder.aid("archive_aid", {"aid_archived_on": folder.today}, folder.town.office.supervisor)


def _no_consent(answer: str, outcome: str) -> Route:
    def route(folder: Folder) -> Script:
        folder.assign()
        yield folder.town.wait(1)
        folder.ask_consent()
        yield folder.town.wait(3)
        if answer == "unreachable":
            folder.note("contact_failed", "三次拨打单位电话无人接听，登记地址无人。")
        folder.answer(answer)
        yield from closed_failed(folder, outcome)

    return route


def _withdrawn(reason: str, note: str) -> Route:
    def route(folder: Folder) -> Script:
        yield from talk(folder)
        yield folder.town.wait(2)
        told = {"withdrawal_reason": reason, "withdrawn_on": folder.today, "withdrawal_note": note}
        folder.fire("withdraw", told)

    return route


def withdrawn_after_payment(folder: Folder) -> Script:
    yield from talk(folder)
    total = _part(folder)
    yield from settle(folder, total, [6])
    yield folder.town.wait(4)
    folder.pay(total)
    told = {"withdrawal_reason": "paid", "withdrawn_on": folder.today, "withdrawal_note": "款项已收到，撤回申请。"}
    folder.fire("withdraw", told)


def _transferred(outcome: str, body: str) -> Route:
    def route(folder: Folder) -> Script:
        yield folder.town.wait(1)
        told = {"outcome": outcome, "transferred_to": body, "transferred_on": folder.today}
        folder.fire("transfer", {**told, "papers": "登记表、证据复印件一套。"})

    return route


def refused(folder: Folder) -> Script:
    yield folder.town.wait(1)
    reason = folder.town.random.choice(("housing_fund", "si_contribution_gap", "out_of_area"))
    told = {"refusal_reason": reason, "next_place": "主管机构的服务窗口", "refusal_note": "已告知应向主管机构提出。"}
    folder.fire("refuse_case", told)
    folder.approve()


def came_back(folder: Folder) -> Script:
    """Closed, then something that had been left out: the supervisor reopens, and it is paid on the spot."""
    yield from performed(folder)
    yield folder.town.wait(15)
    told = {"reopen_reason": "劳动者提出漏算的加班工资。"}
    folder.fire("reopen", told, by=folder.town.office.supervisor)
    yield folder.town.wait(1)
    folder.ask_consent()
    yield folder.town.wait(1)
    folder.answer("agreed")
    folder.accept()
    yield folder.town.wait(2)
    folder.pay_on_spot(50_000)
    yield from finish(folder)


def merged_into(other: Folder) -> Route:
    """The same matter came in twice; the second file goes into the first."""

    def route(folder: Folder) -> Script:
        yield folder.town.wait(1)
        folder.fire("merge", {"merged_into": other.number})

    return route


ROUTES: Sequence[tuple[Route, int]] = (
    (performed, 34),
    (paid_on_spot, 14),
    (instalments, 7),
    (paid_late, 8),
    (partly_paid, 4),
    (never_paid, 4),
    (agreed_anew, 3),
    (confirmed, 5),
    (duty_too, 3),
    (booked_wrongly, 2),
    (extended, 5),
    (warned, 6),
    (run_out_of_time, 4),
    (broke_off, 6),
    (_no_consent("refused", "refused_by_party"), 4),
    (_no_consent("unreachable", "no_contact"), 2),
    (_no_consent("no_answer", "no_answer"), 2),
    (_withdrawn("given_up", "另找到工作，不再主张。"), 3),
    (_withdrawn("other", "改由家人代为协商。"), 1),
    (withdrawn_after_payment, 3),
    (_transferred("transferred_inspection", "示范区劳动保障监察大队"), 2),
    (_transferred("transferred_arbitration", "示范区劳动人事争议仲裁委员会"), 3),
    (refused, 4),
    (came_back, 2),
)
"""Routes with their weights."""
GROUPS: Sequence[int] = (3, 5, 12, 31, 4, 8)
"""Sizes of group cases, one in every fourteen cases."""
