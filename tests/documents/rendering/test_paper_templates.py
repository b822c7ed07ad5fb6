"""A template that is wrong is refused when it is loaded, with file and line; a missing fact when it is rendered."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from mediation.errors import BadInput, BrokenDefinition, NotFound
from mediation.papers.rendering import check_samples, render_text
from mediation.papers.templates import Templates

FACTS = """\
name: text 姓名
sum: money 金额
day: date 日期
sealed?: yes_no 是否盖章
phone?: text 电话
org?: group 组织
org.name: text 组织名称
people[]: group 人员
people[].name: text 人员姓名
people[].id?: text 证件号码
notes[]?: text 备注
"""
HEAD = "---\ncode: t\ntitle: 试文书\nversion: 3\nnumber_type: 试字\nbasis: [LMA 14]\nmandatory: [{}]\n---\n"
GOOD: dict[str, Any] = {"name": "甲", "sum": 123450, "day": date(2026, 11, 20), "people": [{"name": "乙"}]}


def load(folder: Path, body: str, mandatory: str = "", facts: str = FACTS) -> Templates:
    (folder / "facts.yaml").write_text(facts, encoding="utf-8")
    (folder / "t.txt.j2").write_text(HEAD.format(mandatory) + body, encoding="utf-8")
    return Templates.load(folder)


def faults(folder: Path, body: str, mandatory: str = "", facts: str = FACTS) -> str:
    with pytest.raises(BrokenDefinition) as broken:
        load(folder, body, mandatory, facts)
    return str(broken.value)


def text(folder: Path, body: str, **facts: Any) -> str:
    return render_text(load(folder, body).get("t"), {**GOOD, **facts}).text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{{ nmae }}", "事实表里没有“nmae”"),
        ("{{ org.nmae }}", "事实表里没有“org.nmae”"),
        ("{% for p in people %}{{ p.nmae }}{% endfor %}", "事实表里没有“p.nmae”"),
        ("{% if sealedd %}x{% endif %}", "事实表里没有“sealedd”"),
        ("{{ name|upper }}", "没有“upper”这个过滤器"),
        ("{{ name|yuan }}", "yuan 不能用于“姓名”"),
        ("{{ people|capitals }}", "capitals 不能用于“人员”"),
        ("{{ sum }}", "金额请加 yuan"),
        ("{{ day }}", "日期请加 chinese_date"),
        ("{{ people }}", "不能直接打印"),
        ("{{ sealed|default_blank }}", "只能用在 if 里"),
        ("{{ phone }}", "“电话”可能没有"),
        ("{{ org.name }}", "“组织名称”可能没有"),
        ("{{ sum + 1 }}", "不能运算"),
        ("{{ 'x' * 1000000000 }}", "不能运算"),
        ("{{ people[0].name }}", "事实表里没有“….name”"),
        ("{{ people[0] }}", "取下标"),
        ("{{ name.upper() }}", "调用函数"),
        ("{{ ''.__class__ }}", "事实表里没有“….__class__”"),
        ("{{ name.__class__.__mro__ }}", "事实表里没有“name.__class__.__mro__”"),
        ("{{ people.__init__.__globals__ }}", "没有“people.__init__.__globals__”"),
        ("{{ self._TemplateReference__context }}", "没有“self."),
        ("{{ cycler.__init__.__globals__.os }}", "没有“cycler."),
        ("{{ lipsum() }}", "调用函数"),
        ("{{ name|attr('__class__') }}", "没有“attr”这个过滤器"),
        ("{% include 'other' %}", "只能用"),
        ("{% set x = 1 %}", "只能用"),
        ("{% macro m() %}{% endmacro %}", "只能用"),
        ("{% for x in name %}{% endfor %}", "for 只能写成"),
        ("{% if name is defined %}x{% endif %}", "不能运算"),
        ("{% if name %}", "模板写法有误"),
        ("{{ name ", "模板写法有误"),
    ],
)
def test_a_wrong_line_is_refused_with_file_and_line(tmp_path: Path, line: str, says: str) -> None:
    told = faults(tmp_path, f"第一行\n{line}\n")
    assert says in told
    assert f"{tmp_path / 't.txt.j2'}:10: " in told


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    assert faults(tmp_path, "{{ a }}\n{{ b }}\n{{ sum }}\n").count("t.txt.j2:") == 3


@pytest.mark.parametrize(
    ("mandatory", "body", "says"),
    [
        ("nmae", "x", "t.txt.j2:7: 事实表里没有“nmae”"),
        ("name", "{{ sum|yuan }}", "必备事实“name”没有写进正文"),
    ],
)
def test_mandatory_facts_must_be_known_and_written(tmp_path: Path, mandatory: str, body: str, says: str) -> None:
    assert says in faults(tmp_path, body, mandatory)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("x: words 甲", "类型只能是"),
        ("x: text", "应写成“类型 名称”"),
        ("lost.y: text 甲", "应先在前面声明为 group"),
        ("items: text 甲", "不能使用"),
        ("_x: text 甲", "不能使用"),
    ],
)
def test_a_wrong_vocabulary_is_refused(tmp_path: Path, line: str, says: str) -> None:
    told = faults(tmp_path, "x", facts=f"name: text 姓名\n{line}\n")
    assert says in told
    assert "facts.yaml:2: " in told


def test_a_wrong_head_is_refused(tmp_path: Path) -> None:
    load(tmp_path, "x")
    (tmp_path / "t.txt.j2").write_text("---\ncode: u\nversion: one\ncolour: red\n---\nx", encoding="utf-8")
    with pytest.raises(BrokenDefinition) as broken:
        Templates.load(tmp_path)
    for says in ("缺少“title”", ":3: “version”的写法不对", ":4: 不认识“colour”", ":2: code 应与文件名一致"):
        assert says in str(broken.value)


def test_filters_print_as_papers_want(tmp_path: Path) -> None:
    body = (
        "{{ sum|yuan }} {{ sum|yuan_number }} {{ sum|capitals }} {{ day|chinese_date }} {{ day|formal_date }} "
        "{{ phone|default_blank }} {{ phone|default_blank('—') }} {{ notes|joined('；') if notes else '无' }} "
        "{{ people|party_list }} {{ people|length }}"
    )
    assert text(tmp_path, body) == (
        "1,234.50元 1,234.50 壹仟贰佰叁拾肆元伍角整 2026年11月20日 二〇二六年十一月二十日 \\________ — 无 乙 1"
    )


def test_many_parties_are_counted_and_ids_masked(tmp_path: Path) -> None:
    people = [{"name": f"甲{i}", "id": "110000199001010000"} for i in range(6)]
    body = "{{ people|party_list }}{% for p in people %}{{ p.id|masked_id|default_blank }};{% endfor %}"
    found = text(tmp_path, body, people=[*people, {"name": "乙", "id": "AB123"}, {"name": "丙"}])
    assert found.startswith("甲0、甲1、甲2等8人110000********0000;")
    assert found.endswith(";A**23;\\________;")


def test_optional_groups_may_be_absent(tmp_path: Path) -> None:
    body = "{% if org and org.name %}{{ org.name }}{% else %}无{% endif %}{% if org %}{{ org.name }}{% endif %}"
    assert text(tmp_path, body) == "无"
    assert text(tmp_path, body, org={"name": "会"}) == "会会"


def test_every_missing_fact_is_named_in_chinese(tmp_path: Path) -> None:
    body = "{{ name }}{{ sum|yuan }}{% for p in people %}{{ p.name }}{% endfor %}{{ phone|default_blank }}"
    template = load(tmp_path, body, 'phone, "people[]"').get("t")
    with pytest.raises(BadInput) as missing:
        render_text(template, {"name": " ", "people": [{"name": "甲"}, {}], "day": None})
    assert missing.value.sentence == (
        "《试文书》还不能出具：缺少姓名；缺少金额；缺少电话；缺少人员姓名。请补正后再试。"
    )
    assert set(missing.value.fields) == {"name", "sum", "phone", "people.1.name"}


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"sum": 12.5}, "金额应为以分为单位的整数金额"),
        ({"sum": -1}, "金额应为"),
        ({"sum": True}, "金额应为"),
        ({"day": datetime(2026, 1, 1)}, "日期应为日期"),  # noqa: DTZ001
        ({"people": "甲"}, "人员应为清单"),
        ({"people": []}, "缺少人员"),
        ({"phnoe": "1"}, "没有“phnoe”"),
        ({"people": [{"name": "甲", "nmae": "乙"}]}, "没有“people.0.nmae”"),
    ],
)
def test_wrong_facts_are_refused(tmp_path: Path, facts: dict[str, Any], says: str) -> None:
    template = load(tmp_path, "{{ people|party_list }}", '"people[]"').get("t")
    with pytest.raises(BadInput, match=says):
        render_text(template, {**GOOD, **facts})


def test_the_origin_of_a_text_is_remembered(tmp_path: Path) -> None:
    template = load(tmp_path, "{{ name }}").get("t")
    first, again, other = (render_text(template, {**GOOD, "name": n}) for n in ("甲", "甲", "乙"))
    assert (first.template, first.template_version, first.template_digest) == ("t", 3, template.digest)
    assert first == again
    assert first.digest != other.digest
    assert load(tmp_path, "{{ name }}!").get("t").digest != template.digest


def test_unknown_templates_and_samples_are_not_found(tmp_path: Path) -> None:
    templates = load(tmp_path, "x")
    for ask in (lambda: templates.get("u"), lambda: templates.sample("t")):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(BrokenDefinition, match="没有样例数据"):
        check_samples(templates)
