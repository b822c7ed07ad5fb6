"""Numbers that identify people and employers, as typed at a counter: cleaned, checked, and refused in plain words.

Resident ID numbers follow GB 11643 (ISO 7064 MOD 11-2), unified social credit codes GB 32100. Everything is pure;
each function returns the clean form or raises BadInput with one sentence that says what is wrong.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import phonenumbers
from stdnum.cn import ric
from stdnum.cn import uscc as social_credit

from ..errors import BadInput

GENDERS: Mapping[str, str] = {"male": "男", "female": "女"}

_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")
_PERMIT_REGIONS = re.compile(r"8[1-3]")
_CJK = r"[\u3400-\u9fff（）·]"


@dataclass(frozen=True, slots=True)
class ResidentId:
    """An 18-character number with what it says: birth date, gender ("male", "female")."""

    number: str
    birth_date: date
    gender: str


def compact(text: str) -> str:
    """Full-width characters made half-width, every space and invisible mark removed, upper case."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf").upper()


def clean_name(text: str) -> str:
    """A name of a person or employer for storing and comparing.

    One spelling for what looks alike: Chinese brackets and middle dot, half-width letters, no spaces beside Chinese.
    """
    folded = unicodedata.normalize("NFKC", text).translate(str.maketrans("()•・‧⋅", "（）····"))
    spaced = " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())
    return re.sub(rf"(?<={_CJK}) | (?={_CJK})", "", spaced)


def resident_id(text: str) -> ResidentId:
    """A Chinese citizen's resident ID number."""
    number = compact(text)
    if len(number) == 18 and _PERMIT_REGIONS.match(number):
        raise BadInput(f"{number[:2]} 开头的是港澳台居民居住证号码，请把证件类型改为“港澳台居民居住证”。")
    return _eighteen(number, "居民身份证号码", _PROVINCES)


def residence_permit(text: str) -> ResidentId:
    """The number of a residence permit for people of Hong Kong (81), Macau (82) and Taiwan (83)."""
    return _eighteen(compact(text), "港澳台居民居住证号码", _PERMIT_REGIONS)


def _eighteen(number: str, title: str, regions: re.Pattern[str]) -> ResidentId:
    if len(number) != 18:
        old = "15位的旧号码已停用，" if len(number) == 15 else ""
        raise BadInput(f"{title}应为18位，现为{len(number)}位，{old}请核对后重新填写。")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise BadInput(f"{title}前17位应为数字，最后一位应为数字或字母X，请核对。")
    if not regions.match(number):
        raise BadInput(f"{title}开头的“{number[:2]}”不是有效的地区代码，请核对前两位。")
    birth_date = _birth_date(number, title)
    if number[-1] != ric.calc_check_digit(number):
        raise BadInput(f"{title}的校验码不符，可能抄错了一位，请逐位核对。")
    return ResidentId(number, birth_date, "male" if int(number[16]) % 2 else "female")


def _birth_date(number: str, title: str) -> date:
    try:
        return date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        raise BadInput(f"{title}第7至14位“{number[6:14]}”不是有效的出生日期，请核对。") from None


_PATTERNS: Mapping[str, tuple[str, str, str]] = {
    "hk_macau_permit": ("港澳居民来往内地通行证", r"[HM][0-9]{8}([0-9]{2})?", "字母H或M加8位数字"),
    "taiwan_permit": ("台湾居民来往大陆通行证", r"[0-9]{8}|[0-9]{10}[A-Z]?", "8位数字"),
    "passport": ("护照", r"[A-Z0-9]{5,15}", "5至15位字母和数字"),
    "foreign_permanent": (
        "外国人永久居留身份证",
        r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]",
        "3个字母加12位数字，或9开头的18位",
    ),
    "other": ("证件", r"[^<>]{2,40}", "2至40个字"),
}


def id_number(kind: str, text: str) -> str:
    """The clean number of a document of this kind (codes: workflows/codes/id_kinds.yaml)."""
    if kind == "resident_id":
        return resident_id(text).number
    if kind == "residence_permit":
        return residence_permit(text).number
    if kind not in _PATTERNS:
        raise BadInput(f"没有“{kind}”这种证件类型，请从列表中选择。")
    title, pattern, shape = _PATTERNS[kind]
    number = compact(text)
    if not re.fullmatch(pattern, number):
        raise BadInput(f"{title}号码应为{shape}，现为“{number}”，请核对。")
    return number


def uscc(text: str) -> str:
    """A unified social credit code: 18 characters, region digits in 3-8, check character last."""
    code = compact(text).replace("-", "")
    if len(code) != 18:
        raise BadInput(f"统一社会信用代码应为18位，现为{len(code)}位，请核对后重新填写。")
    if wrong := re.search(r"[^0-9A-HJ-NPQRTUWXY]", code):
        raise BadInput(
            f"统一社会信用代码不使用“{wrong.group()}”（没有字母I、O、S、V、Z），请核对是否为数字1、0、5、2。"
        )
    if not re.fullmatch(r"[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}", code):
        raise BadInput("统一社会信用代码第3至8位是登记地区划代码，应为数字，请核对。")
    if code[-1] != social_credit.calc_check_digit(code[:17]):
        raise BadInput("统一社会信用代码的校验码不符，可能抄错了一位，请对照营业执照逐位核对。")
    return code


_EXTENSION = re.compile(r"(?:转|EXT\.?|#)([0-9]{1,6})$")
_SHORT = re.compile(r"1[0-9]{2,4}|9[56][0-9]{3,4}")


def phone(text: str) -> str:
    """A telephone number people here can call.

    Mobiles come back as 11 digits, landlines as 010-12345678 (with 转123 for an extension), numbers abroad as
    +852 1234 5678. Hotlines (12351, 12348) and 400 numbers are accepted.
    """
    typed = compact(text)
    found = _EXTENSION.search(typed)
    extension = f"转{found.group(1)}" if found else ""
    digits = re.sub(r"[-‐‑–—.()]", "", typed[: found.start()] if found else typed)
    if not re.fullmatch(r"\+?[0-9]+", digits):
        raise BadInput(f"“{typed}”不是电话号码，请只填写数字，分机用“转”隔开。")
    return _dialled(re.sub(r"^(\+86|0086|86(?=1[3-9][0-9]{9}$))", "", digits)) + extension


def _dialled(digits: str) -> str:
    if re.fullmatch(r"1[3-9][0-9]{9}", digits) or _SHORT.fullmatch(digits):
        return digits
    if re.match(r"1[3-9]", digits):
        raise BadInput(f"手机号码应为11位，现为{len(digits)}位，请核对。")
    try:
        number = phonenumbers.parse(re.sub(r"^00", "+", digits), "CN")
    except phonenumbers.NumberParseException:
        raise BadInput(f"“{digits}”不是有效的电话号码，请核对。") from None
    if not phonenumbers.is_valid_number(number):
        raise BadInput(f"“{digits}”不是有效的电话号码，固定电话请带区号填写，例如 010-12345678。")
    return _written(number)


def _written(number: phonenumbers.PhoneNumber) -> str:
    if number.country_code != 86:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    parts = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL).split()
    if parts[0].startswith("0"):
        return parts[0] + "-" + "".join(parts[1:])
    return "-".join(parts)
