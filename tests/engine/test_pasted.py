"""Pasted text: the words stay, whatever nobody sees goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.engine.pasted import in_one_line, pasted

WORD = "“拖欠”\xa0三个月\u00ad工资\v第二行\r\n\uf0b7\t要求\u200b支付\ufeff\f—— ‘立即’"


def test_text_from_word_keeps_its_words_and_lines() -> None:
    assert pasted(WORD) == "“拖欠” 三个月工资\n第二行\n•\t要求支付\n—— ‘立即’"
    assert in_one_line(WORD) == "“拖欠” 三个月工资 第二行 •\t要求支付 —— ‘立即’"


@pytest.mark.parametrize("text", ["👨‍👩‍👧", "张三😀", "❤️‍🔥", "𠮷野家", "　　首行缩进", "ئۇيغۇر", "=1+1", "<b>粗</b>"])
def test_emoji_rare_characters_and_marks_of_others_stay(text: str) -> None:
    assert pasted(text) == text


def test_marks_that_turn_the_writing_round_go() -> None:
    assert pasted("甲\u202e乙\u2066丙\u200d丁") == "甲乙丙丁"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert pasted(pasted(text)) == pasted(text)
    assert "\r" not in pasted(text)
    assert "\n" not in in_one_line(text)
