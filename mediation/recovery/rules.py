"""Guards about promises and money. Sums are fen."""

from typing import Any

from ..engine.guards import GuardBook
from .signing import read_stand_ins, unsigned

GUARDS = GuardBook()


TABLES = ("payments", "advances", "other_receipts")


def _received(facts: Any) -> list[Any]:
    """The rows of money received that this event tells of."""
    return [row for table in TABLES for row in facts.told(table) or ()]


def _paid_now(facts: Any) -> int:
    return sum(row.amount for row in _received(facts))


@GUARDS.guard("至少要有一笔付款或一项义务；每一行都要有金额或义务内容，履行日不能早于今天。", answers=True)
def every_promise_can_be_kept(facts: Any) -> bool:
    """A payment due on the day of signing is fine: paid on the spot."""
    rows = facts.told("promises") or ()
    return bool(rows) and all((r.amount or r.duty) and r.day >= facts.today for r in rows)


@GUARDS.guard("履行日不能早于调解、和解达成之日或裁判生效之日。", answers=True)
def no_promise_is_due_before_it_was_made(facts: Any) -> bool:
    """What was agreed or ordered elsewhere may have fallen due before we hear of it."""
    made = facts.told("settled_on") or facts.told("award_effective_on")
    rows = facts.told("promises") or ()
    return bool(rows) and all(row.day >= made for row in rows)


INJURY_HEADS = ("injury", "medical")


@GUARDS.guard(
    "本案有工伤、医疗费请求或正在办理工伤认定，工伤尚未认定：认定和劳动能力鉴定之前无法判断应得的待遇，"
    "此时签署了结或放弃权利的约定，事后可能因显失公平等被否定（如工亡家属先行和解、法院判令补足差额的公布案例）。"
    "请先向劳动者讲明，并勾选“已告知工伤认定前放弃权利的风险”。",
    answers=True,
)
def the_risk_of_waiving_before_recognition_is_known(facts: Any) -> bool:
    """Never a block: whoever has been told may sign."""
    if not _waives_injury(facts) or facts.injury_recognised:
        return True
    return facts.told("injury_waiver_known") is True


def _waives_injury(facts: Any) -> bool:
    """The draft settles an injury head, or everything in a case in which an injury is at stake."""
    if any(row.head in INJURY_HEADS for row in facts.told("promises") or ()):
        return True
    at_stake = facts.injury_demands > 0 or "injury" in (facts.procedures_open or "").split(",")
    return bool(facts.told("no_other_disputes")) and at_stake


@GUARDS.guard("协议中没有任何付款或义务。")
def something_is_promised(facts: Any) -> bool:
    return facts.draft_id is not None


@GUARDS.guard(
    "协议涉及的当事人须全部签字：{facts.must_sign_names}。已去世的由全部继承人签，监护人、有特别授权的代理人可以代签。",
    answers=True,
)
def every_signing_party_has_signed(facts: Any) -> bool:
    signed = set(facts.told("signed_by") or ())
    stand_ins = read_stand_ins(facts.stand_ins)
    required = _ids(facts.must_sign) - _signed_for(facts, signed)
    return not unsigned(required, stand_ins, _ids(facts.dead), signed, facts.today)


def _signed_for(facts: Any, signed: set[int]) -> set[int]:
    """The workers for whom elected representatives sign, all of whom have consented to this very draft."""
    may = _ids(facts.representatives_may_sign)
    return _ids(facts.drafted_workers) if may and may <= signed else set()


def _ids(joined: str | None) -> set[int]:
    return {int(id) for id in (joined or "").split(",") if id}


@GUARDS.guard("调解员尚未签名（调解仲裁法第十四条）。", answers=True)
def mediator_has_signed(facts: Any) -> bool:
    return facts.told("mediator_signed") is True


@GUARDS.guard("尚未加盖调解组织印章（调解仲裁法第十四条）。", answers=True)
def organisation_has_sealed(facts: Any) -> bool:
    return facts.told("sealed") is True


@GUARDS.guard("付款日期不能晚于今天（{facts.today}）。", answers=True)
def the_payment_day_is_not_in_the_future(facts: Any) -> bool:
    return all(row.paid_on <= facts.today for row in _received(facts))


@GUARDS.guard("登记的金额超过尚欠的金额；多付的部分请用“登记其他到账”，不要计入协议或裁判款项。", answers=True)
def no_more_than_is_owed(facts: Any) -> bool:
    return bool(_paid_now(facts) <= facts.promised - facts.paid)


@GUARDS.guard("付清后仍有欠款或未完成的义务。", answers=True)
def nothing_is_owed_after_this(facts: Any) -> bool:
    owed = facts.promised - facts.paid - _paid_now(facts)
    return bool(owed == 0 and facts.duties_open == 0)


@GUARDS.guard("完成后仍有欠款或未完成的义务。")
def nothing_is_owed_after_this_duty(facts: Any) -> bool:
    return bool(facts.promised == facts.paid and facts.duties_open <= 1)


@GUARDS.guard("到期的款项仍未付清。", answers=True)
def arrears_are_settled_after_this(facts: Any) -> bool:
    """Judges money, not time: what each worker was owed by today is paid, and the case was in default."""
    arrears = _arrears(facts)
    for row in _received(facts):
        arrears[row.party] = arrears.get(row.party, 0) - row.amount
    return bool(facts.state == "default" and facts.duties_fallen == 0 and all(rest <= 0 for rest in arrears.values()))


def _arrears(facts: Any) -> dict[int, int]:
    """Fen by worker that had fallen due before today."""
    found: dict[int, int] = {}
    for part in filter(None, (facts.arrears or "").split(",")):
        party, rest = part.split(":")
        found[int(party)] = found.get(int(party), 0) + int(rest)
    return found


@GUARDS.guard("款项在此之前视为已经付清。")
def the_case_already_waits_for_money(facts: Any) -> bool:
    """A reversal changes nothing for such a state: it is owed as before, and the promise's deadline runs again."""
    return facts.state in ("performance", "default", "resigning", "elsewhere")


@GUARDS.guard("还有款项未到履行日。")
def all_money_has_fallen_due(facts: Any) -> bool:
    """Whatever is owed again was due before today. Where some is not, the promise's own deadline decides."""
    return bool(facts.promised > 0 and facts.fallen == facts.promised)


@GUARDS.guard("没有尚未完成的义务。")
def a_duty_is_open(facts: Any) -> bool:
    return bool(facts.duties_open > 0)


@GUARDS.guard("没有可以冲正的到账。")
def a_payment_stands(facts: Any) -> bool:
    return bool(facts.lines > 0)


@GUARDS.guard("没有尚未履行的款项或义务。")
def something_is_owed(facts: Any) -> bool:
    return bool(facts.promised > facts.paid or facts.duties_open)


@GUARDS.guard("仍有尚未履行的款项或义务。")
def nothing_is_owed_now(facts: Any) -> bool:
    return bool(facts.promised == facts.paid and not facts.duties_open)


@GUARDS.guard("没有已经到期的款项或义务。")
def something_has_fallen_due(facts: Any) -> bool:
    """Money and duties, not time: decides where the case stands, and refuses nothing by itself."""
    return bool(facts.arrears or facts.duties_fallen)


@GUARDS.guard("还没有登记裁判金额，请先在该程序中登记裁决或判决的金额。")
def an_award_is_on_record(facts: Any) -> bool:
    return bool(facts.awards_live > 0)


@GUARDS.guard("本案没有有效的协议。")
def an_agreement_is_in_force(facts: Any) -> bool:
    return bool(facts.agreements_live > 0)


@GUARDS.guard("否定协议后不再有尚待履行的款项或义务。", answers=True)
def something_is_owed_after_the_voiding(facts: Any) -> bool:
    """Other agreements, and promises that were not named, bind as before; where only a waiver fell, all do."""
    what, gone = facts.told("void_what"), {str(id) for id in facts.told("void_promises") or ()}
    if what == "waiver":
        return True
    agreement = str(facts.told("voided_agreement"))
    owed = [part.split(":") for part in (facts.owed or "").split(",") if part]
    return any(of != agreement or (what == "some" and promise not in gone) for promise, of in owed)


@GUARDS.guard("请选择被否定的义务。", answers=True)
def the_voided_promises_are_named(facts: Any) -> bool:
    return facts.told("void_what") != "some" or bool(facts.told("void_promises"))


@GUARDS.guard("案件不在调解前、调解中或调解不成的阶段。")
def no_performance_is_under_way(facts: Any) -> bool:
    return facts.state in ("intake", "mediation", "failed")


@GUARDS.guard("约定的日期须晚于今天（{facts.today}）。", answers=True)
def the_rest_is_mediated_until_a_later_day(facts: Any) -> bool:
    return bool(facts.told("rest_until") > facts.today)


@GUARDS.guard("继续调解须仍在调解的劳动者和用人单位都同意。", answers=True)
def the_rest_agreed_to_go_on(facts: Any) -> bool:
    return facts.told("rest_agreed") is True


@GUARDS.guard("没有尚未付清的款项。")
def money_is_owed(facts: Any) -> bool:
    return bool(facts.promised > facts.paid)


@GUARDS.guard("本案没有到账金额，结案须另一位主管审核。")
def money_was_received(facts: Any) -> bool:
    """A closing that brought the workers money needs no second person (103)."""
    return bool(facts.received > 0)
