"""The documents hold what the law wants, as PDF and as Word file, and the files are the same every time."""

import re
import subprocess
import threading
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from mediation.errors import BadInput
from mediation.papers.docx_file import docx_bytes
from mediation.papers.pdf_file import compiler, pdf_bytes
from mediation.papers.rendering import check_samples, render_text
from mediation.papers.templates import Templates
from mediation.settings import bundled
from tests.programs import program

TEMPLATES = Templates.load(bundled("document_templates"))
BODY = "虚构市示范区总工会劳动争议调解中心"
# What each document must show, by the articles named in its head; the values stand in the samples.
MANDATORY = {
    "intake_receipt": (
        *(
            "示工调收字〔2026〕058号",
            BODY,
            "示工调〔2026〕00128号",
            "2026年11月20日",
            "张示范",
            "虚构市样例科技有限公司",
        ),
        *("追索劳动报酬", "调解申请书", "街道调解站工作人员李样例", "征询用人单位是否同意调解", "2026年11月25日前"),
        *("收到材料不等于受理", "十五日内未达成调解协议的，当事人可以依法申请仲裁", "（盖章）"),
    ),
    "acceptance_notice": (
        *("示工调受字〔2026〕031号", BODY, "张示范", "虚构市样例科技有限公司", "追索劳动报酬、经济补偿"),
        *(
            "王调解、赵调解",
            "受理日期2026年11月24日",
            "调解期限届满日2026年12月9日",
            "受理之日（2026年11月24日）不计入",
        ),
        *("当事人的权利", "接受调解、拒绝调解或者要求终止调解", "当事人的义务", "如实陈述纠纷事实", "可以依法申请仲裁"),
        *("时效期间为一年", "劳动合同履行地或者用人单位所在地", "（盖章）", "第二十二条", "第二十九条", "81,000.00"),
    ),
    "mediation_agreement": (
        *("示工调字〔2026〕017号", "110000199001010000", "13800000000", "91000000MA00000000", "李样例（执行董事）"),
        *("支付解除劳动合同的经济补偿", "36,000.00", "75,000.00元", "大写：柒万伍仟元整", "2027年2月15日", "15,000.00"),
        *("履行期限自2026年12月15日至2027年2月15日", "履行方式银行转账", "账号6200000000000000000", "代扣代缴"),
        *("向劳动者出具解除劳动合同证明", "双方确认的离职原因", "其余未到期款项视为全部到期", "关于无其他争议的约定"),
        *("劳动者（签名或捺印）", "用人单位（盖章）", "调解员（签名）", BODY, "一式三份", "王调解、赵调解"),
        *("对双方当事人具有约束力", "自协议生效之日起15日内，共同", "自协议生效之日起三十日内，共同", "申请支付令"),
        *(
            "第十四条第二款",
            "第十五条",
            "第十六条",
            "第二十七条",
            "第三十三条",
            "第二百零五条",
            "不能直接向人民法院申请强制执行",
        ),
    ),
    "personal_confirmation": (
        *(
            "示工调确字〔2026〕23号",
            BODY,
            "张示范",
            "110000199001010000",
            "虚构市样例科技有限公司",
            "示工调字〔2026〕17号",
        ),
        *("支付2026年9月拖欠的工资", "15,000.00", "13,500.00元", "大写：壹万叁仟伍佰元整", "2027年1月15日", "6,750.00"),
        *("向劳动者出具工资清单", "自2026年12月15日起分2期", "涉及劳动者41人", "不同意", "须经本人同意"),
        *(
            "第六十三条",
            "第七条",
            "第十五条",
            "不能直接向人民法院申请强制执行",
            "劳动者（签名或捺印）",
            "调解员（签名）",
        ),
    ),
    "supervision_hint": (
        *(
            "示工劳监提字〔2026〕006号",
            "虚构市示范区总工会",
            "虚构市样例科技有限公司：",
            "克扣、拖欠工资",
            "2026年11月18日",
        ),
        *("涉及职工12人", "第三十条第一款", "补发拖欠的工资", "自收到本函之日起15日内", "第二十六条第一款", "李监督"),
        *("（盖章）", "2026年11月20日", "收函单位签收", "第二十三条", "第二十四条"),
    ),
    "supervision_opinion": (
        *("示工劳监意字〔2026〕003号", "虚构市样例科技有限公司：", "示工劳监提字〔2026〕006号", "未按要求改正"),
        *("合计54,000元", "考勤表12页", "职工询问笔录4份", "第三十条第一款", "足额支付拖欠的工资"),
        *("自收到本意见书之日起15日内书面答复", "第二十六条第一款", "提请人力资源和社会保障", "（盖章）", "李监督"),
        *("克扣、拖欠工资", "2026年12月8日"),
    ),
    "supervision_proposal": (
        *("示工劳监建字〔2026〕001号", "人力资源和社会保障局：", "虚构市样例科技有限公司存在", "2026年11月20日"),
        *(
            "示工劳监提字〔2026〕006号",
            "示工劳监意字〔2026〕003号",
            "2026年12月9日",
            "没有答复，也没有支付",
            "克扣、拖欠工资",
        ),
        *("第三十条第一款", "建议依法责令该单位限期支付", "送达回证各1份", "作出处理决定之日起15个工作日内"),
        *("第二十六条第二款", "（盖章）", "2026年12月28日", "虚构市示范区总工会", "李监督"),
    ),
    "arbitration_application": (
        *("张示范", "男，1990年1月1日", "110000199001010000", "通讯地址________", "13800000000", "统一社会信用代码"),
        *("虚构市样例科技有限公司", "010-00000002", "李样例", "执行董事", "45,000.00元", "大写：捌万壹仟元整"),
        *("计算方法：每月15000元，共3个月", "2026年11月20日终止，没有达成协议", "证据名称", "来源", "证人姓名和住所"),
        *("虚构市示范区劳动人事争议仲裁委员会", "副本1份", "申请人（签名或捺印）", "第二十八条", "协助起草"),
    ),
    "evidence_list": (
        *("提交人张示范", "对方当事人", "案由拖欠工资", "银行流水", "工资记录", "张示范提交", "页数"),
        *("原件或复印件", "月工资数额和停发时间", "劳动合同", "第六条", "提交人（签名或捺印）"),
    ),
    "evidence_checklist": (
        *("证据准备清单", "张示范", "工资条、工资表", "工作群和邮箱里的工资条", "第六条", "□"),
        *("工资银行流水（已有：2026年1月至7月银行流水）", "√", "不表示有了这些请求就一定成立"),
    ),
    "meeting_notice": (
        *(
            "示工调通字〔2026〕045号",
            "劳动争议调解会通知书",
            "张示范：",
            "2026年12月1日",
            "星期二09:00至11:00",
            "第一调解室",
        ),
        *(
            "王调解、赵调解",
            "孙翻译（手语）",
            "请带上考勤记录的原件",
            "授权委托书",
            "第二十三条",
            "第十四条第三款",
            "（盖章）",
        ),
    ),
    "meeting_cancelled_notice": (
        *("示工调通字〔2026〕045号", "劳动争议调解会取消通知书", "张示范：", "原定2026年12月1日", "此前的通知书作废"),
        *("不影响当事人依法申请仲裁", "（盖章）"),
    ),
    "readings_answer": (
        *(
            "查阅情况答复",
            "示工调询复字〔2026〕3号",
            "张示范：",
            "2026年11月18日",
            "第四十五条",
            "李样例",
            "查看完整号码",
            "2026-11-1716:02",
        ),
        *("保存不少于3年", "（盖章）"),
    ),
    "deletion_certificate": (
        *(
            "个人信息删除证明",
            "示东工调删字〔2036〕1号",
            "示东工调案〔2026〕00128号",
            "身份信息",
            "案情内容",
            "3个",
            "5份",
        ),
        *(
            "2026年9月18日",
            "王主管",
            "刘主管",
            "2036年12月20日（含当日）",
            "2036年12月21日起",
            "不是法律直接规定的年限",
            "（盖章）",
        ),
    ),
    "payment_order_application": (
        *("支付令申请书", "张示范", "15,000.00元", "大写：壹万伍仟元整", "2026年11月20日达成调解协议"),
        *("示工调字〔2026〕17号", "已到期未付的款项共15,000.00元", "第十六条", "第二百二十五条", "________人民法院"),
        *("没有", "其他债务", "被申请人送达地址", "银行流水", "副本1份"),
    ),
    "review_application": (
        *("仲裁审查申请书", "张示范", "虚构市样例科技有限公司", "2026年11月20日达成的调解协议", "制作仲裁调解书"),
        *("共同申请", "75,000.00", "出具解除劳动合同证明", "第二十七条", "用人单位（盖章）", "十五日内共同提出"),
    ),
    "confirmation_application": (
        *("司法确认申请书", "张示范", "虚构市样例科技有限公司", "裁定双方于2026年11月20日", "有效", "共同申请"),
        *("第二百零五条", "陈述和提交的材料真实", "送达地址、电话", "调解组织主持调解的证明", "三十日内共同提出"),
    ),
    "enforcement_application": (
        *("强制执行申请书", "生效的仲裁裁决", "示劳人仲字〔2027〕第8号", "大写：壹万伍仟元整", "财产状况和线索"),
        *("第二百五十条", "二年", "________人民法院", "45,000.00元"),
    ),
    "civil_complaint": (
        *(
            "民事起诉状",
            "原告",
            "民族、职业、工作单位",
            "被告",
            "诉讼请求",
            "大写：壹万伍仟元整",
            "证据和证据来源、证人",
        ),
        *("具状人（签名或捺印）", "________人民法院", "副本1份", "仲裁情况"),
    ),
    "aid_application": (
        *(
            "法律援助申请表",
            "张示范",
            "110000199001010000",
            "进城务工人员是",
            "支付2026年8月至10月的工资",
            "第四十二条",
        ),
        *(
            "经济困难状况说明",
            "家庭成员人数及收入",
            "家庭主要财产",
            "个人诚信承诺",
            "第四十一条",
            "申请人（签名或捺印）",
        ),
    ),
    "inspection_complaint": (
        *(
            "劳动保障监察投诉书",
            "投诉人",
            "虚构市样例科技有限公司",
            "违法行为拖欠工资",
            "发生的时间",
            "请求责令用人单位",
        ),
        *("银行流水", "请为投诉人保密", "二年内", "第二十条"),
    ),
    "mediation_failed_notice": (
        *("示工调终字〔2026〕009号", BODY, "双方对经济补偿的计算年限分歧较大", "2026年11月20日", "2026年11月24日"),
        *(
            "调解终止日期2026年12月9日",
            "2026年11月30日",
            "可以向劳动争议仲裁委员会申请仲裁",
            "示范区劳动人事争议仲裁委员会",
        ),
        *("时效期间为一年", "2027年12月9日届满", "时效中断", "（盖章）", "本组织存档一份", "第三十条", "第三十一条"),
    ),
}


def written(name: str, **changes: Any) -> str:
    """The frozen text of a document from its sample."""
    return render_text(TEMPLATES.get(name), {**TEMPLATES.sample(name), **changes}).text


def words(pdf: bytes) -> str:
    """The text layer of a PDF without spaces and page numbers."""
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    return re.sub(r"\s", "", "".join(re.sub(r"—\s*\d+\s*—", "", page) for page in pages))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The Word files of all documents as LibreOffice prints them, in one run and a profile of its own."""
    folder = tmp_path_factory.mktemp("word")
    for name in TEMPLATES.names:
        (folder / f"{name}.docx").write_bytes(docx_bytes(written(name)))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [str(folder / f"{name}.docx") for name in TEMPLATES.names]
    command = [program("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return {name: (folder / f"{name}.pdf").read_bytes() for name in TEMPLATES.names}


def test_every_template_has_a_sample_and_a_list_here() -> None:
    check_samples(TEMPLATES)
    assert set(TEMPLATES.names) == set(MANDATORY)


@pytest.mark.parametrize("name", MANDATORY)
def test_the_pdf_shows_what_the_law_wants(name: str) -> None:
    found = words(pdf_bytes(written(name)))
    assert [part for part in MANDATORY[name] if part not in found] == []


@pytest.mark.parametrize("name", MANDATORY)
def test_libreoffice_opens_the_word_file_and_shows_the_same(name: str, printed: Mapping[str, bytes]) -> None:
    found = words(printed[name])
    assert [part for part in MANDATORY[name] if part not in found] == []


@pytest.mark.parametrize("name", MANDATORY)
def test_no_document_goes_out_without_a_mandatory_fact(name: str) -> None:
    for path in TEMPLATES.get(name).labels():
        root = path.split(".")[0].removesuffix("[]")
        with pytest.raises(BadInput, match="缺少"):
            written(name, **{root: None})


@pytest.mark.parametrize("name", MANDATORY)
def test_the_same_text_gives_the_same_bytes(name: str) -> None:
    text = written(name)
    assert docx_bytes(text) == docx_bytes(text)
    here, there = pdf_bytes(text), []
    other = threading.Thread(target=lambda: there.append(pdf_bytes(text)))
    other.start()
    other.join()
    assert there == [here]


def test_a_bare_agreement_never_promises_enforcement() -> None:
    sentences = re.split("[。；]", written("mediation_agreement"))
    assert [s for s in sentences if "强制执行" in s and "不能直接" not in s] == []


def test_what_was_not_agreed_is_not_written() -> None:
    text = written("mediation_agreement", clauses=None, agreed_total=None, promises=[])
    for absent in ("无其他争议", "提前到期", "违约责任", "付款总额", "期次", "收款账户"):
        assert absent not in text


def test_a_group_has_a_row_and_a_place_to_sign_for_each_worker() -> None:
    workers = [
        {
            "name": f"工友{i:02}",
            "id_number": f"1100001990010100{i:02}",
            "agreed_items": "工资",
            "agreed_amount": i * 100,
        }
        for i in range(1, 25)
    ]
    found = words(pdf_bytes(written("mediation_agreement", workers=workers)))
    assert all(found.count(f"工友{i:02}") == 2 for i in range(4, 25))
    assert "工友01、工友02、工友03等24人" in found
    assert "24工友24110000********0024工资24.00" in found


def test_a_third_party_signs_and_gets_a_copy() -> None:
    text = written("mediation_agreement", third_parties=[{"name": "虚构总包公司", "role": "总承包单位"}], copies="四")
    for part in ("虚构总包公司（总承包单位）", "第三人（签名或盖章）", "一式四份，双方当事人、第三人和本组织各执一份"):
        assert part in text


def test_typed_code_is_printed_and_not_run() -> None:
    typed = "#panic() $x$ *a* <b> &amp; [c] \\ @ref"
    text = written("intake_receipt", cause=typed)
    assert re.sub(r"\s", "", typed) in words(pdf_bytes(text))
    document = docx.Document(BytesIO(docx_bytes(text)))
    assert typed in [cell.text for table in document.tables for row in table.rows for cell in row.cells]


@pytest.mark.parametrize("before", range(18, 25))
def test_no_page_holds_a_seal_or_a_closing_note_alone(before: int) -> None:
    body = "\n".join(["一行正文。"] * before)
    text = f"= 提示函\n\n{body}\n\n: 地址 | 示范路一号\n\n> 示范区总工会（盖章）\n> 2026年9月18日\n\n% 一式两份。\n"
    last = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf_bytes(text))][-1]
    assert "示范路一号" in last
    assert "一式两份" in last
    label = docx.Document(BytesIO(docx_bytes(text))).tables[0].rows[-1].cells[0].paragraphs[0]
    assert label.paragraph_format.keep_with_next


def test_the_word_file_is_an_official_paper_that_can_be_edited() -> None:
    document = docx.Document(BytesIO(docx_bytes(written("acceptance_notice"))))
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins if margin] == [37, 35, 28, 26]
    assert section.page_width is not None
    assert abs(section.page_width - Mm(210)) < 1000
    assert "PAGE" in section.footer.paragraphs[0]._p.xml
    fonts = {p.style.name: p.style.element.rPr.rFonts.get(qn("w:eastAsia")) for p in document.paragraphs if p.text}
    assert fonts["文书正文"] == "仿宋"
    assert fonts["一级标题"] == "黑体"
    assert fonts["文书标题"] == "宋体"
    assert document.core_properties.title == "劳动争议调解受理通知书"


def test_a_thread_keeps_its_compiler() -> None:
    others: list[Any] = []
    thread = threading.Thread(target=lambda: others.append(compiler()))
    thread.start()
    thread.join()
    assert compiler() is compiler()
    assert others[0] is not compiler()


def test_a_date_of_signing_fills_the_blanks() -> None:
    assert "2026年12月1日" not in written("mediation_agreement")
    assert written("mediation_agreement", signed_on=date(2026, 12, 1)).count("2026年12月1日") == 3


def test_a_character_without_a_glyph_is_named(tmp_path: Path) -> None:
    text = written("intake_receipt", cause="工资\U0001f600")
    with pytest.raises(BadInput, match=r"U\+1F600"):
        pdf_bytes(text)
    with pytest.raises(BadInput, match="找不到字体文件夹"):
        pdf_bytes(text, tmp_path / "none")
