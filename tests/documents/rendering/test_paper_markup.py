"""The line markup, and that nothing a person types can become markup."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.errors import BadInput
from mediation.papers.blocks import (
    Block,
    Closing,
    Column,
    FillLine,
    Line,
    PageBreak,
    Pairs,
    Signatures,
    Table,
    blocks,
    printable,
)
from mediation.papers.rendering import render_text
from mediation.papers.templates import Template, Templates

PLACES = """\
^ {{ a }}
= {{ a }}
@ {{ a }}
# {{ a }}
## {{ a }}
+ {{ a }}
< {{ a }}
% {{ a }}
{{ a }}
{{ a }}{{ b|default_blank("") }}{{ a }}
前{{ a }}后

: 项 | {{ a }}
: {{ a }} | 值

| {{ a }} | 乙 |
| ^1 | >2 |
| 丙 | {{ a }} |
| {{ a }} | 丁 |

! {{ a }} | 右
! 左 | {{ a }}

> {{ a }}
"""


@pytest.fixture(scope="module")
def every_place(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A template that prints one text in every kind of place."""
    folder = tmp_path_factory.mktemp("templates")
    return one_template(folder, PLACES)


def one_template(folder: Path, body: str) -> Template:
    head = "---\ncode: t\ntitle: 试\nversion: 1\nnumber_type: 试字\nbasis: []\nmandatory: []\n---\n"
    (folder / "facts.yaml").write_text("a: text 甲\nb?: text 乙\n", encoding="utf-8")
    (folder / "t.txt.j2").write_text(head + body, encoding="utf-8")
    return Templates.load(folder).get("t")


def read(template: Template, value: str) -> tuple[Block, ...]:
    return blocks(render_text(template, {"a": value}).text)


MARKUP = st.lists(
    st.one_of(
        st.sampled_from(
            ["# ", "|", "| a | b |", "---", "\\", "\n", "\r\n", "____", ": x | y", "> ", "{{ a }}", "{% if %}"]
        ),
        st.text(max_size=5),
    ),
    min_size=1,
).map("".join)


@given(MARKUP.filter(lambda text: bool(printable(text))))
def test_what_people_type_stays_words_in_its_place(every_place: Template, value: str) -> None:
    word = printable(value)
    one = Column("center", 1, False), Column("right", 2, False)
    assert read(every_place, value) == (
        Line("letterhead", word),
        Line("title", word),
        Line("number", word),
        Line("heading", "一、" + word),
        Line("subheading", "（一）" + word),
        Line("item", "1．" + word),
        Line("flush", word),
        Line("note", word),
        Line("paragraph", word),
        Line("paragraph", word + word),
        Line("paragraph", f"前{word}后"),
        Pairs((("项", word), (word, "值"))),
        Table(one, (word, "乙"), (("丙", word), (word, "丁"))),
        Signatures(((word, "右"), ("左", word))),
        Closing((word,)),
    )


def test_headings_and_items_are_numbered() -> None:
    text = "# 甲\n+ 一\n+ 二\n## 子\n+ 三\n## 丑\n# 乙\n+ 四\n" + "# 多\n" * 9
    words = [block.text for block in blocks(text) if isinstance(block, Line)]
    assert words[:8] == ["一、甲", "1．一", "2．二", "（一）子", "1．三", "（二）丑", "二、乙", "1．四"]
    assert words[-1] == "十一、多"


def test_page_breaks_fill_lines_and_signing_columns() -> None:
    found = blocks("____\n---\n| 姓名 | 签名 |\n| ^1 | <3! |\n| 甲 |  |\n")
    assert found[:2] == (FillLine(), PageBreak())
    assert found[2] == Table((Column("center", 1, False), Column("left", 3, True)), ("姓名", "签名"), (("甲", ""),))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("甲\n| 甲 | 乙 |\n| 一 | 二 |", "第2行的表格缺少列说明行"),
        ("| 甲 | 乙 |\n| ^1 | ^1 |\n| 一 |", "第3行有1格，表头有2格"),
        (": 只有一栏", "第1行应有两栏"),
    ],
)
def test_broken_markup_names_the_line(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        blocks(text)


def test_invisible_characters_go_and_line_ends_stay() -> None:
    assert printable(" 张\u200b三\u202e\x00\r\n李\t四\u2028 ") == "张三\n李 四"


def test_a_text_of_invisible_characters_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="缺少甲"):
        render_text(one_template(tmp_path, "{{ a }}"), {"a": "\u200b \u3000"})


@pytest.mark.parametrize(("value", "says"), [(1, "甲应为文字"), (date(2026, 1, 1), "甲应为文字")])
def test_a_fact_of_the_wrong_kind_is_refused(tmp_path: Path, value: object, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        render_text(one_template(tmp_path, "{{ a }}"), {"a": value})
