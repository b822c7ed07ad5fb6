"""Is the economic hardship of an applicant settled, and why? Legal Aid Law (LAL) 41 and 42."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Means:
    """`settled`: aid may be granted as far as means go. `exempt`: nobody examines them. `reason` is Chinese."""

    settled: bool
    exempt: bool
    reason: str


EXEMPT: Mapping[str, str] = {
    "no_income": "无固定生活来源的未成年人、老年人、残疾人等特定群体，免予核查（法律援助法第四十二条第一项）",
    "relief": "社会救助、司法救助或者优抚对象，免予核查（法律援助法第四十二条第二项）",
    "migrant_pay": "进城务工人员请求支付劳动报酬，免予核查（法律援助法第四十二条第三项）",
    "migrant_injury": "进城务工人员请求工伤事故人身损害赔偿，免予核查（法律援助法第四十二条第三项）",
    "exempt_other": "法律、法规、规章规定免予核查的其他人员（法律援助法第四十二条第四项）",
}
SHOWN: Mapping[str, str] = {
    "hardship_promised": "经济困难，已签署个人诚信承诺书（法律援助法第四十一条）",
    "hardship_checked": "经济困难，已通过信息共享查询核实（法律援助法第四十一条）",
    "infringed": "有证据证明权益被严重侵害，按工会援助办理（条文待核实）",
}
ONLY_FOR: Mapping[str, tuple[str, str]] = {
    "migrant_pay": ("pay", "请求支付劳动报酬"),
    "migrant_injury": ("injury", "请求工伤事故人身损害赔偿"),
}
"""LAL 42(3) frees migrant workers for these two matters only: ground → (scope, its words)."""


def means(ground: str | None, scope: str | None) -> Means:
    """Judge the answers `aid_means` (codes/aid_means) and `aid_scope` (codes/aid_scopes)."""
    only, words = ONLY_FOR.get(ground or "", (scope, ""))
    if only != scope:
        return Means(False, False, f"所选的免予核查只适用于{words}，与援助事项的类别不符（法律援助法第四十二条第三项）")
    if exempt := EXEMPT.get(ground or ""):
        return Means(True, True, exempt)
    if shown := SHOWN.get(ground or ""):
        return Means(True, False, shown)
    return Means(False, False, "经济困难状况尚未核实，也没有签署个人诚信承诺书（法律援助法第四十一条）")
