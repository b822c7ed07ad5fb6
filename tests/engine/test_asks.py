"""Answers: typed when right, one Chinese sentence per field when wrong, and the same again after a round trip."""

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.engine.asks import Answers, answers_model, validate
from mediation.errors import BadInput

from .small_world import SOUND, VOCABULARY, load

ASKS = """\
      a_text: { type: text, title: 姓名 }
      a_note: { type: long_text, title: 说明, required: false }
      a_day: { type: date, title: 日期, help: 以收据为准, required: false }
      an_instant: { type: datetime, title: 时刻, required: false }
      a_time: { type: time, title: 钟点, required: false }
      an_amount: { type: money, title: 金额, required: false }
      a_number: { type: integer, title: 人数, default: 1 }
      a_flag: { type: boolean, title: 是否, default: false }
      a_cause: { type: choice, title: 案由, choices: causes, required: false }
      the_causes: { type: choices, title: 案由们, choices: causes, required: false }
      the_days: { type: date, title: 若干日期, many: true, required: false }
      promises: { type: promises, title: 履行义务, required: false }
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> type[Answers]:
    text = SOUND.replace("      agreed_on: {", ASKS + "      agreed_on: {").replace(
        "title: 约定日期 }", "title: 约定 }"
    )
    text = text.replace("agreed_on: { type: date,", "agreed_on: { type: date, default: 2026-01-05,")
    return answers_model(load(tmp_path_factory.mktemp("asks"), text).events["postpone"], VOCABULARY)


def read(model: type[Answers], **raw: Any) -> Any:
    return validate(model, {"a_text": "王五", **raw})


def sentence(model: type[Answers], **raw: Any) -> dict[str, str]:
    with pytest.raises(BadInput) as wrong:
        read(model, **raw)
    return wrong.value.fields


def test_answers_are_typed(model: type[Answers]) -> None:
    got = read(model, a_text=" 张三 ", an_amount="1,234.5", a_day="2026-02-28", a_number="3", a_time="09:05")
    assert (got.a_text, got.an_amount, got.a_day, got.a_number) == ("张三", 123450, date(2026, 2, 28), 3)
    assert got.a_time == time(9, 5)
    assert got.agreed_on == date(2026, 1, 5)


def test_an_instant_without_zone_is_shanghai(model: type[Answers]) -> None:
    assert read(model, an_instant="2026-03-05 14:30").an_instant.isoformat() == "2026-03-05T14:30:00+08:00"
    assert read(model, an_instant="2026-03-05T06:30:00Z").an_instant.isoformat() == "2026-03-05T14:30:00+08:00"


def test_blank_counts_as_not_given(model: type[Answers]) -> None:
    assert read(model, a_day="", a_note="  ", a_number="").a_number == 1
    assert sentence(model, a_text="  ") == {"a_text": "必须填写。"}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"a_text": None}, {"a_text": "必须填写。"}),
        ({"a_text": "长" * 501}, {"a_text": "最多 500 个字，请缩短。"}),
        ({"a_text": ["x"]}, {"a_text": "请填写文字。"}),
        ({"a_text": "a\x00b"}, {"a_text": "含有不可见的控制字符，请删除后重新填写。"}),
        ({"a_note": "长" * 10_001}, {"a_note": "最多 10000 个字，请缩短。"}),
        ({"nonsense": 1}, {"nonsense": "没有这一项，请删除。"}),
        ({"a_day": 0}, {"a_day": "请按 2026-03-05 的格式填写。"}),
        ({"a_day": "0"}, {"a_day": "请按 2026-03-05 的格式填写。"}),
        ({"a_day": "20260305"}, {"a_day": "请按 2026-03-05 的格式填写。"}),
        ({"a_day": "2026-02-30"}, {"a_day": "“2026-02-30”并不存在，请核对后重新填写。"}),
        ({"a_day": "0026-02-03"}, {"a_day": "年份 26 不对，请核对后重新填写。"}),
        ({"an_instant": 1767225600}, {"an_instant": "请按 2026-03-05 14:30 的格式填写。"}),
        ({"a_time": "25:00"}, {"a_time": "“25:00”并不存在，请核对后重新填写。"}),
        ({"an_amount": "-1"}, {"an_amount": "金额不能为负数。"}),
        ({"an_amount": "0.001"}, {"an_amount": "金额最多两位小数（精确到分）。"}),
        ({"an_amount": 1.5}, {"an_amount": "金额请用文字填写，例如 1234.50。"}),
        ({"an_amount": True}, {"an_amount": "金额请用文字或整数填写，例如 1234.50。"}),
        ({"a_number": "1.0"}, {"a_number": "请填写整数。"}),
        ({"a_number": True}, {"a_number": "请填写整数。"}),
        ({"a_number": 2**31}, {"a_number": "数字过大，请核对。"}),
        ({"a_flag": "也许"}, {"a_flag": "请选择“是”或“否”。"}),
        ({"a_cause": "theft"}, {"a_cause": "不在可选范围内，请从列表中选择。"}),
        ({"the_causes": ["wages", "theft"]}, {"the_causes.1": "不在可选范围内，请从列表中选择。"}),
        ({"the_causes": "wages"}, {"the_causes": "请填写一个列表。"}),
        ({"promises": [{"due_on": "2026-02-30"}]}, {"promises.0.amount": "必须填写。"}),
        ({"promises": ["x"]}, {"promises.0": "请按各栏分别填写。"}),
    ],
)
def test_every_mistake_has_its_sentence(model: type[Answers], raw: dict[str, Any], expected: dict[str, str]) -> None:
    assert expected.items() <= sentence(model, **raw).items()


def test_all_mistakes_come_at_once(model: type[Answers]) -> None:
    assert sentence(model, a_text="", a_day="x", an_amount="x", more=1).keys() == {
        "a_text",
        "a_day",
        "an_amount",
        "more",
    }


def test_the_schema_speaks_chinese(model: type[Answers]) -> None:
    schema = model.model_json_schema()
    assert schema["title"] == "延长调解"
    assert schema["properties"]["a_day"]["title"] == "日期"
    assert schema["properties"]["a_day"]["description"] == "以收据为准"
    choice = schema["properties"]["a_cause"]["anyOf"][0]
    assert choice["oneOf"][0] == {"const": "wages", "title": "劳动报酬"}
    assert schema["additionalProperties"] is False


def test_a_model_is_made_once(tmp_path: Path) -> None:
    event = load(tmp_path).events["settle"]
    assert answers_model(event, VOCABULARY) is answers_model(event, VOCABULARY)


@given(
    day=st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    fen=st.integers(0, 10**15),
    number=st.integers(-(2**31), 2**31 - 1),
    flag=st.booleans(),
    causes=st.lists(st.sampled_from(["wages", "injury"])),
)
def test_what_was_written_down_reads_back_the_same(
    model: type[Answers], day: date, fen: int, number: int, flag: bool, causes: list[str]
) -> None:
    yuan = f"{fen // 100}.{fen % 100:02d}"
    first = read(
        model,
        a_day=day.isoformat(),
        an_amount=yuan,
        a_number=number,
        a_flag=flag,
        the_causes=causes,
        promises=[{"due_on": day.isoformat(), "amount": yuan}],
    )
    assert first.an_amount == first.promises[0].amount == fen
    assert first.canonical()["an_amount"] == yuan
    assert validate(model, first.canonical()) == first
