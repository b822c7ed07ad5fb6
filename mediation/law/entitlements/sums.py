"""Exact sums in words. Fractions of yuan all the way; one rounding, half up to the cent, at the very end."""

from datetime import date
from fractions import Fraction

from mediation.money import yuan_grouped

ROUNDING = "中间各步不取整，只在最后四舍五入到分"


def of_fen(amount: int) -> Fraction:
    """Fen as exact yuan."""
    return Fraction(amount, 100)


def rounded(value: Fraction) -> int:
    """Yuan to fen, half up. For values not below zero."""
    return int(value * 100 + Fraction(1, 2))


def sum_text(value: Fraction) -> str:
    """1,234.50元; with more decimals where the exact value has them, 约 where no decimal number is exact."""
    scaled = value * 10_000
    if scaled.denominator != 1:
        return f"约{_grouped(rounded(value))}元"
    if (value * 100).denominator == 1:
        return f"{_grouped(int(value * 100))}元"
    whole, rest = divmod(abs(int(scaled)), 10_000)
    return f"{'-' if value < 0 else ''}{whole:,}.{rest:04d}".rstrip("0") + "元"


def _grouped(fen: int) -> str:
    return yuan_grouped(fen).removesuffix(".00")


def number_text(value: Fraction) -> str:
    """4.5, 21.75, 10; four decimals at most."""
    scaled = round(value * 10_000)
    return f"{scaled // 10_000}.{scaled % 10_000:04d}".rstrip("0").rstrip(".")


def percent_text(value: Fraction) -> str:
    """1/2 → 50%."""
    return number_text(value * 100) + "%"


def day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def month_text(day: date) -> str:
    return f"{day.year}年{day.month}月"


def span_text(months: int, days: int) -> str:
    """6年6个月15天; parts that are zero are left out."""
    years, rest = divmod(months, 12)
    parts = [(years, "年"), (rest, "个月"), (days, "天")]
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "不足一天"
