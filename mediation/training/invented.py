"""Invented values in place of real ones: the same person or firm gets the same everywhere in one copy."""

import random
from datetime import date, timedelta

from stdnum.cn import ric
from stdnum.cn import uscc as social_credit

NOWHERE = "119999"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红梅建国志海春秋雪晨浩宇佳欣怡思远文博晓东立新永福秀云"
SENTENCE = "（练习数据：原来的文字已替换。）"


class Invented:
    """`secret` is thrown away with the object, so that nobody can find out who became whom."""

    def __init__(self) -> None:
        self._secret = random.SystemRandom().randbytes(32)

    def _of(self, kind: str, id: object) -> random.Random:
        return random.Random(f"{self._secret.hex()}/{kind}/{id}")

    def person(self, id: object) -> str:
        found = self._of("name", id)
        return found.choice(_SURNAMES) + "".join(found.sample(_GIVEN, 2))

    def firm(self, id: object) -> str:
        return f"练习用人单位{self._of('firm', id).randrange(10**6):06d}有限公司"

    def phone(self, id: object) -> str:
        return f"1990000{self._of('phone', id).randrange(10**4):04d}"

    def born(self, id: object) -> date:
        return date(1960, 1, 1) + timedelta(days=self._of("born", id).randrange(365 * 45))

    def id_number(self, id: object) -> str:
        body = f"{NOWHERE}{self.born(id):%Y%m%d}{self._of('number', id).randrange(1000):03d}"
        return str(body + ric.calc_check_digit(body + "0"))

    def code(self, id: int) -> str:
        """No two firms share one."""
        body = f"91{NOWHERE}PX{id % 10**7:07d}"
        return str(body + social_credit.calc_check_digit(body))

    def address(self, id: object) -> str:
        return f"示范区练习路{self._of('address', id).randrange(1, 200)}号"

    def bytes_like(self, number: int, size: int) -> bytes:
        """A file of the same size, so that receipts stay right; no two are the same where there is room."""
        return (f"{number}\n练习数据。原来的文件没有复制。\n".encode() + b" " * size)[:size]
