"""Who is in the case: groups, representatives, respondents corrected, added or replaced; and claims that change."""

from typing import Any

from sqlalchemy import select

from ...cases.models import Demand
from ...cases.parties import DemandChange, DemandIn, PartyCorrection, PartyIn, change_demand, change_party
from ...money import yuan
from ..cast import Employers, by_employer, employers_of, over_workers, relative_of, worker_names
from ..story import NotYet, Story
from .book import StepBook
from .intake import held_back

STEPS = StepBook()

REPRESENTATIVES = 3
"""AR 63 gives three to five; the fewest are chosen where a source does not say how many."""


@STEPS.step("GROUP_OPEN")
def open_group(story: Story) -> None:
    """Every worker has had a row of their own since registration."""
    story.activity("note", "多人案件，逐人登记")
    story.did(f"多人案件：{len(story.parties('worker'))}名劳动者逐人登记")


@STEPS.step("REP_CHOSEN")
def choose(story: Story) -> None:
    story.did(f"推选代表{choose_representatives(story)}名")


def choose_representatives(story: Story) -> int:
    """The first workers speak for the group; how many were chosen."""
    workers, names = story.parties("worker"), worker_names(story.case)
    chosen = list(zip(names, workers, strict=True))[:REPRESENTATIVES]
    for name, worker in chosen:
        story.party("worker", PartyIn(name=name, role="elected_representative", represents=worker))
    return len(chosen)


@STEPS.step("AGENT_SET")
def set_agent(story: Story) -> None:
    name, role = relative_of(story.case)
    story.party("worker", PartyIn(name=name, role=role, represents=story.parties("worker")[0]))
    story.did(f"登记{story.runtime.title('party_roles', role)}：{name}")


@STEPS.step("PARTY_CORRECTED")
def correct(story: Story) -> None:
    found = employers_of(story.case)
    if found.wrong is None or found.right is None:
        raise NotYet("更正当事人", "来源没有列出更正前后两个单位的名称")
    _change(story, story.parties("employer")[-1], name=found.right, reason="来源载明：原先认错了单位")
    story.did(f"更正当事人：{found.wrong} → {found.right}")


@STEPS.step("PARTY_ADDED")
def add(story: Story) -> None:
    name = employers_of(story.case).joining or next(iter(story.case.parties.others), None)
    if name is None:
        raise NotYet("追加第三方", "来源没有列出被追加者的名称")
    side = "employer" if employers_of(story.case).joining else "third"
    story.party(side, PartyIn(name=name))
    story.did(f"追加{story.runtime.title('sides', side)}：{name}")


@STEPS.step("PARTY_SUCCEEDED")
def succeed(story: Story) -> None:
    """The successor joins and the former respondent leaves; its rows stay."""
    found: Employers = employers_of(story.case)
    former, successor = story.parties("employer")[-1], found.successor or "承继方（来源未载名称）"
    story.party("employer", PartyIn(name=successor))
    _change(story, former, left_on=story.today, reason="来源载明：主体承继、运营权交接")
    story.did(f"{found.first[-1]}退出，{successor}承继；原有记录保留")


def _change(story: Story, party: int, **values: Any) -> None:
    with story.runtime.database.write() as session:
        change_party(
            session,
            story.runtime,
            story.case_id,
            party,
            PartyCorrection(**values),
            revision=story.revision(session),
            key=story.key(),
            actor=story.stage.mediator,
        )
    story.left("file:change_party")


@STEPS.step("CLAIM_CHANGED")
def change_claim(story: Story) -> None:
    """The claim that was held back joins; where there is none, the change itself is recorded without a new sum."""
    later = held_back(story)
    if later is None:
        _record_change(story)
        story.did("变更请求：来源未公布变更内容，金额不变，留痕")
        return
    assumed: list[str] = []
    workers = story.parties("worker")
    for row in over_workers(later, worker_names(story.case), assumed):
        story.demand(DemandIn(**{**row, "party": workers[row["party"]]}))
    story.did(f"增加请求：{later.item}")
    for words in assumed:
        story.implied(words)


def _record_change(story: Story) -> None:
    first = story.read(select(Demand.id).where(Demand.case_id == story.case_id).order_by(Demand.id))[0]
    with story.runtime.database.write() as session:
        change_demand(
            session,
            story.runtime,
            story.case_id,
            first,
            DemandChange(reason="来源载明请求有变更，内容未公布"),
            revision=story.revision(session),
            key=story.key(),
            actor=story.stage.mediator,
        )
    story.left("file:change_demand")


@STEPS.step("COUNTERCLAIM")
def counterclaim(story: Story) -> None:
    claims = [claim for claim in story.case.claims if by_employer(claim)]
    employer = story.parties("employer")[0]
    for claim in claims:
        amount = None if claim.amount is None else yuan(claim.amount)
        data = {"party": employer, "head": "other", "item": claim.item, "quality": claim.q or "exact", "amount": amount}
        story.demand(DemandIn.model_validate(data))
    if not claims:
        story.demand(DemandIn(party=employer, head="other", item="对方的请求（来源未载内容）"))
    story.did(f"登记对方请求{max(1, len(claims))}项")
