"""How cases went that needed another procedure, from the first word to the closed file."""

from collections.abc import Mapping, Sequence
from typing import Any

from . import authorities as to
from . import courts as at
from .desk import Folder, Script
from .routes import finish, performed, talk
from .steps import Deed, Route, event, in_time


def _gave_up(folder: Folder) -> Script:
    yield from talk(folder)
    yield folder.town.wait(2)
    folder.break_off()


def _by_result(outcome: str, note: str) -> Deed:
    told = event("close_by_result", {"outcome": outcome, "closing_note": note})

    def deed(folder: Folder) -> None:
        told(folder)
        folder.approve()

    return deed


def _received(percent: int, note: str) -> Deed:
    """Money that came on no agreement of ours."""

    def told(folder: Folder) -> Mapping[str, Any]:
        return {"other_receipts": [{**row, "note": note} for row in folder.payments(folder.part(percent))]}

    return event("record_other_receipt", told)


def _award(folder: Folder) -> Mapping[str, Any]:
    return {"promises": folder.promises(folder.part(70), [15])}


_performing_award = in_time(
    _gave_up,
    (5, at.FILED),
    (4, at.ACCEPTED),
    (0, at.ELSEWHERE),
    (25, at.HEARD),
    (20, at.AWARDED),
    (3, at.FINAL),
    (34, event("finish_arbitration", {"end_note": "裁决已经生效。"})),
    (1, event("perform_award", _award)),
    (9, lambda f: f.pay(f.part(70))),
)


def awarded(folder: Folder) -> Script:
    """The award takes effect and is performed."""
    yield from _performing_award(folder)
    yield from finish(folder)


settled_at_arbitration = in_time(
    _gave_up,
    (4, at.FILED),
    (4, at.ACCEPTED),
    (0, at.ELSEWHERE),
    (20, event("settle_arbitration", lambda f: {"settlement_sum": f.sum(80)})),
    (9, _received(80, "按仲裁调解书付款")),
    (2, _by_result("settled_elsewhere", "仲裁调解书已经履行。")),
)
inspected = in_time(
    _gave_up,
    (2, to.COMPLAINED),
    (5, to.CASE_FILED),
    (0, event("wait_for_procedures", {"waiting_note": "由劳动保障监察处理。"})),
    (
        15,
        event(
            "order_correction",
            lambda f: {
                "order_number": f"（练习）责令〔{f.case_id}〕号",
                "order_content": "限期支付拖欠的工资。",
                "performance_day": f.day(20),
            },
        ),
    ),
    (6, _received(100, "按责令改正通知书付款")),
    (0, event("order_obeyed", {"obeyed_note": "期内全部到账。"})),
    (3, _by_result("rectified", "单位已按责令付清。")),
)
rectified = in_time(
    _gave_up,
    (2, to.SUPERVISED_LONG_AGO),
    (2, to.HINTED),
    (1, to.HINT_SERVED),
    (0, event("wait_for_procedures", {"waiting_note": "由工会劳动法律监督处理。"})),
    (7, event("agree_to_rectify", lambda f: {"measures": "补发差额，完善考勤。", "rectification_day": f.day(25)})),
    (6, _received(90, "单位整改时补发")),
    (2, event("verify_rectification", {"verification": "full", "verification_note": "两人到场，核对工资表和回单。"})),
    (2, _by_result("rectified", "单位已经整改。")),
)
petitioned = in_time(
    _gave_up,
    (3, to.PETITIONED),
    (4, to.PETITION_TAKEN),
    (0, event("wait_for_procedures", {"waiting_note": "由信访事项承办单位处理。"})),
    (25, event("give_opinion", {"petition_result": "supported", "petition_opinion": "责成单位补发。"})),
    (5, _received(100, "按信访处理意见补发")),
    (0, event("petition_settled", {"petition_settled_note": "信访人表示满意。"})),
    (2, _by_result("ended_elsewhere", "信访处理意见已经落实。")),
)


def from_hotline(folder: Folder) -> Script:
    """Sent by the hotline, which hears back within days; then as usual."""
    to.FROM_HOTLINE(folder)
    yield folder.town.wait(3)
    to.REPORTED_BACK(folder)
    yield from performed(folder)


LONGER: Sequence[tuple[Route, int]] = (
    (awarded, 3),
    (settled_at_arbitration, 3),
    (inspected, 2),
    (rectified, 2),
    (petitioned, 2),
    (from_hotline, 3),
)
"""Routes with their weights, as in `routes`."""
