"""未签书面劳动合同的二倍工资差额：只算多出的一倍，最多十一个月。"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from mediation.law.entitlements.fields import Day, Inputs, Wage, not_before, titled
from mediation.law.entitlements.spans import (
    DAY,
    after_months,
    calendar_months,
    full_months,
    month_of,
    whole_month,
    years_back,
)
from mediation.law.entitlements.sums import day_text, month_text, number_text, of_fen, sum_text
from mediation.law.entitlements.working import Formula, Working

Method = Annotated[
    Literal["divisor", "working_days"],
    titled(divisor="按月计薪天数21.75折算", working_days="按当月工作日折算"),
]


class Unsigned(Inputs):
    hired: Day = Field(title="入职日", description="实际开始上班的日子")
    monthly_wage: Wage = Field(title="月工资", description="正常、固定的月工资，不含不固定的奖金、提成")
    signed: Day | None = Field(default=None, title="补签合同日", description="一直没有签的不填")
    left: Day | None = Field(default=None, title="离职日", description="还在职的不填")
    expired: Day | None = Field(
        default=None, title="原合同期满日", description="签过合同、到期后没有续签又继续上班的才填"
    )
    claimed: Day | None = Field(
        default=None, title="主张权利日", description="申请仲裁或书面提出要求的日子，用来核对一年时效"
    )
    method: Method = Field(default="divisor", title="不满整月怎样折算", description="没有统一规定，两种结果都会列出")

    @field_validator("signed", "left", "expired", "claimed")
    @classmethod
    def _in_order(cls, day: date | None, info: ValidationInfo) -> date | None:
        return not_before(day, info.data.get("hired"), "早于入职日，请核对。")


def double_wage(given: Unsigned, w: Working) -> None:
    first, last = _window(given, w)
    first = _barred(first, last, given.claimed, w)
    wage = of_fen(given.monthly_wage)
    w.figure("base", "月工资", sum_text(wage))
    if last < first:
        w.add("没有可以计算二倍工资差额的日子", Fraction(0))
        return
    w.figure("first_day", "起算日", first.isoformat())
    w.figure("last_day", "截止日", last.isoformat())
    months, rest = full_months(first, last)
    if not rest:
        w.add(f"正好{months}个整月：{sum_text(wage)} × {months} = {sum_text(wage * months)}", wage * months)
        return
    _broken(first, last, wage, given.method, w)


def _window(given: Unsigned, w: Working) -> tuple[date, date]:
    if given.expired is not None:
        begin = given.expired + DAY
        first, last = begin, after_months(begin, 12) - DAY
        w.cite("BJQA-40")
        why = "原合同期满后没有续签，自期满次日起，最多十二个月"
    else:
        first, last = after_months(given.hired, 1), after_months(given.hired, 12) - DAY
        why = "自入职满一个月起，到满一年的前一日止，最多十一个月"
        w.doubt("起止日按“入职满一个月当日起、满一年前一日止”计，共十一个月；条文写“满一个月的次日”，有一日之差")
    w.say(f"{why}：{day_text(first)}至{day_text(last)}")
    ends = [
        (given.signed - DAY if given.signed else None, "已补签合同，计到补签前一日"),
        (given.left, "已离职，计到离职日"),
        (max(given.claimed or w.today, given.hired), "计到主张之日" if given.claimed else "尚未期满，计到今天"),
    ]
    for end, told in ends:
        if end is not None and end < last:
            last = end
            w.say(f"{told}：{day_text(end)}")
    return first, last


def _barred(first: date, last: date, claimed: date | None, w: Working) -> date:
    """The first day that is not time-barred: counted back one year, day by day, from the claim (BJQA 41)."""
    if claimed is None:
        w.doubt("没有填主张权利日，没有核对一年时效；北京从主张之日往回逐日计算")
        return first
    earliest = years_back(claimed, 1)
    if earliest <= first:
        w.say(f"{day_text(claimed)}主张，往回一年到{day_text(earliest)}，没有超过时效的日子")
        return first
    w.say(f"{day_text(claimed)}主张，往回一年只到{day_text(earliest)}，此前的日子已过时效")
    if earliest <= last:
        w.doubt(f"待核实：{day_text(earliest)}当日是否计入，没有明文，本系统按计入；对方不提时效的不适用时效")
    return earliest


@dataclass(frozen=True, slots=True)
class Piece:
    """The days of the window in one calendar month: working days among them, and in the whole month."""

    first: date
    last: date
    days: int
    of_month: int

    def worth(self, wage: Fraction, divisor: Fraction | None) -> Fraction:
        """The wage of these days; by the month's own working days where there is no divisor. Never above a month's."""
        if whole_month(self.first, self.last):
            return wage
        return min(wage, wage / (divisor or Fraction(self.of_month)) * self.days)


def _broken(first: date, last: date, wage: Fraction, method: str, w: Working) -> None:
    divisor = w.amount("pay_divisor_days", w.today)
    pieces = [_piece(a, b, w) for a, b in calendar_months(first, last)]
    by_divisor = sum((p.worth(wage, divisor) for p in pieces), Fraction(0))
    by_month = sum((p.worth(wage, None) for p in pieces), Fraction(0))
    chosen = divisor if method == "divisor" else None
    for piece in pieces:
        worth = piece.worth(wage, chosen)
        w.add(_told(piece, wage, chosen, worth), worth)
    other = ("当月工作日", by_month) if method == "divisor" else ("月计薪天数21.75", by_divisor)
    w.say(f"不满整月的若按{other[0]}折算，合计为{sum_text(other[1])}")
    w.between(by_divisor, by_month)
    w.doubt("待核实：不满一个月的按实际工作日计算，但用21.75天还是当月工作日去除，没有统一规定；两种结果都已列出")
    if missing := w.law.calendar.missing(first, last):
        w.doubt(f"{'、'.join(map(str, missing))}年放假安排没有录入，工作日暂按周一至周五计")


def _piece(first: date, last: date, w: Working) -> Piece:
    month = month_of(first)
    return Piece(first, last, _working_days(first, last, w), _working_days(*month, w))


def _working_days(first: date, last: date, w: Working) -> int:
    return w.law.calendar.count_working(first - timedelta(days=1), last)


def _told(piece: Piece, wage: Fraction, divisor: Fraction | None, worth: Fraction) -> str:
    if whole_month(piece.first, piece.last):
        return f"{month_text(piece.first)}整月：{sum_text(worth)}"
    by = number_text(divisor or Fraction(piece.of_month))
    return (
        f"{day_text(piece.first)}至{day_text(piece.last)}，工作日{piece.days}天（全月{piece.of_month}天）："
        f"{sum_text(wage)} ÷ {by} × {piece.days} = {sum_text(worth)}"
    )


FORMULAS = (
    Formula(
        "double_wage",
        "未签书面合同二倍工资差额",
        "工资",
        "double_wage",
        Unsigned,
        double_wage,
        "上班满一个月，单位还没有签书面劳动合同。职工故意不签、合同依法自动续延等情形不适用（解释（二）第七条、第八条）。",
        ("LCL-10", "LCL-82", "LCL-14.3", "LCLR-6", "LCLR-7", "JI2-6", "JI2-7", "JI2-8", "JI2-9", "BJQA-41", "BJQA-55"),
    ),
)
