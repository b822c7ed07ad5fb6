"""The enforceable title that an application for enforcement rests on, as its procedure has recorded it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ...cases.models import Proceeding
from ...cases.step import Step
from ..titles import titles_of

_RECORDED: Mapping[str, tuple[str, str, str]] = {
    "judgment": ("litigation", "judgment_number", "suit_court"),
    "court_settlement": ("litigation", "settlement_number", "suit_court"),
    "award": ("arbitration", "award_number", "arbitration_body"),
    "arbitral_settlement": ("arbitration", "settlement_number", "arbitration_body"),
    "reviewed_settlement": ("joint_review", "settlement_number", "review_body"),
    "confirmed_agreement": ("judicial_confirmation", "confirmation_number", "confirmation_court"),
    "payment_order": ("payment_order", "order_number", "payment_order_court"),
    "advance_order": ("arbitration", "", "arbitration_body"),
}
"""Title → its procedure and the answers that hold its number and the body; the later and stronger ones first."""


def enforceable(step: Step) -> Mapping[str, Any]:
    """Name, number and body of the first title; empty where there is none."""
    held = titles_of(step.facts)
    title = next((code for code in _RECORDED if code in held), None)
    if title is None:
        return {}
    workflow, number, body = _RECORDED[title]
    query = select(Proceeding.answers).where(Proceeding.case_id == step.case_id, Proceeding.workflow == workflow)
    said = step.session.scalars(query.order_by(Proceeding.id.desc())).first() or {}
    found = {
        "name": step.runtime.title("enforceable_titles", title),
        "number": said.get("second_judgment_number" if title == "judgment" else number) or said.get(number),
        "body": said.get(body),
    }
    return {key: value for key, value in found.items() if value}
