"""流程图: the definitions as pages: picture with live numbers, who may do what, manual, deadlines, list of tests."""

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from mediation.engine.definition import Definition
from mediation.engine.diagram import svg
from mediation.engine.manual import limit, manual, test_list
from mediation.engine.matrix import matrix, roles
from mediation.errors import Forbidden
from mediation.people.fields import LIST, SIGHTS
from mediation.people.rights import CASE, RIGHTS, Right
from mediation.reports.workflow_counts import still_on_old_versions, workflow_counts

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .templating import page

VIEWS = {"permissions": "权限表", "manual": "办案手册", "deadlines": "期限与依据", "tests": "测试清单"}

_FACT = re.compile(r"\{facts\.[^}]*\}")
"""Where the sentence of a guard names a number of the case at hand."""

router = APIRouter()


@router.get("/workflows")
def workflows(request: Request, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    found = [runtime.machine(name).definition for name in runtime.current]
    old = still_on_old_versions(session, runtime.current, actor)
    return page(request, "workflows/list.html", definitions=found, old=old)


@router.get("/workflows/{name}")
def picture(
    request: Request, name: str, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    definition = runtime.machine(name).definition
    numbers = workflow_counts(session, name, actor, runtime.clock.now())
    drawing = Markup(svg(definition, numbers.counts, numbers.median_days))  # drawn by us; every text in it is escaped
    return page(request, "workflows/picture.html", **_shared(definition, ""), drawing=drawing, numbers=numbers)


@router.get("/workflows/{name}/permissions")
def permissions(request: Request, name: str, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    definition = runtime.machine(name).definition
    shown = _shared(definition, "permissions")
    return page(
        request,
        "workflows/permissions.html",
        **shown,
        rows=matrix(definition),
        roles=roles(definition),
        role_title=runtime.vocabulary.role_title,
        today=runtime.clock.today(),
    )


@router.get("/permissions")
def all_permissions(request: Request, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    """Everything that anybody may do, on one page, for the chair of the union to sign."""
    if not actor.grants:
        raise Forbidden("您还没有角色，请联系本单位管理员。")
    definitions = [runtime.machine(name).definition for name in runtime.current]
    groups: dict[str, list[Right]] = {}
    for right in RIGHTS.values():
        groups.setdefault(right.group, []).append(right)
    return page(
        request,
        "workflows/all_permissions.html",
        matrices=[(definition, matrix(definition)) for definition in definitions],
        groups=groups,
        roles=list(runtime.codes["roles"]),
        role_title=runtime.vocabulary.role_title,
        place=CASE,
        classes=runtime.codes[LIST],
        sights=SIGHTS,
        today=runtime.clock.today(),
    )


@router.get("/workflows/{name}/manual")
def handbook(request: Request, name: str, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    definition = runtime.machine(name).definition
    shown = _shared(definition, "manual")
    sections = manual(definition, runtime.law)
    return page(
        request,
        "workflows/manual.html",
        **shown,
        sections=sections,
        guides=runtime.guides[name],
        guards=_sentences(runtime),
        role_title=runtime.vocabulary.role_title,
        papers={paper: runtime.templates.get(paper).title for paper in runtime.templates.names},
    )


@router.get("/workflows/{name}/deadlines")
def deadlines(request: Request, name: str, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    definition = runtime.machine(name).definition
    shown = _shared(definition, "deadlines")
    limits = [limit(rule, runtime.law) for rule in definition.deadlines.values()]
    starts = {id: versions[-1].start for id, versions in runtime.law.periods.items()}
    return page(
        request,
        "workflows/deadlines.html",
        **shown,
        limits=limits,
        starts=starts,
        role_title=runtime.vocabulary.role_title,
    )


@router.get("/workflows/{name}/tests")
def tests(request: Request, name: str, runtime: CurrentRuntime, _actor: CurrentActor) -> Response:
    definition = runtime.machine(name).definition
    shown = _shared(definition, "tests")
    return page(request, "workflows/tests.html", **shown, ways=test_list(definition), guards=_sentences(runtime))


def _sentences(runtime: CurrentRuntime) -> dict[str, str]:
    """What each guard says when it bars the way."""
    return {name: _FACT.sub("…", guard.sentence) for name, guard in runtime.vocabulary.guards.items()}


def _shared(definition: Definition, view: str) -> dict[str, Any]:
    return {"definition": definition, "views": VIEWS, "view": view}
