"""起草申请书: a paper for a party from the file, before anything is filed. It moves no state, starts no procedure."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from ...cases.change import Change, changing
from ...cases.printed import note_printed
from ...cases.step import Step
from ...documents.issue import Issued, Issuer, issue, void_drafts
from ...errors import BadInput, NotFound, Refusal, Refused
from ...people.actor import Actor
from ...runtime import Runtime
from .compose import facts_for, in_the_agreement
from .dossier import Dossier, dossier
from .kinds import KINDS, Kind
from .standing import standing

MOST = 1000
"""Papers made at once."""
NAMED = 3
"""Up to so many names stand in the title of a paper."""
REPLACED = "已由新的草稿代替"


def draft_paper(
    session: Session,
    runtime: Runtime,
    case_id: int,
    template: str,
    *,
    key: str,
    actor: Actor,
    workers: Sequence[int] = (),
    together: bool = True,
) -> Change:
    """Draft this paper for these workers (none named: all). `result` holds the documents as events do.

    `together`: one paper for several workers, with a list of them, where the kind allows it; else one for each.
    Refused where the way is closed, with the reasons; an application for arbitration never is. An earlier draft of
    the same title is marked as replaced. Cannot collide: asks no revision.
    """
    kind = KINDS.get(template)
    if kind is None:
        raise NotFound("没有这种申请书，请从案件的“申请书”页面选择。")
    given = {"template": template, "workers": sorted(workers), "together": together}
    with changing(
        session, runtime, case_id, "draft_paper", given, revision=None, key=key, actor=actor, bumps=False
    ) as change:
        if change.repeated is None:
            _refuse_closed(change.step, kind)
            _draft(change.step, kind, workers, together)
    return change


def _refuse_closed(step: Step, kind: Kind) -> None:
    stands = standing(step.runtime, step.facts, kind)
    if stands.state == "closed":
        why = "；".join(stands.reasons)
        raise Refused([Refusal(kind.template, f"现在不能起草《{stands.title}》：{why}。")])


def _draft(step: Step, kind: Kind, workers: Sequence[int], together: bool) -> None:
    found = dossier(step)
    groups = list(_signing(found, kind, workers, together))
    if len(groups) > MOST:
        raise BadInput(f"一次最多起草{MOST}份，现为{len(groups)}份，请分批选择劳动者。")
    for ids in groups:
        issued = _issue(step, found, kind, ids)
        step.results.setdefault("documents", []).append(issued.said)
        note_printed(step, step.runtime.templates.get(kind.template), [issued.said])


def _signing(found: Dossier, kind: Kind, workers: Sequence[int], together: bool) -> Iterator[Sequence[int]]:
    """Who signs each paper, in the order of the file."""
    strangers = set(workers) - found.workers.keys()
    if strangers:
        raise BadInput("请从本案的劳动者中选择。", {"workers": "所选的人不是本案的劳动者，请重新选择。"})
    all_of_them = in_the_agreement(found) if kind.whose == "both" else list(found.workers)
    chosen = [id for id in all_of_them if not workers or id in workers]
    if not chosen:
        raise BadInput("所选的劳动者不在调解协议中，请重新选择。", {"workers": "所选的劳动者不在调解协议中。"})
    if kind.whose == "both" or (kind.whose == "worker" and together):
        yield chosen
    else:
        yield from ([id] for id in chosen)


def _issue(step: Step, found: Dossier, kind: Kind, ids: Sequence[int]) -> Issued:
    template = step.runtime.templates.get(kind.template)
    title = f"{template.title}（{_names(found, ids)}）"
    void_drafts(step.connection, step.proceeding_id, template.code, title, REPLACED, step.at)
    return issue(
        step.connection,
        template,
        facts_for(found, kind.template, ids),
        Issuer(step.facts.organisation_id, step.facts.short_name),
        case_id=step.case_id,
        proceeding_id=step.proceeding_id,
        by_id=step.actor.person_id,
        at=step.at,
        title=title,
    )


def _names(found: Dossier, ids: Sequence[int]) -> str:
    names = [str(found.workers[id]["name"])[:40] for id in ids]
    return "、".join(names) if len(names) <= NAMED else f"{names[0]}等{len(names)}人"
