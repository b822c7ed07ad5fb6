"""合同约定：违法试用期、竞业限制补偿、培训违约金；社会保险待遇损失。"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from mediation.law.entitlements.fields import Day, Inputs, Money, Number, Wage, Words, YesNo, not_before, titled
from mediation.law.entitlements.spans import full_months
from mediation.law.entitlements.sums import number_text, of_fen, percent_text, sum_text
from mediation.law.entitlements.working import Formula, Working

GROUP = "合同"
NON_COMPETE = Fraction(3, 10)


class Probation(Inputs):
    contract_months: Number = Field(title="合同期限（月）", description="无固定期限的填0并在下面选“是”")
    open_ended: YesNo = Field(default=False, title="无固定期限合同")
    worked_months: Number = Field(title="实际履行的试用期（月）")
    wage: Wage = Field(title="转正后的月工资")


def illegal_probation(given: Probation, w: Working) -> None:
    longest, worked, wage = _longest(given), Fraction(given.worked_months), of_fen(given.wage)
    beyond = max(worked - longest, Fraction(0))
    term = "无固定期限" if given.open_ended else f"{number_text(Fraction(given.contract_months))}个月"
    w.say(f"合同期限{term}，试用期最长{longest}个月；实际{number_text(worked)}个月，超过{number_text(beyond)}个月")
    w.figure("months", "超过的月数", beyond)
    told = f"赔偿金 = 转正后月工资{sum_text(wage)} × {number_text(beyond)} = {sum_text(wage * beyond)}"
    w.add(told, wage * beyond)


def _longest(given: Probation) -> int:
    """Months of probation that the length of the contract allows (劳动合同法第十九条)."""
    months = given.contract_months
    if given.open_ended or months >= 36:
        return 6
    return 0 if months < 3 else 1 if months < 12 else 2


class NonCompete(Inputs):
    average_wage: Wage = Field(title="离职前十二个月平均工资")
    months: Number = Field(gt=0, title="已履行竞业限制的月数")
    paid: Money = Field(default=0, title="已付补偿")


def non_compete(given: NonCompete, w: Working) -> None:
    wage, months = of_fen(given.average_wage), Fraction(given.months)
    floor, monthly = w.amount("min_wage_monthly", w.today), wage * NON_COMPETE
    w.say(f"每月 = {sum_text(wage)} × 30% = {sum_text(monthly)}")
    if monthly < floor:
        w.say(f"低于最低工资，按最低工资{sum_text(floor)}计")
        monthly = floor
    w.figure("base", "每月补偿", sum_text(monthly))
    w.add(f"{sum_text(monthly)} × {number_text(months)}个月 = {sum_text(monthly * months)}", monthly * months)
    w.subtract_paid(of_fen(given.paid))
    w.doubt("只适用于没有约定补偿标准、职工已经履行竞业限制义务的情形；另有约定的先看约定")


class Training(Inputs):
    penalty: Wage = Field(title="约定的违约金")
    service_from: Day = Field(title="服务期开始日")
    left: Day = Field(title="离职日")
    service_years: Number = Field(default=Decimal(5), gt=0, title="约定的服务期（年）", description="不填就按5年")

    @field_validator("left")
    @classmethod
    def _in_order(cls, left: date, info: ValidationInfo) -> date:
        not_before(left, info.data.get("service_from"), "离职日早于服务期开始日，请核对。")
        return left


def training_penalty(given: Training, w: Working) -> None:
    penalty, years = of_fen(given.penalty), Fraction(given.service_years)
    served = min(Fraction(full_months(given.service_from, given.left)[0] // 12), years)
    each = 1 / years
    told = f"服务期{number_text(years)}年，已满{number_text(served)}年，每满一年递减{percent_text(each)}"
    left = 1 - each * served
    w.figure("years", "已满年数", served)
    w.say(told)
    w.add(f"{sum_text(penalty)} × {percent_text(left)} = {sum_text(penalty * left)}", penalty * left)
    w.say("这是职工应付单位的上限，不是单位应付职工的；双方可以约定更低的数额")
    w.doubt(
        "违约金不得超过单位提供的培训费用，也不得超过尚未履行的服务期应分摊的部分；这里按满整年递减，请与培训费用的凭据核对"
    )


Benefit = Annotated[
    Literal["pension", "medical", "unemployment", "maternity", "injury"],
    titled(
        pension="养老保险待遇",
        medical="医疗保险待遇",
        unemployment="失业保险待遇",
        maternity="生育保险待遇",
        injury="工伤保险待遇",
    ),
]


class Loss(Inputs):
    benefit: Benefit = Field(title="损失的是哪种待遇")
    amount: Wage = Field(title="损失金额", description="因为没有参保而拿不到的待遇，不是应补缴的保险费")
    proof: Words = Field(title="凭据", description="如医疗费票据、经办机构不能补办的证明、核定单")


def social_insurance_loss(given: Loss, w: Working) -> None:
    amount = of_fen(given.amount)
    w.say(f"凭据：{given.proof}")
    w.add(f"按凭据载明的损失{sum_text(amount)}计", amount)
    w.doubt("法律没有统一的计算公式，金额以凭据为准")
    w.doubt("要求补缴社会保险费不属于劳动争议，应向社会保险费征收机构或经办机构提出，不能填在这里")


FORMULAS = (
    Formula(
        "illegal_probation",
        "违法试用期赔偿金",
        GROUP,
        "probation",
        Probation,
        illegal_probation,
        "约定的试用期超过法律允许的长度，而且已经履行。",
        ("LCL-19", "LCL-83"),
    ),
    Formula(
        "non_compete",
        "竞业限制补偿",
        GROUP,
        "non_compete",
        NonCompete,
        non_compete,
        "约定了离职后的竞业限制，没有约定补偿，职工已经履行。",
        ("JI1-36",),
    ),
    Formula(
        "training_penalty",
        "培训服务期违约金（递减）",
        GROUP,
        "training_penalty",
        Training,
        training_penalty,
        "单位出资培训并约定服务期，职工提前离职，核对单位最多可以要求多少。",
        ("LCL-22",),
    ),
    Formula(
        "social_insurance_loss",
        "社会保险待遇损失",
        GROUP,
        "social_insurance_loss",
        Loss,
        social_insurance_loss,
        "单位没有办理社会保险，而且经办机构不能补办，职工因此拿不到待遇。",
        ("JI1-1.5", "BJQA-1"),
    ),
)
