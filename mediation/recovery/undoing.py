"""Taking back drafts and duties; what was signed, booked or awarded has its own ways of being put right."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from ..cases.effects import nothing
from ..cases.step import Step
from ..documents.issue import revive_documents
from ..runtime import Inverse
from .models import Agreement, Promise

BOOKED = "钱款已经登记入账，不能撤销；登记错了的用“冲正到账”。"
BINDING = "协议已经生效，不能撤销；情况有变的用“重新约定履行”，被认定无效的用“协议被否定”。"
DECIDED = "裁判结果已经登记，不能撤销；金额有误的用“登记裁决金额”并勾选取代此前的裁判金额。"


def revive_drafts(step: Step, before: Mapping[str, Any]) -> None:
    """The drafts that the event gave up lie there again, with their papers; the one that it made is given up."""
    made = Agreement.id == before.get("drafted", 0)
    step.session.execute(update(Agreement).where(made).values(replaced_at=step.at))
    drafts = before.get("drafts", ())
    step.session.execute(update(Agreement).where(Agreement.id.in_(drafts)).values(replaced_at=None))
    revive_documents(step.connection, before.get("papers", ()))


def reopen_duty(step: Step, before: Mapping[str, Any]) -> None:
    step.session.execute(update(Promise).where(Promise.id == before["duty"]).values(done_on=None))


UNDOES: Mapping[str, Inverse] = {
    "draft_agreement": revive_drafts,
    "draft_for_rest": revive_drafts,
    "void_draft": revive_drafts,
    "mark_duty_done": reopen_duty,
    "watch_promises": nothing,
    "end_rest": nothing,
    "sign_agreement": BINDING,
    "record_settlement": BINDING,
    "void_agreement": "协议被否定的登记不能撤销；现在的约定请用“在其他程序中达成调解、和解”登记。",
    "settle_on_spot": BOOKED,
    "book_payments": BOOKED,
    "book_advances": BOOKED,
    "book_other_receipts": BOOKED,
    "reverse_payment": "冲正不能撤销；款项确已到账的，请再次“登记到账”。",
    "record_default": "逾期的认定不能撤销；补付后“登记到账”，案件自动回到履行中。",
    "perform_award": DECIDED,
    "record_awards": DECIDED,
}
