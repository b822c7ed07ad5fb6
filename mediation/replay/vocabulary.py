"""Every step code: its Chinese title, and what acts it out, or the part of the work that is still missing."""

from collections.abc import Mapping

from .steps import agreeing, aid, closing, intake, mediating, parties, performing, risk
from .steps.book import Handler, not_yet

TITLES: Mapping[str, str] = {
    "IN_WALKIN": "当事人求助",
    "IN_HOTLINE": "热线来电",
    "IN_ONLINE": "网络求助",
    "IN_PATROL": "驿站管理员、信息员、风险监督员发现",
    "IN_DATA_SCREEN": "大数据筛查发现",
    "IN_COURT_PRE": "法院诉前委派",
    "IN_COURT_MID": "法院诉中委托",
    "IN_TRANSFER": "其他机关或上下级转办",
    "IN_POLICE": "公安接警移送",
    "IN_ARB_MULTI": "仲裁院启动多元处理",
    "IN_UNSTATED": "来源文本未载如何受理",
    "IN_DIRECT_ARB": "当事人直接申请仲裁",
    "IN_DIRECT_SUIT": "当事人直接起诉",
    "REG": "登记",
    "ACCEPT": "受理",
    "ASSIGN_DOWN": "指派下级承办",
    "ASSIGN_MEDIATOR": "指派调解员",
    "TASKFORCE": "组建专班、联合调解组",
    "RISK_WARN": "发出风险预警",
    "RISK_RED": "高风险（紧急）预警",
    "POLICE_LINK": "与公安联动",
    "PSYCH": "心理疏导",
    "RELAPSE": "情绪反复、风险重新升高",
    "GROUP_OPEN": "建多人案件",
    "ROSTER_VERIFIED": "人员名单与逐人金额核对",
    "GROUP_SPLIT": "群体分流",
    "REP_CHOSEN": "推选代表",
    "PARTY_CORRECTED": "更正被申请主体",
    "PARTY_ADDED": "追加第三方",
    "PARTY_LOST": "义务人失联",
    "PARTY_DIED": "义务人死亡",
    "PARTY_SUCCEEDED": "主体承继、运营权交接",
    "AGENT_SET": "确定代理人、监护人、近亲属",
    "FACT_CHECK": "调查核实",
    "EVIDENCE_HELP": "指导取证",
    "CLAIM_SET": "固定请求",
    "CLAIM_CHANGED": "增加或变更请求",
    "COUNTERCLAIM": "对方反请求、互诉",
    "CASES_MERGED": "多案合并一揽子处理",
    "CONTACT_FAIL": "联系不上对方",
    "NO_SHOW": "未到场",
    "REFUSE_MEDIATION": "拒绝协商、调解",
    "MEDIATION_SKIPPED": "经当事人同意不经调解",
    "MEDIATION_CONSENT": "双方同意调解",
    "SESSION": "调解会",
    "SESSION_FAILED": "调解未达成一致",
    "SESSION_ONLINE": "线上调解",
    "BACK_TO_BACK": "背对背调解",
    "ONSITE": "赴单位、现场调处",
    "AGREE_FULL": "达成协议（全部）",
    "AGREE_PARTIAL": "达成协议（部分）",
    "AGREE_INSTAL": "约定分期",
    "AGREE_EXTENSION": "约定延期履行",
    "AGREE_NONMONEY": "约定非金钱义务",
    "CLAUSE_ACCEL": "加速到期条款",
    "CLAUSE_CONDITION": "付款附条件条款",
    "CLAUSE_INDEMNITY": "第三人兜底、异议承担条款",
    "AGREE_VOID": "协议（条款）被认定无效或须补足",
    "CONFIRM_APPLY": "申请司法确认",
    "CONFIRM_OK": "裁定确认有效",
    "ARB_REVIEW_OK": "仲裁审查、置换出具仲裁调解书",
    "PO_APPLY": "申请支付令",
    "PO_ISSUED": "法院发出支付令",
    "PAY_SPOT": "当场付清",
    "PAY_PART": "部分履行",
    "PAY_FULL": "全部履行",
    "PAY_THIRD": "第三方、上游代付",
    "PAY_ADVANCE": "垫付",
    "PAY_PROOF": "付款凭证报备",
    "OVERDUE": "到期未付",
    "BREACH": "违约",
    "AID_OFFER": "主动提供法律援助",
    "AID_APPLY": "申请法律援助",
    "AID_OK": "准予援助",
    "AID_LAWYER": "指派律师",
    "DOC_DRAFT": "代书",
    "CROSS_REGION": "跨省异地办案",
    "ARB_FILE": "申请仲裁",
    "ARB_MEDIATED": "仲裁调解",
    "ARB_AWARD": "仲裁裁决（支持）",
    "ARB_AWARD_PART": "仲裁裁决（部分支持）",
    "ARB_DISMISSED": "仲裁驳回",
    "ARB_WITHDRAWN": "撤回仲裁申请",
    "ARB_APPEALED": "不服裁决起诉",
    "SUIT_FILE": "起诉",
    "SUIT_MEDIATED": "法院调解",
    "J1": "一审判决",
    "J1_DISMISSED": "一审驳回",
    "APPEAL": "上诉",
    "J2_UPHELD": "二审维持",
    "J2_CHANGED": "二审改判",
    "INSPECT_COMPLAINT": "向劳动保障监察投诉",
    "INSPECT_CHECK": "监察、人社核实",
    "PETITION": "信访",
    "ENF_APPLY": "申请强制执行",
    "ENF_REFUSED": "执行申请被驳回",
    "ENF_SETTLE": "执行和解",
    "ENF_ASSET_SALE": "变卖、处置财产",
    "ENF_PAYOUT": "执行款发放",
    "INJURY": "发生事故伤害",
    "INJ_APPLY": "申请工伤认定",
    "INJ_SUSPENDED": "认定中止",
    "INJ_RESUMED": "认定恢复",
    "INJ_OK": "认定工伤",
    "INJ_NO": "不予认定",
    "REVIEW": "行政复议",
    "ADMIN_SUIT": "行政诉讼",
    "DISAB_GRADE": "劳动能力鉴定",
    "SV_LETTER": "发提示函",
    "SV_NOREPLY": "逾期未回复",
    "SV_OPINION": "发意见书",
    "SV_SUGGEST": "发建议书",
    "SV_RECTIFIED": "整改完成",
    "FOLLOWUP": "回访",
    "REOPEN": "结案后再次提出",
    "CLOSE_OK": "成功结案",
    "CLOSE_PART": "部分实现结案",
    "CLOSE_LOST": "请求未获支持",
    "CLOSE_WITHDRAWN": "撤回结案",
    "OPEN_UNKNOWN": "所见文本未载结局",
}

NOT_YET: Mapping[str, str] = {
    code: area
    for area, codes in {
        "劳动仲裁程序": "ARB_FILE ARB_MEDIATED ARB_AWARD ARB_AWARD_PART ARB_DISMISSED ARB_WITHDRAWN ARB_APPEALED",
        "诉讼程序": "SUIT_FILE SUIT_MEDIATED J1 J1_DISMISSED APPEAL J2_UPHELD J2_CHANGED CLOSE_LOST",
        "支付令程序": "PO_APPLY PO_ISSUED",
        "强制执行程序": "ENF_APPLY ENF_REFUSED ENF_SETTLE ENF_ASSET_SALE ENF_PAYOUT",
        "工伤认定与鉴定程序": "INJURY INJ_APPLY INJ_SUSPENDED INJ_RESUMED INJ_OK INJ_NO DISAB_GRADE",
        "行政复议与行政诉讼": "REVIEW ADMIN_SUIT",
        "工会劳动法律监督（一函两书）": "SV_LETTER SV_NOREPLY SV_OPINION SV_SUGGEST SV_RECTIFIED",
        "劳动保障监察": "INSPECT_COMPLAINT INSPECT_CHECK",
        "信访": "PETITION",
        "群体案件分流": "GROUP_SPLIT",
        "多个程序一并了结": "CASES_MERGED",
        "义务人死亡后的承继": "PARTY_DIED",
        "协议效力被否定": "AGREE_VOID",
        "政府等垫付及其后的追偿": "PAY_ADVANCE",
    }.items()
    for code in codes.split()
}
"""Step code → the part of the work that this version does not have."""


def _handlers() -> Mapping[str, Handler]:
    books = (intake, risk, parties, mediating, agreeing, performing, aid, closing)
    found = {code: not_yet(area) for code, area in NOT_YET.items()}
    for book in books:
        for code, handler in book.STEPS.items():
            if code in found:
                raise ValueError(f"step {code} has two handlers")
            found[code] = handler
    if missing := TITLES.keys() ^ found.keys():
        raise ValueError(f"title without handler or handler without title: {sorted(missing)}")
    return found


HANDLERS: Mapping[str, Handler] = _handlers()
