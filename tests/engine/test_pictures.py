"""What is made from a definition: diagrams, the page of permissions, the manual, the list of ways to test."""

import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest

from mediation.engine.definition import Definition
from mediation.engine.diagram import mermaid, svg
from mediation.engine.layout import Size, lay_out
from mediation.engine.manual import manual
from mediation.engine.manual import test_list as ways_to_test
from mediation.engine.matrix import matrix, roles
from mediation.law.book import LawBook
from mediation.law.workdays import Workdays

from .small_world import SOUND, VOCABULARY, load

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def definition(tmp_path: Path) -> Definition:
    return load(tmp_path)


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(picture).iter(f"{SVG}text")]


def test_mermaid_has_each_way_once(definition: Definition) -> None:
    lines = mermaid(definition).splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert '    state "调解中" as s_mediation' in lines
    assert "    [*] --> s_intake" in lines
    assert "    s_mediation --> s_settlement: 达成调解协议" in lines
    assert "    s_closed --> [*]" in lines
    assert len(lines) == len(set(lines))


def test_the_picture_shows_titles_numbers_and_what_stays(definition: Definition) -> None:
    shown = texts(svg(definition, {"mediation": 12}, {"mediation": 8.5}))
    assert {"登记", "调解中", "履行中", "结案", "受理", "达成调解协议", "期限：调解期限"} <= set(shown)
    assert "12 件 · 中位 8.5 天" in shown
    assert "0 件" in shown
    assert "↻ 1 项不改变状态" in shown
    assert not any("件" in text for text in texts(svg(definition)))


def test_the_picture_has_no_style_of_its_own(definition: Definition) -> None:
    """It must obey a strict content policy and dark mode."""
    picture = ET.fromstring(svg(definition))
    assert not list(picture.iter(f"{SVG}style"))
    assert not [e for e in picture.iter() if "style" in e.attrib]
    assert {e.get("fill") for e in picture.iter() if "fill" in e.attrib} == {"currentColor", "none"}


def test_titles_cannot_break_the_picture(tmp_path: Path) -> None:
    text = SOUND.replace("title: 调解中", "title: '<script>alert(\"1\")</script>&'").replace(
        "title: 受理\n", "title: 'a<b;#:'\n"
    )
    definition = load(tmp_path, text)
    assert '<script>alert("1")</script>&' in texts(svg(definition))
    assert "<script" not in svg(definition)
    assert "s_intake --> s_mediation: a＜b；＃：" in mermaid(definition)


def test_an_event_from_many_states_is_told_in_its_box(tmp_path: Path) -> None:
    extra = "  more: { title: 补充, acts_next: clerk, within: answer_applicant }\n  closed:"
    more = "  add:\n    title: 要求补充\n    by: [clerk]\n    from: intake\n    to: more\n  withdraw:\n"
    text = SOUND.replace("  closed:", extra).replace("  withdraw:\n", more)
    shown = texts(svg(load(tmp_path, text)))
    assert "← 撤回（4 个状态）" in shown
    assert "撤回" not in shown


def test_no_box_covers_another_and_no_line_runs_through_a_box() -> None:
    names = [f"s{n}" for n in range(15)]
    sizes = {name: Size(100 + 10 * (index % 4), 60) for index, name in enumerate(names)}
    edges = {(a, b): Size(60, 17) for index, a in enumerate(names) for b in (*names[index + 1 : index + 3], names[-1])}
    edges |= {("s9", "s2"): Size(60, 34), ("s12", "s0"): Size(60, 17)}
    edges = {pair: size for pair, size in edges.items() if pair[0] != pair[1]}
    layout = lay_out(sizes, edges)
    nodes = {*layout.boxes.values(), *(node for line in layout.lines for node in line.chain)}
    for one, other in combinations(nodes, 2):
        apart_x = abs(one.x - other.x) >= (one.size.width + other.size.width) / 2
        apart_y = abs(one.y - other.y) >= (one.size.height + other.size.height) / 2
        assert apart_x or apart_y
    assert all(n.x >= n.size.width / 2 and n.x + n.size.width / 2 <= layout.width for n in nodes)
    assert all(n.y >= n.size.height / 2 and n.y + n.size.height / 2 <= layout.height for n in nodes)


def test_the_matrix_says_who_may_do_what_where(definition: Definition) -> None:
    rows = {row.event.name: row for row in matrix(definition)}
    assert {role: [s.title for s in states] for role, states in rows["record_receipt"].states.items()} == {
        "mediator": ["履行中"],
        "lawyer": ["履行中"],
    }
    assert "clerk" not in rows["settle"].states
    assert roles(definition) == ("clerk", "mediator", "lawyer", "clock")


def test_the_manual_cites_the_law(definition: Definition) -> None:
    book = LawBook({}, {}, VOCABULARY.periods, {}, {}, Workdays([]), {})  # type: ignore[arg-type]
    sections = {section.state.name: section for section in manual(definition, book)}
    mediation = sections["mediation"]
    assert mediation.within is not None
    assert (mediation.acts_next, mediation.within.span) == ("mediator", "15日")
    assert mediation.within.cites == ("《测试法》第十四条",)
    settle = next(step for step in mediation.steps if step.event.name == "settle")
    assert [state.title for state in settle.leads_to] == ["履行中"]
    assert [(limit.rule.name, limit.span) for limit in settle.opens] == [("promise_due", "按约定的日期")]
    assert sections["closed"].within is None


def test_the_test_list_has_every_branch_of_every_event(definition: Definition) -> None:
    ways = {(way.source, way.event.name, way.target) for way in ways_to_test(definition)}
    assert len(ways) == 9
    assert {("settlement", "record_receipt", "closed"), ("settlement", "record_receipt", "settlement")} <= ways
