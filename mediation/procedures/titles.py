"""Enforceable titles (执行依据) of a case, derived from how its other procedures ended or where they stand.

A mediation agreement alone is none: it must first be reviewed, confirmed, or replaced by an award, an order or a
judgment.
"""

from collections.abc import Mapping
from typing import Any

from .facts import words

BY_RESULT: Mapping[str, frozenset[str]] = {
    "award": frozenset({"arbitration:awarded_full", "arbitration:awarded_partial"}),
    "arbitral_settlement": frozenset({"arbitration:arbitral_settlement"}),
    "reviewed_settlement": frozenset({"joint_review:reviewed_by_arbitration"}),
    "confirmed_agreement": frozenset({"judicial_confirmation:confirmed_by_court"}),
    "judgment": frozenset({"litigation:awarded_full", "litigation:awarded_partial"}),
    "court_settlement": frozenset({"litigation:court_settlement"}),
    "payment_order": frozenset({"payment_order:payment_order_effective"}),
}
"""Codes of `codes/enforceable_titles`: the ends of procedures, as `workflow:outcome`, that give each of them."""

BY_STATE: Mapping[str, str] = {"arbitration:effective": "award", "litigation:effective": "judgment"}
"""Procedures still followed after their decision took effect."""

AWARD_REVIVES = frozenset(
    f"litigation:{result}"
    for result in (
        "withdrawn_paid",
        "withdrawn_given_up",
        "withdrawn_other",
        "deemed_withdrawn",
        "suit_refused_award_stands",
    )
)
"""Ends of a suit after which the award sued over takes effect again (SPC interpretation 法释〔2000〕18号, articles 1
and 2, read in public copies; not checked whether it is still in force)."""


def titles_of(facts: Any) -> frozenset[str]:
    """The titles the case has now, as codes of `codes/enforceable_titles`."""
    ended, standing = words(facts.procedures_ended), words(facts.procedures_standing)
    found = {title for title, results in BY_RESULT.items() if results & ended}
    found |= {title for place, title in BY_STATE.items() if place in standing}
    if facts.final_awards > 0 or ("arbitration:award_sued" in ended and AWARD_REVIVES & ended):
        found.add("award")
    if facts.advance_orders > 0:
        found.add("advance_order")
    return frozenset(found)
