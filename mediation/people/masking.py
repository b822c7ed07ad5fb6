"""How a number or an address is shown to those who may see only that it is there. Everything is pure.

`scrubbed` does the same to numbers inside a text that somebody typed.
"""

import re

HIDDEN = "****"

_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?1[3-9][0-9]{9}(?![0-9A-Za-z])")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_BANK = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{12,19}|[0-9]{4}(?: [0-9]{4}){2,3}(?: [0-9]{1,3})?)(?![0-9A-Za-z])")
_AREA = re.compile(r"^.{0,16}?(?:(?<![小社厂园])区|县|旗)|^.{0,10}?市")


def masked_number(text: str) -> str:
    """All but the last four characters hidden; of short ones everything."""
    return "*" * (len(text) - 4) + text[-4:] if len(text) > 6 else "*" * len(text)


def masked_phone(text: str) -> str:
    """138****0001, 010-****5678; of short ones everything hidden."""
    head = text[: text.index("-") + 1] if "-" in text[:5] else text[:3]
    return f"{head}{HIDDEN}{text[-4:]}" if len(text) > len(head) + 5 else "*" * max(len(text), 3)


def masked_email(text: str) -> str:
    """z****@example.com"""
    local, _, host = text.partition("@")
    return f"{local[:1]}{HIDDEN}@{host}"


def masked_address(text: str) -> str:
    """The district stays, what leads to the door does not."""
    found = _AREA.match(text)
    head = found.group() if found and found.end() < len(text) else ""
    return head + HIDDEN


def scrubbed(text: str) -> str:
    """The text with the middle of every telephone, identity and account number in it hidden."""
    text = _IDENTITY.sub(lambda found: masked_number(found.group()), text)
    text = _MOBILE.sub(lambda found: masked_phone(found.group()[-11:]), text)
    return _BANK.sub(lambda found: masked_number(found.group()), text)
