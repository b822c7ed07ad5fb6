"""What nobody has verified is data: it reaches whatever it touches, and an id that does not exist is refused."""

import json
from datetime import date
from pathlib import Path

import pytest

from mediation.deadlines.run import as_course
from mediation.errors import BrokenDefinition
from mediation.law.book import LawBook

NUMBERED = {
    1: "supervision_letters",
    2: "union_rules",
    3: "legal_aid_procedure",
    4: "beijing_legal_aid",
    5: "average_wages",
    6: "holidays_2027",
    7: "calculation_gaps",
    8: "court_details",
    9: "statistics",
    10: "warning_levels",
    11: "unread_documents",
    12: "coming_law",
    13: "file_keeping",
    14: "from_memory",
}


def test_all_fourteen_points_are_there(book: LawBook) -> None:
    assert {doubt.number: doubt.id for doubt in book.doubts.values()} == NUMBERED
    assert all(doubt.reason for doubt in book.doubts.values())


@pytest.mark.parametrize(
    ("id", "point"),
    [
        ("supervision_opinion_reply_national", "supervision_letters"),
        ("union_legal_aid_decide", "union_rules"),
        ("legal_aid_close_report", "legal_aid_procedure"),
        ("legal_aid_bj_decide", "beijing_legal_aid"),
        ("legal_aid_objection_file", "beijing_legal_aid"),
        ("arb_refusal_sue", "court_details"),
        ("judicial_confirmation_decide", "court_details"),
        ("warning_verify_red", "warning_levels"),
        ("hotline_12351_bj", "warning_levels"),
        ("hotline_12345", "from_memory"),
    ],
)
def test_a_point_reaches_what_rests_on_it(book: LawBook, id: str, point: str) -> None:
    (period,) = book.periods[id]
    assert not period.verified
    assert book.doubt(point).text in period.unverified_because


def test_a_watched_point_shakes_nothing(book: LawBook) -> None:
    assert book.statute("LMA-29").verified
    assert book.statute("CPL-205").verified
    for id in ("mediation_finish", "arb_accept", "court_answer", "legal_aid_decide", "union_demand_reply_bj"):
        (period,) = book.periods[id]
        assert period.verified
        assert not period.unverified_because


def test_the_reason_stays_with_the_deadline_of_a_case(book: LawBook) -> None:
    shaken = as_course(book.reckon("legal_aid_bj_decide", date(2026, 9, 18)))
    told = json.loads(shaken.explanation)
    assert not shaken.verified
    assert shaken.legal
    assert any("是否修订或者废止没有核到" in reason for reason in told["doubts"])
    assert any(reason.startswith("待核实：") for reason in told["reasons"])
    assert told["cites"][0]["id"] == "BJLA-21"
    sound = as_course(book.reckon("mediation_finish", date(2026, 9, 18)))
    assert sound.verified
    assert "doubts" not in json.loads(sound.explanation)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("instruments: [BJLA]", "instruments: [BJLB]", "牵涉的“BJLB”不存在"),
        ("periods: [arb_refusal_sue]", "periods: [arb_refusal]", "牵涉的“arb_refusal”不存在"),
        ("amounts: [cap_wage_monthly,", "amounts: [cap_wage,", "牵涉的“cap_wage”不存在"),
        ("formulas: [double_wage,", "formulas: [triple_wage,", "牵涉的“triple_wage”不存在"),
        ("sources: [M]", "sources: [Q]", "牵涉的“Q”不存在"),
        ("sources: [M]", "everything: [M]", "不认识的键“everything”"),
        ("mark: watch", "mark: maybe", "的 mark 应为下列之一"),
        ("    reason: 2008年", "    raison: 2008年", "缺少 reason"),
    ],
)
def test_a_broken_point_is_refused_with_its_line(law_copy: Path, old: str, new: str, sentence: str) -> None:
    path = law_copy / "law" / "unverified.yaml"
    shipped = path.read_text(encoding="utf-8")
    assert old in shipped
    path.write_text(shipped.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenDefinition) as broken:
        LawBook.load(law_copy)
    line = shipped[: shipped.index(old)].count("\n") + 1
    found = [fault for fault in broken.value.faults if sentence in fault]
    assert found
    assert all(fault.startswith(f"{path}:") for fault in found)
    assert any(abs(int(fault.removeprefix(f"{path}:").split(":")[0]) - line) <= 3 for fault in found)
