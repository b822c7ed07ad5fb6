"""Numbers typed at a counter: what is accepted, in which form, and the sentence for what is not."""

from collections.abc import Callable
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as social_credit

from mediation.errors import BadInput
from mediation.people.identity import clean_name, id_number, phone, residence_permit, resident_id, uscc
from mediation.settings import bundled

BIRTH_DATES = st.dates(date(1930, 1, 1), date(2010, 12, 31))
SERIALS = st.integers(0, 999).map(lambda n: f"{n:03d}")


def numbered(region: str, born: date, serial: str) -> str:
    body = f"{region}{born:%Y%m%d}{serial}"
    return body + ric.calc_check_digit(body + "0")


RESIDENT_IDS = st.builds(numbered, st.sampled_from(["110105", "110104", "440315", "659001"]), BIRTH_DATES, SERIALS)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODES = st.builds(
    lambda head, region, rest: head + region + rest + social_credit.calc_check_digit(head + region + rest),
    st.text(ALPHABET, min_size=2, max_size=2),
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.text(ALPHABET, min_size=9, max_size=9),
)
FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}


@given(BIRTH_DATES, SERIALS)
def test_a_resident_id_tells_birth_date_and_gender(born: date, serial: str) -> None:
    told = resident_id(numbered("110105", born, serial))
    assert told.birth_date == born
    assert told.gender == ("male" if int(serial[2]) % 2 else "female")


@given(RESIDENT_IDS)
def test_spelling_does_not_matter(number: str) -> None:
    assert resident_id(f" {number[:6]} {number[6:14]}\u3000{number[14:].lower()}\u200b").number == number
    assert resident_id(number.translate(FULL_WIDTH)).number == number


@given(RESIDENT_IDS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, shift: int) -> None:
    wrong = str((int(number[place]) + shift) % 10)
    with pytest.raises(BadInput):
        resident_id(number[:place] + wrong + number[place + 1 :])


@given(RESIDENT_IDS, st.integers(0, 15))
def test_two_swapped_digits_are_always_noticed(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(BadInput):
            resident_id(swapped)


@given(st.text(max_size=24))
def test_any_text_is_read_or_refused_in_chinese(text: str) -> None:
    for read in (resident_id, uscc, phone):
        sentence = refusal_of(read, text)
        assert sentence is None or any("\u4e00" <= c <= "\u9fff" for c in sentence)


def refusal_of(read: Callable[[str], object], text: str) -> str | None:
    try:
        read(text)
    except BadInput as error:
        return error.sentence
    return None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1101051949123100", "应为18位，现为16位"),
        ("110105491231002", "15位的旧号码已停用"),
        ("11010519491231002A", "最后一位应为数字或字母X"),
        ("1101O519491231002X", "前17位应为数字"),
        ("99010519491231002X", "“99”不是有效的地区代码"),
        ("11010519490229002X", "“19490229”不是有效的出生日期"),
        ("110105194912310021", "校验码不符"),
        ("81000019980902013X", "港澳台居民居住证"),
    ],
)
def test_what_is_wrong_with_a_resident_id(typed: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        resident_id(typed)


@given(st.sampled_from(["810000", "820000", "830000"]), BIRTH_DATES, SERIALS)
def test_residence_permits_of_hong_kong_macau_taiwan(region: str, born: date, serial: str) -> None:
    number = numbered(region, born, serial)
    assert residence_permit(number).birth_date == born
    assert id_number("residence_permit", number) == number


@pytest.mark.parametrize(
    ("kind", "typed", "clean"),
    [
        ("hk_macau_permit", "h 1234 5678", "H12345678"),
        ("hk_macau_permit", "M1234567801", "M1234567801"),
        ("taiwan_permit", "１２３４５６７８", "12345678"),
        ("passport", "e12345678", "E12345678"),
        ("foreign_permanent", "usa110080010101", "USA110080010101"),
        ("other", "军 字第12345号", "军字第12345号"),
    ],
)
def test_other_documents(kind: str, typed: str, clean: str) -> None:
    assert id_number(kind, typed) == clean


@pytest.mark.parametrize(("kind", "typed"), [("hk_macau_permit", "A12345678"), ("passport", "护照"), ("horse", "1")])
def test_refused_documents(kind: str, typed: str) -> None:
    with pytest.raises(BadInput, match="请"):
        id_number(kind, typed)


def test_every_kind_in_the_code_list_can_be_checked() -> None:
    kinds = yaml.safe_load((bundled("workflows") / "codes" / "id_kinds.yaml").read_text(encoding="utf-8"))["codes"]
    for kind in kinds:
        with pytest.raises(BadInput, match="应为"):
            id_number(kind, "?")


@given(CODES)
def test_social_credit_codes_also_with_letters_in_front(code: str) -> None:
    assert uscc(code.lower().translate(FULL_WIDTH)) == code


@given(CODES, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_of_a_code_is_always_noticed(code: str, place: int, wrong: str) -> None:
    if code[place] != wrong:
        with pytest.raises(BadInput):
            uscc(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("91110000600037341", "应为18位，现为17位"),
        ("9111000O600037341L", "不使用“O”"),
        ("911100AB600037341L", "第3至8位"),
        ("91110000600037342L", "校验码不符"),
    ],
)
def test_what_is_wrong_with_a_code(typed: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        uscc(typed)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("+86 138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("86 19900001234", "19900001234"),
        ("（010）6512 3456", "010-65123456"),
        ("010-65123456转801", "010-65123456转801"),
        ("0755-83201234", "0755-83201234"),
        ("4008123456", "400-812-3456"),
        ("12351", "12351"),
        ("12348", "12348"),
        ("+852 9123 4567", "+852 9123 4567"),
    ],
)
def test_telephones(typed: str, clean: str) -> None:
    assert phone(typed) == clean
    assert phone(clean) == clean


@pytest.mark.parametrize(
    ("typed", "words"),
    [("1380013800", "应为11位，现为10位"), ("65123456", "请带区号"), ("张三", "只填写数字"), ("", "只填写数字")],
)
def test_what_is_wrong_with_a_telephone(typed: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        phone(typed)


def test_names_that_look_alike_become_equal() -> None:
    assert clean_name(" 北京 某某(中国) 有限公司 ") == clean_name("北京某某（中国）有限公司")
    assert clean_name("阿依古丽•买买提") == "阿依古丽·买买提"
    assert clean_name("ＡＢＣ  Trading") == "ABC Trading"
