"""没有法律公式的算术：合计、平均分摊、占比。"""

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from mediation.law.entitlements.fields import MOST_ROWS, Count, Inputs, Money, Words
from mediation.law.entitlements.sums import of_fen, percent_text, rounded, sum_text
from mediation.law.entitlements.working import Formula, Working
from mediation.money import split

GROUP = "算术"


class Item(Inputs):
    title: Words = Field(title="项目")
    amount: Money = Field(title="金额")


class Items(Inputs):
    items: Annotated[list[Item], Field(min_length=1, max_length=MOST_ROWS)] = Field(title="各项金额")
    credits: Annotated[list[Item], Field(max_length=MOST_ROWS)] = Field(default=[], title="减去（已付等）")


def total(given: Items, w: Working) -> None:
    for item in given.items:
        w.add(f"{item.title}：{sum_text(of_fen(item.amount))}", of_fen(item.amount))
    for item in given.credits:
        w.say(f"已付：{item.title}{sum_text(of_fen(item.amount))}")
    w.subtract_paid(sum((of_fen(item.amount) for item in given.credits), Fraction(0)))


class Shared(Inputs):
    total: Money = Field(title="总额")
    people: Count = Field(ge=1, title="人数")


def equal_share(given: Shared, w: Working) -> None:
    each = of_fen(given.total) / given.people
    w.add(f"{sum_text(of_fen(given.total))} ÷ {given.people} = {sum_text(each)}", each)
    if rounded(each) * given.people != given.total:
        parts = split(given.total, [1] * given.people)
        more, less = parts.count(parts[0]), parts.count(parts[-1])
        told = f"{more}人各{sum_text(of_fen(parts[0]))}，{less}人各{sum_text(of_fen(parts[-1]))}"
        w.say(f"不能平均到分，逐人分摊为：{told}，合计正好{sum_text(of_fen(given.total))}")


class Share(Inputs):
    part: Money = Field(title="部分")
    whole: Annotated[Money, Field(gt=0)] = Field(title="全部")


def share(given: Share, w: Working) -> None:
    value = Fraction(given.part, given.whole)
    percent = Fraction(rounded(value * 100), 100)
    w.answer = percent_text(percent / 100)
    w.say(f"{sum_text(of_fen(given.part))} ÷ {sum_text(of_fen(given.whole))} = {w.answer}")


FORMULAS = (
    Formula("sum", "各项合计", GROUP, "other", Items, total, "把几项金额加起来，减去已经付的。", ()),
    Formula("equal_share", "平均分摊", GROUP, None, Shared, equal_share, "一个总额由几个人平均分。", ()),
    Formula("share", "占比", GROUP, None, Share, share, "一个金额占另一个金额的百分比。", ()),
)
