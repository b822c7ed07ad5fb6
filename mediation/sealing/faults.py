"""What can go wrong with keys and sealed values. SQLAlchemy lets these through as they are."""

from sqlalchemy.exc import DontWrapMixin

from ..errors import BadInput, MediationError, Unavailable


class KeysMissing(Unavailable, DontWrapMixin):
    """A key that is needed is not there, or the key file cannot be used."""


class Unreadable(MediationError, DontWrapMixin):
    """A stored value does not open: it was changed, or moved from another column."""

    def __init__(self, place: str) -> None:
        super().__init__(f"数据库中有一项加密内容（{place}）无法解开，可能被改动，请立即报告管理员，从备份恢复。")


class TooLong(BadInput, DontWrapMixin):
    def __init__(self, limit: int) -> None:
        super().__init__(f"有一项内容太长（最多{limit}个字），没有保存；请缩短后重试。")


class BrokenCharacter(BadInput, DontWrapMixin):
    def __init__(self) -> None:
        super().__init__("内容中有无法识别的字符（可能是复制时损坏的表情符号），未保存。请删除后重新提交。")
