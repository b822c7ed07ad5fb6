"""按日、按时折算的工资：加班费、未休年休假工资、不满月工资。"""

from calendar import isleap
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from mediation.law.entitlements.fields import Count, Day, Inputs, Money, Number, Wage, YesNo, titled, wrong
from mediation.law.entitlements.sums import day_text, number_text, of_fen, percent_text, sum_text
from mediation.law.entitlements.working import Formula, Working

System = Annotated[
    Literal["standard", "comprehensive", "flexible"],
    titled(standard="标准工时", comprehensive="综合计算工时", flexible="不定时工时"),
]
NONE = Decimal(0)
WEEKDAY, REST_DAY, HOLIDAY = Fraction(3, 2), Fraction(2), Fraction(3)
"""How many times the wage: 150 %, 200 %, 300 % (劳动法第四十四条)."""


class Overtime(Inputs):
    monthly_wage: Wage = Field(
        title="月工资基数", description="约定的工资，但不低于实际固定工资和最低工资；不含上月的加班费"
    )
    weekday_hours: Number = Field(default=NONE, title="平日加班小时", description="综合计算工时的，填超过总工时的小时")
    rest_days: Number = Field(default=NONE, title="休息日加班天数", description="只填没有安排补休的")
    rest_hours: Number = Field(default=NONE, title="休息日加班小时", description="不足一天的填小时，只填没有安排补休的")
    holiday_days: Number = Field(default=NONE, title="法定节假日加班天数", description="补休不能代替加班费")
    holiday_hours: Number = Field(default=NONE, title="法定节假日加班小时")
    system: System = Field(default="standard", title="工时制度", description="综合、不定时工时须经审批")
    paid: Money = Field(default=0, title="已付加班费")

    @field_validator("system")
    @classmethod
    def _no_rest_days(cls, system: str, info: ValidationInfo) -> str:
        if system == "comprehensive" and (info.data.get("rest_days") or info.data.get("rest_hours")):
            raise wrong("综合计算工时不单算休息日加班，请把超过总工时的小时填在“平日加班小时”。")
        return system


def overtime(given: Overtime, w: Working) -> None:
    base = _at_least_minimum(of_fen(given.monthly_wage), w)
    if given.system == "flexible":
        w.add("不定时工时一般不计加班费", Fraction(0))
        w.doubt("不定时工时在法定节假日上班是否支付，按当地规定和约定，没有核到北京的明文")
        return
    day, hour = base / w.amount("pay_divisor_days", w.today), base / w.amount("pay_divisor_hours", w.today)
    w.figure("base", "月工资基数", sum_text(base))
    w.say(f"日工资 = {sum_text(base)} ÷ 21.75 = {sum_text(day)}；小时工资 = {sum_text(base)} ÷ 174 = {sum_text(hour)}")
    for title, unit, number, wage, times in (
        ("平日加班", "小时", given.weekday_hours, hour, WEEKDAY),
        ("休息日加班", "天", given.rest_days, day, REST_DAY),
        ("休息日加班", "小时", given.rest_hours, hour, REST_DAY),
        ("法定节假日加班", "天", given.holiday_days, day, HOLIDAY),
        ("法定节假日加班", "小时", given.holiday_hours, hour, HOLIDAY),
    ):
        if number:
            n = Fraction(number)
            told = f"{title}{number_text(n)}{unit}：{sum_text(wage)} × {number_text(n)} × {percent_text(times)}"
            w.add(f"{told} = {sum_text(wage * n * times)}", wage * n * times)
    w.subtract_paid(of_fen(given.paid))


def _at_least_minimum(wage: Fraction, w: Working) -> Fraction:
    floor = w.find("min_wage_monthly", w.today, "没有核对最低工资下限")
    if floor is None or wage >= floor:
        return wage
    w.say(f"月工资基数{sum_text(wage)}低于最低工资，按最低工资{sum_text(floor)}计")
    return floor


class AnnualLeave(Inputs):
    average_wage: Wage = Field(
        title="前十二个月平均工资（不含加班费）", description="离职的算离职前，在职的算要求支付前十二个月"
    )
    career_years: Count = Field(title="累计工作满几年", description="在所有单位工作的年数加起来，不满一年填0")
    year: Count = Field(ge=1990, le=2100, title="哪一年的年休假")
    joined: Day | None = Field(default=None, title="当年入职日", description="当年才入职的填；往年入职的不填")
    left: Day | None = Field(default=None, title="当年离职日", description="当年离职的填；没有离职的不填")
    taken: Number = Field(default=NONE, title="已休天数")
    refused: YesNo = Field(
        default=False, title="本人书面提出不休", description="单位安排了，本人书面表示因自己的原因不休"
    )

    @field_validator("joined", "left")
    @classmethod
    def _of_that_year(cls, day: date | None, info: ValidationInfo) -> date | None:
        if day is not None and "year" in info.data and day.year != info.data["year"]:
            raise wrong(f"应为{info.data['year']}年的日子；不在这一年的不填。")
        return day

    @field_validator("left")
    @classmethod
    def _in_order(cls, left: date | None, info: ValidationInfo) -> date | None:
        joined = info.data.get("joined")
        if left is not None and joined is not None and left < joined:
            raise wrong("离职日早于入职日，请核对。")
        return left


def annual_leave(given: AnnualLeave, w: Working) -> None:
    entitled = _entitled(given, w)
    taken = Fraction(given.taken)
    open_days = max(entitled - taken, Fraction(0))
    w.say(f"应休{number_text(entitled)}天，已休{number_text(taken)}天，未休{number_text(open_days)}天")
    w.figure("days", "未休天数", open_days)
    w.doubt("待核实：未休年休假工资的时效从何时起算，各地做法不一；累计病假、事假较长等情形当年不享受年休假")
    if given.refused:
        w.add("本人书面提出不休，只付正常工资，没有差额", Fraction(0))
        return
    day = of_fen(given.average_wage) / w.amount("pay_divisor_days", given.left or w.today)
    w.say(f"日工资 = {sum_text(of_fen(given.average_wage))} ÷ 21.75 = {sum_text(day)}")
    told = "按300%支付，其中100%已随当月工资发放，差额为200%"
    amount = day * open_days * 2
    w.add(f"{told}：{sum_text(day)} × {number_text(open_days)} × 200% = {sum_text(amount)}", amount)


def _entitled(given: AnnualLeave, w: Working) -> Fraction:
    """Days of leave for that year; a broken year gives its share, and parts of a day are lost (实施办法)."""
    years = given.career_years
    full = 0 if years < 1 else 5 if years < 10 else 10 if years < 20 else 15
    w.say(f"累计工作{years}年，全年应休{full}天" if full else "连续工作不满十二个月，没有年休假")
    if given.joined is None and given.left is None:
        return Fraction(full)
    first, last = given.joined or date(given.year, 1, 1), given.left or date(given.year, 12, 31)
    passed = (last - first).days + 1
    whole = passed >= 365 + isleap(given.year)
    share = full if whole else int(Fraction(passed, 365) * full)
    w.say(
        f"{day_text(first)}至{day_text(last)}共{passed}天：{passed} ÷ 365 × {full} = "
        f"{number_text(Fraction(passed * full, 365))}，不足一天的不计，为{share}天"
    )
    return Fraction(share)


class PartMonth(Inputs):
    monthly_wage: Wage = Field(title="月工资")
    days: Number = Field(gt=0, title="出勤天数")
    days_in_month: Number | None = Field(default=None, gt=0, title="每月按几天折算", description="不填就按21.75天")
    percent: Number = Field(
        default=Decimal(100), gt=0, le=100, title="按百分之几计", description="约定打折的才填；不填为100"
    )


def part_month_pay(given: PartMonth, w: Working) -> None:
    wage, days, share = of_fen(given.monthly_wage), Fraction(given.days), Fraction(given.percent) / 100
    divisor = Fraction(given.days_in_month) if given.days_in_month else w.amount("pay_divisor_days", w.today)
    amount = wage / divisor * share * days
    told = f"{sum_text(wage)} ÷ {number_text(divisor)} × {percent_text(share)} × {number_text(days)}天"
    w.add(f"{told} = {sum_text(amount)}", amount)
    if share < 1:
        w.doubt("按约定的比例打折计算；打折有没有依据、是否低于最低工资，须另行核对")


FORMULAS = (
    Formula(
        "overtime",
        "加班工资",
        "工资",
        "overtime",
        Overtime,
        overtime,
        "单位安排在平日延长工时、休息日（没有补休）或法定节假日上班，没有付或没有付足加班费。",
        ("LL-44", "WPR-13", "BJQA-57"),
    ),
    Formula(
        "annual_leave",
        "未休年休假工资",
        "工资",
        "annual_leave",
        AnnualLeave,
        annual_leave,
        "连续工作满十二个月，单位没有安排或没有安排够年休假。",
        ("ALR-3", "ALR-4", "ALR-5", "ALM-3", "ALM-5", "ALM-9", "ALM-10", "ALM-11", "ALM-12"),
    ),
    Formula(
        "part_month_pay",
        "不满一个月的工资",
        "工资",
        "wages",
        PartMonth,
        part_month_pay,
        "只上了几天班，按天数折算工资。",
        ("LCL-30",),
    ),
)
