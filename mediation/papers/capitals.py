"""Money in the capital characters of Chinese papers (人民币大写), which cannot be altered by adding a stroke."""

from mediation.errors import BadInput

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))
_GROUPS = ((10**8, "亿"), (10**4, "万"))


def capitals(fen: int) -> str:
    """Integer fen to capitals: 7500000 -> 柒万伍仟元整. Ends in 整 unless there are fen; refuses negative sums."""
    if isinstance(fen, bool) or not isinstance(fen, int) or fen < 0:
        raise BadInput("金额大写只能由不小于零的整数“分”换算，请核对金额。")
    yuan, rest = divmod(fen, 100)
    jiao, odd = divmod(rest, 10)
    whole = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"{whole or '零元'}整"
    tenth = f"{_DIGITS[jiao]}角" if jiao else "零" * bool(whole)
    return whole + tenth + (f"{_DIGITS[odd]}分" if odd else "整")


def _whole(number: int) -> str:
    """A whole number above zero. A 零 stands wherever the lower part does not fill its leading place."""
    for size, unit in _GROUPS:
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return _whole(high) + unit + gap + (_whole(low) if low else "")
    return _below_ten_thousand(number)


def _below_ten_thousand(number: int) -> str:
    text, gap = "", False
    for size, unit in _UNITS:
        digit, number = divmod(number, size)
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + unit
        gap = not digit
    return text
