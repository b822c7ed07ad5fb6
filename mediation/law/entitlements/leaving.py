"""离职：经济补偿、违法解除赔偿金、代通知金。"""

from datetime import date
from fractions import Fraction

from pydantic import Field, ValidationInfo, field_validator

from mediation.law.entitlements.fields import Day, Inputs, Wage, not_before
from mediation.law.entitlements.spans import full_months, on_the_edge, service_months
from mediation.law.entitlements.sums import day_text, number_text, of_fen, span_text, sum_text
from mediation.law.entitlements.working import Formula, Working

GROUP = "离职"
LONGEST_CAPPED = 12
"""Months' pay at most, where the wage itself is capped (劳动合同法第四十七条第二款)."""


class Employment(Inputs):
    """From the first to the last day of employment, and the average wage before the end."""

    start: Day = Field(title="入职日", description="第一天上班的日子")
    end: Day = Field(title="离职日", description="劳动关系结束的日子，当天计入")
    average_wage: Wage = Field(
        title="离职前十二个月平均应得工资",
        description="扣社保、个税之前的应得工资，含奖金、津贴和加班费；不满十二个月的按实际月数平均",
    )

    @field_validator("end")
    @classmethod
    def _in_order(cls, end: date, info: ValidationInfo) -> date:
        not_before(end, info.data.get("start"), "离职日早于入职日，请核对。")
        return end


class Notice(Inputs):
    last_wage: Wage = Field(title="解除前上一个月工资", description="整月的应得工资")
    end: Day | None = Field(default=None, title="离职日")


class EmploymentAndNotice(Employment):
    last_wage: Wage = Field(title="解除前上一个月工资", description="整月的应得工资")


def compensation(given: Employment, w: Working) -> tuple[Fraction, str]:
    """N, exact, and how it was multiplied; writes the length of service, the base and the limits on the sheet."""
    k = _service(given, w)
    wage = of_fen(given.average_wage)
    cap = w.find("cap_wage_monthly", given.end, "没有核对封顶，月工资超过当地月平均工资三倍的须另行封顶")
    floor = w.find("min_wage_monthly", given.end, "没有核对最低工资下限")
    base = _base(wage, cap, floor, w)
    if cap is not None and wage > cap and k > LONGEST_CAPPED:
        w.say(f"月工资已封顶，年限最高计{LONGEST_CAPPED}个月，{number_text(k)}个月按{LONGEST_CAPPED}个月计")
        k = Fraction(LONGEST_CAPPED)
    w.figure("base", "月工资基数", sum_text(base))
    w.figure("months", "补偿月数", k)
    return base * k, f"{sum_text(base)} × {number_text(k)} = {sum_text(base * k)}"


def _service(given: Employment, w: Working) -> Fraction:
    k = service_months(given.start, given.end)
    months, days = full_months(given.start, given.end)
    rule = "每满一年计一个月；余数满六个月计一个月，不满六个月计半个月"
    span = f"{day_text(given.start)}至{day_text(given.end)}，共{span_text(months, days)}"
    w.say(f"工作年限：{span}；{rule}，计{number_text(k)}个月")
    if on_the_edge(given.start, given.end):
        w.doubt("年限正好在分界上，差一天结果就不同，请核对入职日和离职日（首尾两天都计入）")
    return k


def _base(wage: Fraction, cap: Fraction | None, floor: Fraction | None, w: Working) -> Fraction:
    """The capped or raised wage. A year's limit of twelve goes with the cap only, never with a wage at or below it."""
    told = f"离职前十二个月平均应得工资{sum_text(wage)}"
    if cap is not None and wage > cap:
        w.say(f"{told}，高于封顶月工资{sum_text(cap)}，按{sum_text(cap)}计")
        return cap
    if floor is not None and wage < floor:
        w.say(f"{told}，低于最低工资{sum_text(floor)}，按{sum_text(floor)}计")
        return floor
    limits = [f"不高于封顶月工资{sum_text(cap)}"] if cap is not None else []
    limits += [f"不低于最低工资{sum_text(floor)}"] if floor is not None else []
    w.say("，".join([told, *limits]))
    return wage


def severance(given: Employment, w: Working) -> None:
    amount, told = compensation(given, w)
    w.add(f"经济补偿 = {told}", amount)


def unlawful_dismissal(given: Employment, w: Working) -> None:
    amount, told = compensation(given, w)
    w.say(f"经济补偿标准 = {told}")
    w.add(f"赔偿金 = {sum_text(amount)} × 2 = {sum_text(2 * amount)}", 2 * amount)
    w.doubt("赔偿金与经济补偿、代通知金不能同时主张；劳动者也可以要求继续履行劳动合同，两者选其一")


def _notice(last_wage: int, w: Working) -> None:
    wage = of_fen(last_wage)
    w.figure("last_wage", "解除前上一个月工资", sum_text(wage))
    w.add(f"代通知金 = 解除前上一个月工资 = {sum_text(wage)}", wage, "notice_pay")
    w.doubt("待核实：代通知金能否按三倍封顶、上一个月工资明显偏低时能否改按平均工资，北京没有统一规定")


def notice_pay(given: Notice, w: Working) -> None:
    _notice(given.last_wage, w)


def severance_plus_one(given: EmploymentAndNotice, w: Working) -> None:
    severance(given, w)
    _notice(given.last_wage, w)


SEVERANCE = ("LCL-46", "LCL-47", "LCLR-27", "BJQA-55")

FORMULAS = (
    Formula(
        "severance",
        "经济补偿（N）",
        GROUP,
        "severance",
        Employment,
        severance,
        "单位有过错职工被迫离职、单位提出协商解除、因病或不能胜任等被解除、裁员、合同到期单位不续签等情形。",
        SEVERANCE,
    ),
    Formula(
        "unlawful_dismissal",
        "违法解除赔偿金（2N）",
        GROUP,
        "unlawful_dismissal",
        Employment,
        unlawful_dismissal,
        "单位没有合法理由，或者没有依法定程序就解除、终止劳动合同。",
        ("LCL-48", "LCL-87", "LCLR-25", *SEVERANCE),
    ),
    Formula(
        "severance_plus_one",
        "经济补偿加代通知金（N+1）",
        GROUP,
        "severance",
        EmploymentAndNotice,
        severance_plus_one,
        "单位依劳动合同法第四十条解除（医疗期满、不能胜任、客观情况变化），又没有提前三十日书面通知。裁员没有“+1”。",
        ("LCL-40", "LCLR-20", *SEVERANCE),
    ),
    Formula(
        "notice_pay",
        "代通知金（+1）",
        GROUP,
        "notice_pay",
        Notice,
        notice_pay,
        "单位依劳动合同法第四十条解除，又没有提前三十日书面通知。",
        ("LCL-40", "LCLR-20"),
    ),
)
