"""工伤待遇。平均工资、可支配收入都取上一年度的统计；没有核到的口径随数额标明。"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from mediation.law.entitlements.fields import Count, Day, Inputs, Number, Wage, titled
from mediation.law.entitlements.sums import number_text, of_fen, percent_text, sum_text
from mediation.law.entitlements.working import Formula, Working

GROUP = "工伤"
LOWEST, HIGHEST = Fraction(6, 10), Fraction(3)
"""本人工资 lies between 60 % and 300 % of the regional average (工伤保险条例第六十四条)."""
LUMP = {1: 27, 2: 25, 3: 23, 4: 21, 5: 18, 6: 16, 7: 13, 8: 11, 9: 9, 10: 7}
"""Grade → months of one's own wage (第三十五条至第三十七条)."""
ALLOWANCE = {1: 90, 2: 85, 3: 80, 4: 75, 5: 70, 6: 60}
"""Grade → per cent of one's own wage each month; grades 5 and 6 from the employer."""
CARE = {"full": 50, "most": 40, "part": 30}
SUBSIDY = {5: 18, 6: 15, 7: 12, 8: 9, 9: 6, 10: 3}
"""Grade → months of the city's average wage, in Beijing, once from the fund and once from the employer."""
FUNERAL_MONTHS, DEATH_YEARS = 6, 20
UNINSURED = "单位依法应当参保而没有参保的，基金支付的部分也由单位支付"


class Injured(Inputs):
    own_wage: Wage = Field(title="本人工资", description="受伤前十二个月平均月缴费工资")
    injured_on: Day = Field(title="受伤日期", description="发生事故或者诊断为职业病的日子")


class Disabled(Injured):
    grade: Count = Field(ge=1, le=10, title="伤残等级（1至10级）")


def _average(on: date, w: Working) -> Fraction:
    return w.of_last_year("injury_average_wage_monthly", on)


def _own_wage(given: Injured, w: Working) -> Fraction:
    average, wage = _average(given.injured_on, w), of_fen(given.own_wage)
    bounded = min(max(wage, average * LOWEST), average * HIGHEST)
    limits = f"平均工资{sum_text(average)}的60%至300%（{sum_text(average * LOWEST)}至{sum_text(average * HIGHEST)}）"
    change = "在上下限之内" if bounded == wage else f"超出上下限，按{sum_text(bounded)}计"
    w.say(f"本人工资{sum_text(wage)}，{limits}，{change}")
    w.figure("base", "本人工资", sum_text(bounded))
    return bounded


def disability(given: Disabled, w: Working) -> None:
    wage, months = _own_wage(given, w), LUMP[given.grade]
    w.figure("months", "月数", Fraction(months))
    w.add(f"{given.grade}级：{sum_text(wage)} × {months}个月 = {sum_text(wage * months)}", wage * months)
    w.say(f"由工伤保险基金支付；{UNINSURED}")


class Allowance(Injured):
    grade: Count = Field(ge=1, le=6, title="伤残等级（1至6级）")
    months: Number = Field(default=Decimal(1), gt=0, title="月数", description="不填就算一个月")


def allowance(given: Allowance, w: Working) -> None:
    wage, share, months = _own_wage(given, w), Fraction(ALLOWANCE[given.grade], 100), Fraction(given.months)
    monthly = wage * share
    told = f"{given.grade}级：每月{sum_text(wage)} × {percent_text(share)} = {sum_text(monthly)}"
    w.add(f"{told}，{number_text(months)}个月共{sum_text(monthly * months)}", monthly * months)
    if given.grade < 5:
        w.say(f"由工伤保险基金支付；{UNINSURED}")
    else:
        w.say("保留劳动关系、难以安排工作的，由单位支付")


Level = Annotated[
    Literal["full", "most", "part"],
    titled(full="完全不能自理", most="大部分不能自理", part="部分不能自理"),
]


class Care(Inputs):
    level: Level = Field(title="护理等级")
    on: Day = Field(title="哪一天起享受", description="按上一年度平均工资计算")
    months: Number = Field(default=Decimal(1), gt=0, title="月数", description="不填就算一个月")


def care(given: Care, w: Working) -> None:
    average, share, months = _average(given.on, w), Fraction(CARE[given.level], 100), Fraction(given.months)
    monthly = average * share
    told = f"每月{sum_text(average)} × {percent_text(share)} = {sum_text(monthly)}"
    w.add(f"{told}，{number_text(months)}个月共{sum_text(monthly * months)}", monthly * months)
    w.say(f"由工伤保险基金支付；{UNINSURED}")


class LeavePay(Inputs):
    monthly_wage: Wage = Field(title="受伤前的月工资", description="停工留薪期内原工资福利待遇不变")
    months: Number = Field(gt=0, le=24, title="停工留薪期（月）")


def leave_pay(given: LeavePay, w: Working) -> None:
    wage, months = of_fen(given.monthly_wage), Fraction(given.months)
    w.add(f"{sum_text(wage)} × {number_text(months)}个月 = {sum_text(wage * months)}", wage * months)
    w.say("由单位按月支付")
    if months > 12:
        w.doubt("停工留薪期一般不超过十二个月，延长须经劳动能力鉴定委员会确认，请核对")


SUBSIDIES = {"medical": "一次性工伤医疗补助金（基金支付）", "employment": "一次性伤残就业补助金（单位支付）"}
Which = Annotated[
    Literal["medical", "employment"],
    titled(**SUBSIDIES),
]


class Subsidy(Inputs):
    which: Which = Field(title="哪一种补助金")
    grade: Count = Field(ge=5, le=10, title="伤残等级（5至10级）")
    left_on: Day = Field(title="劳动关系结束的日期")
    base: Wage | None = Field(default=None, title="计发基数（外地）", description="北京不填；外地填当地规定的基数")
    months: Number | None = Field(
        default=None, gt=0, title="月数（外地）", description="北京不填；外地填当地规定的月数"
    )


def subsidy(given: Subsidy, w: Working) -> None:
    w.title = SUBSIDIES[given.which]
    base = _average(given.left_on, w) if given.base is None else of_fen(given.base)
    months = Fraction(SUBSIDY[given.grade] if given.months is None else given.months)
    if given.base is not None or given.months is not None:
        w.doubt("计发基数或月数按所填的外地规定计算，请核对当地规定")
    w.figure("base", "计发基数", sum_text(base))
    w.figure("months", "月数", months)
    told = f"{given.grade}级：{sum_text(base)} × {number_text(months)}个月"
    w.add(f"{told} = {sum_text(base * months)}", base * months)
    if given.which == "medical":
        w.say(f"由工伤保险基金支付；{UNINSURED}")
    else:
        w.say("由单位支付")


class Died(Inputs):
    died_on: Day = Field(title="死亡日期")


def funeral(given: Died, w: Working) -> None:
    average = _average(given.died_on, w)
    w.add(
        f"{sum_text(average)} × {FUNERAL_MONTHS}个月 = {sum_text(average * FUNERAL_MONTHS)}", average * FUNERAL_MONTHS
    )
    w.say(f"由工伤保险基金支付；{UNINSURED}")


def death(given: Died, w: Working) -> None:
    income = w.of_last_year("urban_disposable_income", given.died_on)
    amount = income * DEATH_YEARS
    w.add(f"上一年度全国城镇居民人均可支配收入{sum_text(income)} × {DEATH_YEARS} = {sum_text(amount)}", amount)
    w.say(f"由工伤保险基金支付，另有供养亲属抚恤金；{UNINSURED}")


def _formula(id: str, title: str, inputs: type[Inputs], rule: object, applies: str, *cites: str) -> Formula:
    return Formula(id, title, GROUP, "injury", inputs, rule, applies, (*cites, "WII-62"))  # type: ignore[arg-type]


FORMULAS = (
    _formula(
        "injury_disability",
        "一次性伤残补助金",
        Disabled,
        disability,
        "认定为工伤，经劳动能力鉴定为一至十级。",
        "WII-35",
        "WII-36",
        "WII-37",
        "WII-64",
    ),
    _formula(
        "injury_allowance",
        "伤残津贴",
        Allowance,
        allowance,
        "鉴定为一至四级，或者五级、六级而单位难以安排工作。",
        "WII-35",
        "WII-36",
        "WII-64",
    ),
    _formula("injury_care", "生活护理费", Care, care, "经鉴定确认生活需要护理。", "WII-34"),
    _formula("injury_leave_pay", "停工留薪期工资", LeavePay, leave_pay, "因工伤停工治疗期间。", "WII-33"),
    _formula(
        "injury_subsidy",
        "工伤医疗、就业补助金",
        Subsidy,
        subsidy,
        "五至十级，劳动关系结束时。医疗补助金和就业补助金要分别各算一次。",
        "WII-36",
        "WII-37",
        "BJWI",
    ),
    _formula("injury_funeral", "丧葬补助金", Died, funeral, "职工因工死亡。", "WII-39"),
    _formula("injury_death", "一次性工亡补助金", Died, death, "职工因工死亡。", "WII-39"),
)
