"""What this case still needs: the list of its cause and its demands, ticked off by what has been handed in."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..engine.ask_types import Text
from ..engine.checklists import Item
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..runtime import Runtime
from .change import Change, changing
from .evidence_rows import UNSEEN, EvidenceRow
from .models import Case, Demand, Evidence


@dataclass(frozen=True, slots=True)
class Line:
    """One item. `linked` was put there by a person; `likely` is of the right category and belongs to no other item."""

    item: Item
    linked: tuple[EvidenceRow, ...]
    likely: tuple[EvidenceRow, ...]

    @property
    def there(self) -> bool:
        return bool(self.linked or self.likely)


class LinkEvidence(BaseModel):
    """What an item of evidence stands for on the list; nothing takes it off."""

    model_config = ConfigDict(extra="forbid", title="对应清单")

    item: Text | None = Field(default=None, title="清单上的哪一项")


def checklist(session: Session, runtime: Runtime, case_id: int, evidence: Sequence[EvidenceRow]) -> tuple[Line, ...]:
    """`evidence` is what the reader, or the reader of the paper, may see: nothing else is ticked off."""
    cause = session.scalar(select(Case.cause).where(Case.id == case_id)) or ""
    heads = select(Demand.head).where(Demand.case_id == case_id, Demand.withdrawn_on.is_(None)).order_by(Demand.id)
    wanted = runtime.checklists.wanted(cause, session.scalars(heads))
    return tuple(_line(item, evidence) for item in wanted)


def _line(item: Item, evidence: Sequence[EvidenceRow]) -> Line:
    linked = tuple(row for row in evidence if row.checklist_item == item.name)
    likely = tuple(row for row in evidence if row.checklist_item is None and row.category in item.categories)
    return Line(item, linked, () if linked else likely)


def link_evidence(
    session: Session, runtime: Runtime, case_id: int, evidence_id: int, data: LinkEvidence, *, key: str, actor: Actor
) -> Change:
    """Say what the item stands for. `result`: {evidence, was}."""
    row = session.get(Evidence, evidence_id)
    if row is None or row.case_id != case_id:
        raise NotFound(UNSEEN)
    given = {"item_number": row.number, "checklist_item": data.item}
    with changing(
        session, runtime, case_id, "link_evidence", given, revision=None, key=key, actor=actor, bumps=False
    ) as change:
        if change.repeated is None:
            if data.item is not None and data.item not in runtime.checklists.items:
                raise BadInput("没有保存，请按提示修改。", {"item": "清单上没有这一项，请从列表中选择。"})
            change.result |= {"evidence": row.id, "was": row.checklist_item}
            row.checklist_item = data.item
    return change
