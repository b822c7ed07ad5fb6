"""Whose means are examined (LAL 41, 42), always with the reason."""

import pytest

from mediation.engine.codes import load_codes
from mediation.legal_aid.means import means
from mediation.settings import Settings

CODES = load_codes(Settings().workflows_folder / "codes")


@pytest.mark.parametrize(
    ("ground", "scope", "settled", "exempt", "said"),
    [
        ("migrant_pay", "pay", True, True, "第四十二条第三项"),
        ("migrant_injury", "injury", True, True, "第四十二条第三项"),
        ("migrant_pay", "relation", False, False, "只适用于请求支付劳动报酬"),
        ("migrant_injury", None, False, False, "只适用于请求工伤事故人身损害赔偿"),
        ("no_income", "social_insurance", True, True, "第四十二条第一项"),
        ("relief", None, True, True, "第四十二条第二项"),
        ("exempt_other", "union", True, True, "第四十二条第四项"),
        ("hardship_promised", "union", True, False, "个人诚信承诺书（法律援助法第四十一条）"),
        ("hardship_checked", "pay", True, False, "信息共享"),
        ("infringed", "pay", True, False, "待核实"),
        ("hardship_told", "pay", False, False, "没有签署个人诚信承诺书"),
        (None, "pay", False, False, "没有签署个人诚信承诺书"),
    ],
)
def test_means_are_judged_with_their_reason(
    ground: str | None, scope: str | None, settled: bool, exempt: bool, said: str
) -> None:
    found = means(ground, scope)
    assert (found.settled, found.exempt) == (settled, exempt)
    assert said in found.reason


def test_every_code_of_the_form_is_judged() -> None:
    right = {"migrant_pay": "pay", "migrant_injury": "injury"}
    settled = {code: means(code, right.get(code)).settled for code in CODES["aid_means"]}
    assert [code for code, well in settled.items() if not well] == ["hardship_told"]


def test_the_eight_grounds_of_termination_name_their_article() -> None:
    grounds = CODES["aid_termination_grounds"]
    items = ("第一项", "第二项", "第三项", "第四项", "第五项", "第六项", "第七项", "第八项")
    assert [grounds.about(code)["article"] for code in grounds] == [f"法律援助法第四十八条{item}" for item in items]
