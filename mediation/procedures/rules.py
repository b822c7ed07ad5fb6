"""Guards about the other procedures of the case."""

from typing import Any

from ..engine.guards import GuardBook
from .facts import words

GUARDS = GuardBook()

ONE_AT_A_TIME = {
    "arbitration": "劳动仲裁",
    "litigation": "诉讼",
    "enforcement": "强制执行",
    "joint_review": "仲裁审查",
    "judicial_confirmation": "司法确认",
    "payment_order": "支付令",
    "injury": "工伤认定",
    "inspection": "劳动保障监察",
    "petition": "信访",
    "group_event": "群体性事件处置",
}
"""Of these, a case has at most one under way; letters and referrals may go to several places at once."""


def _none_under_way(workflow: str, title: str) -> None:
    def none(facts: Any) -> bool:
        return workflow not in words(facts.procedures_open)

    none.__name__ = f"no_{workflow}_is_under_way"
    GUARDS.guard(f"本案已有{title}正在办理，请在该程序中登记进展。")(none)


for _workflow, _title in ONE_AT_A_TIME.items():
    _none_under_way(_workflow, _title)


@GUARDS.guard("还没有启动其他程序，请先登记已申请的仲裁、诉讼或其他程序。")
def another_procedure_was_opened(facts: Any) -> bool:
    return bool(words(facts.procedures_open) | words(facts.procedures_ended))


@GUARDS.guard("还有其他程序正在办理，有结果后再结案。")
def no_other_procedure_is_under_way(facts: Any) -> bool:
    return not words(facts.procedures_open)


@GUARDS.guard("案件没有在等待其他程序的结果。")
def the_case_waits_for_other_procedures(facts: Any) -> bool:
    return bool(facts.state == "elsewhere")


@GUARDS.guard("履行日期晚于责令的期限，请用“期满后才履行”。", answers=True)
def it_was_obeyed_in_time(facts: Any) -> bool:
    """A payment made in time may be learned of later; LCL 85 asks whether the order was obeyed within its time."""
    return bool(facts.told("obeyed_on") <= facts.day("performance_day"))
