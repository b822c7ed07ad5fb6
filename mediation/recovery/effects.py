"""The effects of events on agreements and on the ledger, by the names that definitions use."""

from collections.abc import Mapping

from ..runtime import Effect
from .agreements import draft_agreement, draft_for_rest, settle_on_spot, sign_agreement, void_draft
from .awards import record_awards
from .booking import book_advances, book_other_receipts, book_payments, mark_duty_done, watch_promises
from .defaulting import record_default
from .orders import perform_award, record_settlement, void_agreement
from .rest import end_rest
from .reversals import reverse_payment

EFFECTS: Mapping[str, Effect] = {
    f.__name__: f
    for f in (
        draft_agreement,
        draft_for_rest,
        void_draft,
        sign_agreement,
        settle_on_spot,
        record_settlement,
        perform_award,
        record_awards,
        void_agreement,
        book_payments,
        book_advances,
        book_other_receipts,
        reverse_payment,
        mark_duty_done,
        record_default,
        watch_promises,
        end_rest,
    )
}
