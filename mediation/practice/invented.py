"""Invented people, employers and disputes. Numbers pass every check and belong to nobody.

Resident ID numbers and credit codes carry the division code 119999: codes of divisions are assigned by the state
(GB/T 2260), and none ends in 9999. Telephone numbers are 1990000xxxx. The district 示范区 does not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from stdnum.cn import ric
from stdnum.cn import uscc as social_credit

NOWHERE = "119999"

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红梅建国志海春秋雪晨浩宇佳欣怡思远文博晓东立新永福秀云"
_TRADES: Sequence[tuple[str, str, str]] = (
    ("餐饮管理", "H", "private"),
    ("电子科技", "C", "private"),
    ("建筑劳务", "E", "subcontractor"),
    ("建设工程", "E", "main_contractor"),
    ("物业服务", "K", "private"),
    ("服饰", "C", "private"),
    ("物流", "G", "private"),
    ("供应链配送", "G", "platform_partner"),
    ("教育咨询", "P", "private"),
    ("家政服务", "O", "sole_trader"),
    ("食品", "C", "collective"),
    ("人力资源", "L", "dispatcher"),
    ("医疗器械", "C", "hk_macau_taiwan"),
    ("文化传媒", "R", "private"),
)
_MARKS: Sequence[str] = (
    *("云桥", "启禾", "明湾", "瑞楠", "青岳", "泽岸", "恒砚", "嘉澍", "融川", "朗坤"),
    *("安芮", "欣樾", "博澜", "和筑", "盛屿", "宏茂", "佳禧", "晟途", "远舟", "同沐"),
)
_ROADS = ["东街", "西苑路", "南湖路", "锦绣路", "文化巷", "工人新村", "建设路", "滨河路"]


@dataclass(frozen=True, slots=True)
class Dispute:
    """A kind of dispute: cause, head of claim, what is told, and the usual range in yuan."""

    cause: str
    head: str
    told: str
    low: int
    high: int


DISPUTES: Sequence[Dispute] = (
    Dispute("B1", "wages", "单位拖欠{months}个月工资，多次催要未果，劳动者要求付清。", 6_000, 48_000),
    Dispute("B1", "wages", "离职时最后{months}个月工资没有结清，单位称须等项目回款。", 4_000, 26_000),
    Dispute("B2", "overtime", "长期周末加班，没有安排补休，也没有支付加班工资。", 3_000, 32_000),
    Dispute("B3", "bonus", "单位以考核为由扣发绩效奖金，劳动者认为没有依据。", 1_500, 20_000),
    Dispute("B4", "double_wage", "入职{months}个月后才签书面合同，劳动者主张二倍工资差额。", 8_000, 45_000),
    Dispute("B5", "annual_leave", "两年没有休过年休假，离职时单位不予补偿。", 1_200, 9_000),
    Dispute("C1", "severance", "单位因业务调整解除合同，没有支付经济补偿。", 9_000, 78_000),
    Dispute("C2", "unlawful_dismissal", "单位口头通知不用再来上班，没有说明理由。", 15_000, 120_000),
    Dispute("D1", "social_insurance_loss", "单位没有缴纳失业保险，劳动者主张待遇损失。", 3_000, 18_000),
    Dispute("E1", "injury", "搬运货物时扭伤，双方对停工期间的待遇有分歧。", 5_000, 60_000),
    Dispute("J1", "wages", "配送员被扣发当月报酬，平台合作企业称系投诉罚款。", 300, 6_000),
    Dispute("F1", "other", "单位单方调整班次，劳动者要求恢复原工时并补差额。", 800, 7_000),
)


class Inventor:
    """Makes the same inventions in the same order for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._serial = 0
        self._names: set[str] = set()
        self.employers = [self._employer(mark, index) for index, mark in enumerate((*_MARKS, *_MARKS))]

    def _next(self) -> int:
        self._serial += 1
        return self._serial

    def name(self) -> str:
        """A name that nobody else in the district has."""
        while True:
            given = "".join(self.random.sample(_GIVEN, self.random.choice((1, 2, 2))))
            name = self.random.choice(_SURNAMES) + given
            if name not in self._names:
                self._names.add(name)
                return name

    def phone(self) -> str:
        return f"1990000{self._next():04d}"

    def worker(self) -> dict[str, Any]:
        """A worker as typed at the counter."""
        born = date(1964, 1, 1).toordinal() + self.random.randrange(365 * 40)
        body = f"{NOWHERE}{date.fromordinal(born):%Y%m%d}{self._next() * 617 % 1000:03d}"
        return {
            "name": self.name(),
            "phone": self.phone(),
            "id_kind": "resident_id",
            "id_number": body + ric.calc_check_digit(body + "0"),
            "address": f"示范区{self.random.choice(_ROADS)}{self.random.randrange(1, 200)}号",
            "migrant_worker": self.random.random() < 0.45,
            "union_member": self.random.random() < 0.6,
        }

    def _employer(self, mark: str, index: int) -> dict[str, Any]:
        trade, industry, kind = _TRADES[index % len(_TRADES)]
        body = f"91{NOWHERE}PR{index:07d}"
        return {
            "name": f"示范区{mark}{trade}有限公司",
            "uscc": body + social_credit.calc_check_digit(body),
            "kind": kind,
            "industry": industry,
            "legal_representative": self.name(),
            "address": f"示范区{self.random.choice(_ROADS)}{self.random.randrange(1, 200)}号",
            "phone": self.phone(),
        }

    def employer(self) -> dict[str, Any]:
        """One of the district's employers; some are in dispute more often than others."""
        return self.employers[
            min(self.random.randrange(len(self.employers)), self.random.randrange(len(self.employers)))
        ]

    def dispute(self, cause: str | None = None) -> Dispute:
        """Of any kind, or of this one."""
        return self.random.choice([one for one in DISPUTES if cause in (None, one.cause)])

    def told(self, dispute: Dispute) -> str:
        return dispute.told.format(months=self.random.randrange(2, 7))

    def sum(self, dispute: Dispute) -> int:
        """What is asked, in yuan."""
        step = 10 if dispute.high < 10_000 else 100
        return self.random.randrange(dispute.low, dispute.high, step)
