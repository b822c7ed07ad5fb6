"""The register of rights: what may be done besides the events of the workflows, in which roles, where.

The use cases ask it by name, and the page of permissions prints it: one list, so that the two cannot disagree. What
does not stand here nobody may do. What an event needs stands in its definition.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..errors import Forbidden

STAFF = ("mediator", "clerk", "supervisor")
WITH_LAWYER = (*STAFF, "lawyer")
CLOCK_ONLY = ("clock",)

CASE = "本人任职单位及其下级单位的案件；律师限于本人承办的案件"
OWN_PLACES = "本人任职单位及其下级单位"
ANY = "任职的任何单位"


@dataclass(frozen=True, slots=True)
class Right:
    """One thing that somebody may do. `place` says where, `extra` what is asked besides."""

    name: str
    title: str
    group: str
    roles: tuple[str, ...]
    place: str = CASE
    extra: str = ""


def _file(group: str, roles: tuple[str, ...], **titles: str) -> list[Right]:
    return [Right(name, title, group, roles) for name, title in titles.items()]


_ALL = (
    Right("register_case", "登记案件", "案卷", STAFF, OWN_PLACES),
    *_file(
        "案卷",
        STAFF,
        add_party="添加当事人",
        change_party="更正当事人",
        succeed_party="更换或承继当事人",
        party_condition="登记当事人情况变化",
        party_liability="登记承担责任的方式",
        party_needs="登记需要特别照顾的情况",
        party_authority="登记代理权限",
        add_demand="添加请求",
        change_demand="变更、撤回请求",
        link_case="关联案件",
        split_case="分案",
        take_in_case="并入另一案件的内容",
        strike_limitation_event="删去登记有误的时效事由",
        renew_progress="重新生成进展查询编码",
        revoke_progress="停用进展查询编码",
        privacy_answer="登记个人信息的告知和同意",
        privacy_withdrawal="登记撤回同意",
    ),
    *_file(
        "案卷",
        WITH_LAWYER,
        add_activity="添加工作记录（含不公开的备注）",
        add_evidence="添加证据",
        link_evidence="证据对应清单",
        draft_paper="起草申请书",
        add_limitation_event="登记时效中断、中止",
    ),
    Right(
        "read_private",
        "查看调解员备注和仅调解员可见的证据",
        "案卷",
        ("mediator", "supervisor"),
        extra="不进入导出、报表和对外文书",
    ),
    Right("change_evidence", "更改证据的可见范围", "案卷", ("mediator", "supervisor"), extra="须写明理由"),
    *_file(
        "调解",
        ("mediator", "supervisor"),
        record_offer="登记一方的出价",
        release_offer="经本人同意后把出价告知对方",
        end_offer="登记出价撤回、接受",
    ),
    *_file("案卷", ("mediator", "supervisor"), correct_deadline="更正期限的起算日"),
    Right("undo_own", "撤销本人的上一步", "案卷", WITH_LAWYER, extra="办理后十分钟内"),
    Right("undo_later", "撤销他人的或者十分钟以前的步骤", "案卷", ("supervisor",), extra="须写明理由"),
    *_file(
        "群体案件",
        STAFF,
        import_roster="导入名单",
        join_group="劳动者加入",
        leave_group="劳动者退出",
        group_split="群体分流",
        group_assign="调整分组",
        group_outcome="登记分组的去向",
        group_procedure="登记程序所涉的分组",
        elect_representatives="登记推选代表",
        draft_consents="登记劳动者对协议稿的意见",
        personal_papers="逐人出具文书",
    ),
    *_file(
        "调解会",
        STAFF,
        book_meeting="约调解会，出具通知",
        move_meeting="调解会改期",
        cancel_meeting="取消调解会",
        meeting_told="登记通知送达",
        party_time="登记当事人的时间和愿望",
    ),
    Right("keep_rooms", "维护调解室", "调解会", ("supervisor", "administrator"), OWN_PLACES),
    Right(
        "own_times",
        "登记本人不能安排的时间，订阅本人的日历",
        "调解会",
        (*WITH_LAWYER, "administrator"),
        ANY,
        "只限本人",
    ),
    *_file(
        "钱款",
        STAFF,
        record_award="登记裁决金额",
        record_credit="登记此前已付",
        record_late_receipt="结案后登记到账",
        reverse_receipt="冲正其他款项",
    ),
    Right("read_reports", "查看和导出报表、逾期督办", "统计", STAFF, OWN_PLACES, "限制查阅的案件计入数字、不列明细"),
    Right(
        "reveal_field",
        "查看一个人的一项完整号码、住址、敏感情况",
        "查阅",
        WITH_LAWYER,
        extra="须选择理由，主管须另行写明；每次都有记录",
    ),
    Right("restrict_case", "限制查阅、更改可以查阅的人", "查阅", ("supervisor",), extra="须写明理由"),
    Right("lift_restriction", "解除限制查阅", "查阅", ("supervisor",), extra="须写明理由"),
    Right("readings_asked", "登记当事人询问谁看过", "查阅", STAFF),
    Right("readings_answered", "出具谁看过的答复", "查阅", ("supervisor",)),
    Right("read_readings", "查看谁看过案卷，打印答复", "查阅", ("supervisor",)),
    Right(
        "emergency_access", "紧急查阅没有权限的案件", "查阅", STAFF, ANY, "四小时，只读，须写明理由；通知承办人和主管"
    ),
    Right("emergency_review", "复核紧急查阅", "查阅", ("supervisor",), extra="不能复核本人的"),
    Right("personal_request", "登记当事人关于个人信息的请求", "个人信息", STAFF),
    *_file(
        "个人信息",
        ("supervisor",),
        answer_personal_request="答复当事人关于个人信息的请求",
        hold_deletion="暂停销毁",
        release_deletion="解除暂停销毁",
    ),
    Right("propose_deletion", "提出销毁满期的个人信息", "个人信息", ("supervisor",), OWN_PLACES, "列表中只有案件编号"),
    Right("approve_deletion", "批准或不同意销毁", "个人信息", ("supervisor",), OWN_PLACES, "不能批准本人提出的"),
    Right("lawyer_queue", "律师案件池", "法律援助", ("lawyer",), "本人服务地区；认领前不显示姓名"),
    Right("hand_over", "移交案件给另一位同事", "督办", ("supervisor",)),
    *_file("系统", ("supervisor",), retry_stuck="重试自动办理失败的事项", drop_stuck="放弃自动办理失败的事项"),
    Right("repair_reminders", "修复核查发现的提醒问题", "系统", ("supervisor",)),
    Right(
        "administer",
        "维护组织、人员、角色和账号",
        "系统",
        ("administrator",),
        OWN_PLACES,
        "不能给本人授权；不能查看案件",
    ),
    *_file(
        "系统",
        CLOCK_ONLY,
        hand_back="离岗期满，交回原承办人",
        calendar_changed="放假安排变更后重算期限",
        limitation_recounted="放假安排变更后重算时效",
    ),
)
RIGHTS: Mapping[str, Right] = {right.name: right for right in _ALL}


def roles_of(name: str) -> tuple[str, ...]:
    """The roles with this right; Forbidden for what nobody has registered."""
    right = RIGHTS.get(name)
    if right is None:
        raise Forbidden("这项操作没有登记权限，任何人都不能办理，请联系管理员。")
    return right.roles


def role_for(name: str, held: Collection[str]) -> str | None:
    """The role among those held that gives this right, or None."""
    return next((role for role in roles_of(name) if role in held), None)
