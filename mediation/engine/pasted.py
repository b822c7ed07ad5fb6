"""Text as it comes out of Word, a web page or a chat: the words stay, what nobody sees or means goes."""

import re

_BREAKS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
"""Word's line within a paragraph is a vertical tab, its page break a form feed."""
_SPACES = re.compile("[\xa0\u2000-\u200a\u202f\u205f]")
_PICTURE = "[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f]"
_UNSEEN = re.compile(
    "[\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    f"|(?<!{_PICTURE})\u200d|\u200d(?!{_PICTURE})"
)
"""Soft hyphens, marks without width, marks that turn the direction of writing; joiners stay within an emoji."""
_BULLETS = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf06c": "●", "\uf0d8": "➢", "\uf0fc": "✓"})
"""Bullets of Word's symbol fonts, which have no meaning outside it."""


def pasted(text: str) -> str:
    """`text` with one kind of line end and of space, its bullets as everybody's, and without invisible marks."""
    lined = _SPACES.sub(" ", _BREAKS.sub("\n", text))
    return _UNSEEN.sub("", lined).translate(_BULLETS)


def in_one_line(text: str) -> str:
    """The same for a field of one line: line ends are spaces."""
    return " ".join(part for part in pasted(text).split("\n") if part.strip())
