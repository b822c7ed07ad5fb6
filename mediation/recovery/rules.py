"""Guards about promises and money. Sums are fen."""

from collections.abc import Iterable
from typing import Any

from ..engine.guards import GuardBook

GUARDS = GuardBook()


def _sum(rows: Iterable[Any] | None) -> int:
    return sum(row.amount or 0 for row in rows or ())


@GUARDS.guard("至少要有一笔付款或一项义务；每一行都要有金额或义务内容，履行日不能早于今天。", answers=True)
def every_promise_can_be_kept(facts: Any) -> bool:
    """A payment due on the day of signing is fine: paid on the spot."""
    rows = facts.told("promises") or ()
    return bool(rows) and all((r.amount or r.duty) and r.due_on >= facts.today for r in rows)


@GUARDS.guard("协议中没有任何付款或义务。")
def something_is_promised(facts: Any) -> bool:
    return facts.draft_id is not None


@GUARDS.guard("协议涉及的当事人须全部签字：{facts.must_sign_names}。", answers=True)
def every_signing_party_has_signed(facts: Any) -> bool:
    required = {int(p) for p in (facts.must_sign or "").split(",") if p}
    return required <= set(facts.told("signed_by") or ())


@GUARDS.guard("调解员尚未签名（调解仲裁法第十四条）。", answers=True)
def mediator_has_signed(facts: Any) -> bool:
    return facts.told("mediator_signed") is True


@GUARDS.guard("尚未加盖调解组织印章（调解仲裁法第十四条）。", answers=True)
def organisation_has_sealed(facts: Any) -> bool:
    return facts.told("sealed") is True


@GUARDS.guard("付款日期不能晚于今天（{facts.today}）。", answers=True)
def the_payment_day_is_not_in_the_future(facts: Any) -> bool:
    return all(row.paid_on <= facts.today for row in facts.told("payments") or ())


@GUARDS.guard("登记的金额超过协议尚欠的金额；多付的部分请另行注明，不要计入本协议。", answers=True)
def no_more_than_is_owed(facts: Any) -> bool:
    return bool(_sum(facts.told("payments")) <= facts.promised - facts.paid)


@GUARDS.guard("付清后仍有欠款或未完成的义务。", answers=True)
def nothing_is_owed_after_this(facts: Any) -> bool:
    owed = facts.promised - facts.paid - _sum(facts.told("payments"))
    return bool(owed == 0 and facts.duties_open == 0)


@GUARDS.guard("完成后仍有欠款或未完成的义务。")
def nothing_is_owed_after_this_duty(facts: Any) -> bool:
    return bool(facts.promised == facts.paid and facts.duties_open <= 1)


@GUARDS.guard("到期的款项仍未付清。", answers=True)
def arrears_are_settled_after_this(facts: Any) -> bool:
    """Judges money, not time: what had fallen due by today is paid, and the case was in default."""
    fallen = facts.fallen - facts.paid - _sum(facts.told("payments"))
    return bool(facts.state == "default" and fallen <= 0 and facts.duties_fallen == 0)


@GUARDS.guard("款项在此之前视为已经付清。")
def the_case_already_waits_for_money(facts: Any) -> bool:
    """A reversal changes nothing for such a state: it is owed as before, and the promise's deadline runs again."""
    return facts.state in ("performance", "default", "resigning")


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


@GUARDS.guard("没有尚未付清的款项。")
def money_is_owed(facts: Any) -> bool:
    return bool(facts.promised > facts.paid)
