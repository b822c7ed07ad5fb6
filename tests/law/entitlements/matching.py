"""How a computed sum must agree with a published one: the word `match` of a published case, taken at its word."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

YUAN = Decimal("0.01")
ABOUT = Decimal("0.01")
"""“About” allows one hundredth."""


def number(text: Any) -> Decimal | None:
    """The number at the head of a published text (“120000 (claimed)”, “45.83%”); None where there is none."""
    found = re.match(r"-?[0-9]+(\.[0-9]+)?", str(text))
    return Decimal(found[0]) if found else None


def agrees(match: str, computed: Decimal, row: Mapping[str, Any]) -> bool:
    """Whether the computed sum (yuan, or per cent) stands to the expected and the published one as `match` says."""
    expected, published = number(row.get("expected")), number(row.get("published"))
    as_expected = expected is None or computed == expected
    return as_expected and _TO_PUBLISHED[match](computed, published)


def _truncated(computed: Decimal, published: Decimal | None) -> bool:
    return published is not None and int(computed) == published


def _rounded_wan(computed: Decimal, published: Decimal | None) -> bool:
    return published is not None and abs(computed - published) <= 5_000


def _about(computed: Decimal, published: Decimal | None) -> bool:
    return published is not None and abs(computed - published) <= published * ABOUT


def _equal(computed: Decimal, published: Decimal | None) -> bool:
    return published is not None and computed == published


def _below(computed: Decimal, published: Decimal | None) -> bool:
    return published is not None and published < computed


def _above(computed: Decimal, published: Decimal | None) -> bool:
    return published is not None and published > computed


def _nothing(computed: Decimal, published: Decimal | None) -> bool:
    """Only a part of the published sum was computed, or there is no published figure to compare with."""
    return published is None or computed <= published


_TO_PUBLISHED = {
    "exact": _equal,
    "truncated_to_yuan": _truncated,
    "rounded_wan": _rounded_wan,
    "about": _about,
    "derived_only": _nothing,
    "rule_only": lambda computed, published: True,
    "agreed_below_formula": _below,
    "claim_above_formula": _above,
    "partial": _nothing,
}
