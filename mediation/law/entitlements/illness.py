"""患病：医疗期的长短；医疗补助费只提示，不计算。"""

from fractions import Fraction

from pydantic import Field, ValidationInfo, field_validator

from mediation.law.entitlements.fields import Count, Inputs, wrong
from mediation.law.entitlements.working import Formula, Working

GROUP = "患病"

SHORT_CAREER = ((5, 3, 6), (None, 6, 12))
LONG_CAREER = ((5, 6, 12), (10, 9, 15), (15, 12, 18), (20, 18, 24), (None, 24, 30))
"""(fewer years here than, months of treatment, counted within so many months), under and from ten years of work."""


class Years(Inputs):
    career_years: Count = Field(title="累计工作满几年", description="在所有单位工作的年数加起来")
    years_here: Count = Field(title="在本单位满几年")

    @field_validator("years_here")
    @classmethod
    def _within(cls, here: int, info: ValidationInfo) -> int:
        if here > info.data.get("career_years", here):
            raise wrong("不能多于累计工作年数，请核对。")
        return here


def medical_period(given: Years, w: Working) -> None:
    rows = SHORT_CAREER if given.career_years < 10 else LONG_CAREER
    months, within = next((m, n) for limit, m, n in rows if limit is None or given.years_here < limit)
    w.say(f"累计工作{given.career_years}年，在本单位{given.years_here}年：医疗期{months}个月，在{within}个月内累计计算")
    w.figure("months", "医疗期（月）", Fraction(months))
    w.figure("within", "累计计算期（月）", Fraction(within))
    w.say("医疗期内，单位不得依劳动合同法第四十条、第四十一条解除；期满仍不能工作的，依法解除须付经济补偿")
    w.answer = f"{months}个月（在{within}个月内累计）"


class Nothing(Inputs):
    pass


def medical_subsidy(_: Nothing, w: Working) -> None:
    w.say("旧规定写有医疗期满解除时的医疗补助费；据网页转载，该规定已于2017年11月24日废止，本系统不计算")
    w.doubt(
        "待核实：废止通知的官方原件没有核到，医疗补助费有没有别的依据也没有核到；请咨询律师或当地仲裁委员会，不要据此填写金额"
    )
    w.answer = "不计算"


FORMULAS = (
    Formula(
        "medical_period",
        "医疗期",
        GROUP,
        None,
        Years,
        medical_period,
        "患病或者不是因工负伤，需要停工治疗。这里只算医疗期有多长。",
        ("MTP-3", "MTP-4", "LCL-42.3", "LCL-40"),
    ),
    Formula(
        "medical_subsidy",
        "医疗补助费（只提示）",
        GROUP,
        None,
        Nothing,
        medical_subsidy,
        "医疗期满被解除劳动合同，有人主张医疗补助费。",
        ("MTA",),
    ),
)
