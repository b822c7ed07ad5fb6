"""Sums that other bodies awarded, and sums paid before the dispute: the file keeps them, whoever decided."""

from typing import Any

from ..money import split, yuan
from ..recovery.ledger import AwardIn, CreditIn, record_award, record_credit
from .story import Deed, Story

DECIDING = ("ARB_AWARD", "ARB_AWARD_PART", "J1", "J2_UPHELD", "J2_CHANGED", "ADMIN_SUIT", "PO_ISSUED")
"""Steps after one of which an awarded sum is known; the last one fixed it."""


def book_other_sums(story: Story) -> None:
    """What was published of them, in equal parts where the source does not say for whom; told as implied."""
    if not story.registered:
        return
    for total, words, book in (
        (story.case.amounts.awarded.value, "裁判金额", _award),
        (story.case.amounts.already_paid and story.case.amounts.already_paid.value, "此前已付（不计入到账）", _credit),
    ):
        if total:
            workers = story.parties("worker")
            for worker, part in zip(workers, split(total, [1] * len(workers)), strict=True):
                book(story, worker, part)
            _tell(story, f"登记{words}{yuan(total)}元" + ("，按人均分" if len(workers) > 1 else ""))


def _tell(story: Story, words: str) -> None:
    """At the step that decided, else at the last one."""
    line = next((line for line in reversed(story.lines) if line.code in DECIDING), story.line)
    line.deeds.append(Deed(story.today, words, implied=True))


def _award(story: Story, worker: int, part: int) -> None:
    data = AwardIn.model_validate(
        {"party": worker, "amount": yuan(part), "body": "裁判机关（见来源）", "decided_on": story.today.isoformat()}
    )
    with story.runtime.database.write() as session:
        record_award(session, story.runtime, story.case_id, data, **_as(story, session))


def _credit(story: Story, worker: int, part: int) -> None:
    if part == 0:
        return
    told = {"party": worker, "amount": yuan(part), "paid_on": story.today.isoformat(), "method": "other"}
    data = CreditIn.model_validate({**told, "proof": "来源报道"})
    with story.runtime.database.write() as session:
        record_credit(session, story.runtime, story.case_id, data, **_as(story, session))


def _as(story: Story, session: Any) -> dict[str, Any]:
    return {"revision": story.revision(session), "key": story.key(), "actor": story.stage.mediator}
