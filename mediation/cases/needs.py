"""What a worker needs: an interpreter, company, a safe way of being reached. Only who works on the case sees it."""

from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from ..engine.ask_types import LongText, Text, YesNo
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..people.colleagues import checked_languages
from ..people.models import Person
from ..runtime import Runtime
from .change import Change, changing
from .models import Party

OF_AGE = 18
MINOR = "minor"


class NeedsIn(BaseModel):
    """What is so from now on. Needs of health that are stored stay, unless `replace_hidden` says that this list holds
    them too: whoever sees them masked cannot give them back."""

    model_config = ConfigDict(extra="forbid", title="需要特别照顾的情况")

    needs: list[Text] = Field(default_factory=list, title="情况", max_length=20)
    replace_hidden: YesNo = Field(default=False, title="健康等敏感情况以本次所列为准（不选的保持原登记）")
    languages: list[Text] | None = Field(default=None, title="用什么语言、方言沟通", max_length=30)
    """None leaves them as they are."""
    note: LongText | None = Field(default=None, title="说明")


def checked_needs(runtime: Runtime, needs: Sequence[str], field: str = "needs") -> list[str]:
    """Each code once, in the order of the list; BadInput where one is unknown."""
    known = runtime.codes["party_needs"]
    if any(code not in known for code in needs):
        raise BadInput("填写的内容有误，请按提示修改。", {field: "不在可选范围内，请从列表中选择。"})
    return [code for code in known.titles if code in needs]


def of_health(runtime: Runtime, needs: Iterable[str]) -> tuple[str, ...]:
    """Those that say something about somebody's health or age; they are masked."""
    return tuple(code for code in needs if runtime.codes["party_needs"].about(code).get("class") == "health")


def proposed_needs(needs: Sequence[str], born_on: date | None, today: date) -> tuple[str, ...]:
    """What the file itself suggests and nobody has confirmed: under eighteen by the date of birth."""
    if born_on is None or MINOR in needs:
        return ()
    age = today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
    return (MINOR,) if age < OF_AGE else ()


def set_needs(
    session: Session,
    runtime: Runtime,
    case_id: int,
    party_id: int,
    data: NeedsIn,
    *,
    revision: int,
    key: str,
    actor: Actor,
) -> Change:
    """Say what a worker needs; `result.before` keeps what was said earlier."""
    given = {"party": party_id, **data.model_dump(mode="json", exclude_none=True)}
    with changing(session, runtime, case_id, "party_needs", given, revision=revision, key=key, actor=actor) as made:
        if made.repeated is None:
            party = session.get(Party, party_id)
            if party is None or party.case_id != case_id:
                raise NotFound("本案没有这个当事人。")
            if party.side != "worker":
                raise BadInput("只登记劳动者一方的情况。", {"needs": "请在劳动者处登记。"})
            made.result["before"] = {"needs": list(party.needs)}
            kept = () if data.replace_hidden else of_health(runtime, party.needs)
            party.needs = checked_needs(runtime, [*data.needs, *kept])
            if data.languages is not None and party.person_id is not None:
                spoken = checked_languages(runtime.codes["languages"], data.languages)
                session.get_one(Person, party.person_id).languages = spoken
    return made
