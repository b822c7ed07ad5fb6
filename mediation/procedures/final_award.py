"""The line of the final award (终局裁决, LMA 47, AR 50): a hint by the sums; the decision itself says what it is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from ..errors import MediationError
from ..law.book import LawBook
from ..money import fen, yuan_grouped

MONTHS = 12


@dataclass(frozen=True, slots=True)
class FinalAwardHint:
    """`line` and `largest` in fen. `under`: no single item is above the line."""

    line: int
    largest: int

    @property
    def under(self) -> bool:
        return self.largest <= self.line

    @property
    def sentence(self) -> str:
        """What the clerk reads before looking at the decision."""
        shown = f"裁决中单项最高{yuan_grouped(self.largest)}元，终局裁决金额线为每项{yuan_grouped(self.line)}元"
        under = "未超过，追索劳动报酬、工伤医疗费、经济补偿或赔偿金的属于终局裁决"
        kind = under if self.under else "已超过，超过的该项属于非终局裁决"
        return f"{shown}：{kind}。因工时、休息休假、社会保险的国家标准发生的争议不论金额；均以裁决书写明的为准。"


def final_award_hint(law: LawBook, amounts: Collection[int], on: date) -> FinalAwardHint | None:
    """Compare the largest item (fen) with the line on the day of the award; None where one of them is not known."""
    line = _line(law, on)
    return FinalAwardHint(line, max(amounts)) if amounts and line is not None else None


def _line(law: LawBook, on: date) -> int | None:
    """Twelve times the monthly minimum wage of that day (Beijing), in fen."""
    try:
        return fen(str(law.amount("min_wage_monthly", on).value * MONTHS))
    except MediationError:
        return None
