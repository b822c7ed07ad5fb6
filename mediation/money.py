"""Money is integer fen inside and yuan text at the edge; never float."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from .errors import BadInput

MAX_FEN = 10**15


def fen(yuan: str | int | Decimal) -> int:
    """Yuan as typed ("1,234.5", 1234, Decimal("0.01")) to fen. Refuses floats, negatives and fractions of a fen."""
    if isinstance(yuan, bool | float):
        raise BadInput("金额请用文字或整数填写，例如 1234.50。")
    text = str(yuan).strip().replace(",", "").replace("，", "")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise BadInput(f"“{yuan}”不是金额，请填写数字，例如 1234.50。") from None
    if not value.is_finite():
        raise BadInput(f"“{yuan}”不是金额，请填写数字，例如 1234.50。")
    if value < 0:
        raise BadInput("金额不能为负数。")
    scaled = value * 100
    if scaled != scaled.to_integral_value():
        raise BadInput("金额最多两位小数（精确到分）。")
    if scaled > MAX_FEN:
        raise BadInput("金额过大，请核对。")
    return int(scaled)


def yuan(amount: int) -> str:
    """Fen to yuan text with two decimals and no grouping: 123450 -> "1234.50"."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{amount // 100}.{amount % 100:02d}"


def yuan_grouped(amount: int) -> str:
    """Fen to yuan text for reading: 123450 -> "1,234.50"."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{amount // 100:,}.{amount % 100:02d}"


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` fen by weights so that the parts tie to the cent (largest remainder; ties: earlier part)."""
    whole = sum(weights)
    if total < 0 or not weights or whole <= 0 or min(weights) < 0:
        raise BadInput("无法分摊：请至少给出一个大于零的份额。")
    parts = [total * w // whole for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts
