"""按月的差额：拖欠工资、停工工资、最低工资、待岗、病假；加付赔偿金；按比例的奖金。"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from mediation.law.entitlements.fields import (
    MOST_ROWS,
    Day,
    Inputs,
    Money,
    Month,
    Number,
    Wage,
    Words,
    each_once,
    not_before,
)
from mediation.law.entitlements.sums import day_text, month_text, of_fen, percent_text, sum_text
from mediation.law.entitlements.working import Formula, Working

GROUP = "工资"
LEAST, MOST = Fraction(1, 2), Fraction(1)
"""加付赔偿金 lies between half of what is unpaid and all of it (劳动合同法第八十五条)."""


class Unpaid(Inputs):
    """A month with what was owed; the employer may say another sum, and both are kept."""

    month: Month = Field(title="月份")
    payable: Money = Field(title="应发工资")
    paid: Money = Field(default=0, title="已发工资")
    employer_says: Money | None = Field(default=None, title="单位主张的应发")


class Arrears(Inputs):
    months: Annotated[list[Unpaid], Field(min_length=1, max_length=MOST_ROWS)] = Field(
        title="各月工资", description="月份可以不连续；双方说法不同的，把单位的说法也填上"
    )

    @field_validator("months")
    @classmethod
    def _once(cls, months: list[Unpaid]) -> list[Unpaid]:
        each_once([row.month for row in months])
        return months


def arrears(given: Arrears, w: Working) -> None:
    disputed = Fraction(0)
    for row in given.months:
        paid = of_fen(row.paid)
        gap = _gap(of_fen(row.payable), paid)
        w.add(f"{_row(row.month, of_fen(row.payable), paid)} = {sum_text(gap)}", gap)
        other = of_fen(row.payable if row.employer_says is None else row.employer_says)
        disputed += _gap(other, paid)
        if paid > of_fen(row.payable):
            w.doubt(f"{month_text(row.month)}已发多于应发，多发的没有抵减其他月份")
    w.figure("months", "欠薪月数", Fraction(len(given.months)))
    if any(row.employer_says is not None for row in given.months):
        w.say(f"按单位主张的应发工资计算，合计{sum_text(disputed)}")
        w.between(w.total, disputed)
        w.doubt("双方对工资标准说法不同，两种结果都已保留；以哪一种为准由证据决定")


def _gap(payable: Fraction, paid: Fraction) -> Fraction:
    return max(payable - paid, Fraction(0))


def _row(month: date, due: Fraction, paid: Fraction) -> str:
    return f"{month_text(month)}：{sum_text(due)} − {sum_text(paid)}"


class Paid(Inputs):
    month: Month = Field(title="月份")
    paid: Money = Field(default=0, title="实发工资")


class PaidMonths(Inputs):
    months: Annotated[list[Paid], Field(min_length=1, max_length=MOST_ROWS)] = Field(
        title="各月实发", description="一个月一行，月份可以不连续"
    )

    @field_validator("months")
    @classmethod
    def _once(cls, months: list[Paid]) -> list[Paid]:
        each_once([row.month for row in months])
        return months


class Shutdown(PaidMonths):
    monthly_wage: Wage = Field(title="月工资", description="劳动合同约定的工资标准")


def _below(months: Sequence[Paid], due: Callable[[date], Fraction], w: Working) -> None:
    """The sum of what each month's pay falls short of what was due that month."""
    for row in months:
        owed, paid = due(row.month), of_fen(row.paid)
        gap = _gap(owed, paid)
        w.add(f"{_row(row.month, owed, paid)} = {sum_text(gap)}" + ("" if gap else "，没有差额"), gap)
    w.figure("months", "月数", Fraction(len(months)))


def shutdown_wage(given: Shutdown, w: Working) -> None:
    w.say("停工不超过一个工资支付周期的，按劳动合同约定的标准支付工资")
    _below(given.months, lambda _: of_fen(given.monthly_wage), w)
    w.doubt("每次停工是否不超过一个工资支付周期须核对；超过的另按待岗计算")


def minimum_wage_gap(given: PaidMonths, w: Working) -> None:
    w.say("提供了正常劳动的，每月工资不得低于当月的最低工资标准")
    _below(given.months, lambda month: w.amount("min_wage_monthly", month), w)
    w.doubt("实发工资中的加班费、中夜班津贴、特殊环境津贴等不计入比较，填写前请先剔除")


def standby_pay(given: PaidMonths, w: Working) -> None:
    w.say("自第二个工资支付周期起，没有安排工作的，生活费不低于最低工资的70%")
    _below(given.months, lambda month: w.amount("standby_floor", month), w)


def sick_pay_gap(given: PaidMonths, w: Working) -> None:
    w.say("医疗期内的病假工资不低于最低工资的80%")
    _below(given.months, lambda month: w.amount("sick_pay_floor", month), w)


class Surcharge(Inputs):
    unpaid: Money = Field(title="逾期仍未支付的金额")
    order_number: Words | None = Field(
        default=None, title="责令支付文书的文号", description="劳动行政部门责令限期支付的文书；没有的不填"
    )
    ordered_on: Day | None = Field(default=None, title="责令日期")
    due_on: Day | None = Field(default=None, title="责令支付的最后一日")
    rate: Number | None = Field(
        default=None, ge=50, le=100, title="主张的比例（%）", description="50至100之间；不填就列出上下限"
    )

    @field_validator("due_on")
    @classmethod
    def _in_order(cls, due: date | None, info: ValidationInfo) -> date | None:
        return not_before(due, info.data.get("ordered_on"), "早于责令日期，请核对。")


def extra_compensation(given: Surcharge, w: Working) -> None:
    unpaid, day = of_fen(given.unpaid), w.as_of or w.today
    if given.due_on is None or given.order_number is None:
        w.say("没有劳动行政部门责令限期支付的文书和期限，仲裁不支持加付赔偿金")
        w.add("加付赔偿金", Fraction(0))
        return
    if day <= given.due_on:
        w.add(f"责令支付的期限到{day_text(given.due_on)}，还没有逾期，不发生加付赔偿金", Fraction(0))
        return
    w.say(f"{given.order_number}责令于{day_text(given.due_on)}前支付，已逾期，仍有{sum_text(unpaid)}未付")
    low, high = unpaid * LEAST, unpaid * MOST
    w.say(f"加付50%至100%：{sum_text(low)}至{sum_text(high)}")
    w.between(low, high)
    if given.rate is None:
        w.answer = f"{sum_text(low)}至{sum_text(high)}，另加未付的{sum_text(unpaid)}"
        return
    share = Fraction(given.rate) / 100
    w.add(f"{sum_text(unpaid)} × {percent_text(share)} = {sum_text(unpaid * share)}", unpaid * share)


class Bonus(Inputs):
    bonus: Wage = Field(title="全额奖金", description="按约定或规章，全年或整项应得的数额")
    percent: Number = Field(default=Decimal(100), gt=0, le=100, title="应得的百分比（%）", description="如半年为50")
    paid: Money = Field(default=0, title="已付奖金")


def bonus_share(given: Bonus, w: Working) -> None:
    bonus, share = of_fen(given.bonus), Fraction(given.percent) / 100
    w.add(f"{sum_text(bonus)} × {percent_text(share)} = {sum_text(bonus * share)}", bonus * share)
    w.subtract_paid(of_fen(given.paid))
    w.doubt("奖金、提成依约定或规章制度；比例由双方的约定、出勤和证据决定，法律没有固定比例")


FORMULAS = (
    Formula(
        "arrears",
        "拖欠工资",
        GROUP,
        "wages",
        Arrears,
        arrears,
        "单位没有按时足额发工资。在职期间的欠薪不受一年时效限制，离职后一年内要提出。",
        ("LCL-30", "LMA-27.4"),
    ),
    Formula(
        "shutdown_wage",
        "停工期间的工资",
        GROUP,
        "wages",
        Shutdown,
        shutdown_wage,
        "不是职工的原因造成单位停工，在一个工资支付周期以内。",
        ("WPR-12", "LCL-30"),
    ),
    Formula(
        "minimum_wage_gap",
        "最低工资差额",
        GROUP,
        "minimum_wage",
        PaidMonths,
        minimum_wage_gap,
        "正常上班，但每月发的工资低于当地最低工资标准。",
        ("LCL-85", "MWP-12"),
    ),
    Formula(
        "standby_pay",
        "待岗生活费差额",
        GROUP,
        "wages",
        PaidMonths,
        standby_pay,
        "单位停工停产超过一个工资支付周期，没有安排工作。",
        (),
    ),
    Formula(
        "sick_pay_gap",
        "病假工资差额",
        GROUP,
        "wages",
        PaidMonths,
        sick_pay_gap,
        "在医疗期内休病假，单位发的病假工资低于下限。",
        (),
    ),
    Formula(
        "extra_compensation",
        "加付赔偿金",
        GROUP,
        "extra_compensation",
        Surcharge,
        extra_compensation,
        "劳动行政部门已经责令限期支付工资、加班费、经济补偿或最低工资差额，单位到期仍不支付。",
        ("LCL-85", "LSR-26", "BJQA-6"),
    ),
    Formula(
        "bonus_share",
        "按比例的奖金",
        GROUP,
        "bonus",
        Bonus,
        bonus_share,
        "约定的奖金、提成没有付或者只应付一部分。",
        ("LCL-30",),
    ),
)
