"""Server-rendered pages. They work without JavaScript; htmx only makes them quicker.

A new page, say for visits:

1. `visits.py` with `router = APIRouter()` and plain `def` endpoints. Reads take `ReadSession`, changes `WriteSession`,
   whoever must be logged in `CurrentActor` (all in `api.deps`). Nobody commits: the dependency does, before the answer.
2. `templates/visits/*.html`, each `{% extends "base.html" %}`, with the macros of `macros/forms.html` and
   `macros/tables.html`. All Chinese stands in `_()` or `{% trans %}` (a test looks).
3. Add the router to `routers.py` and, if it belongs in the menu, an entry to `navigation.py`.

A form is read through `TypedForm` (`api.forms`) and is shown again with everything that was typed when it is refused:

    @router.post("/visits")
    def record(request: Request, typed: TypedForm, session: WriteSession, actor: CurrentActor) -> Response:
        if typed.more_rows:  # "one more row" was pressed in a table, without JavaScript
            raise form_again(request, "visits/new.html", typed)
        with shown_again(request, "visits/new.html", typed):
            visit = record_visit(session, typed.nested(), actor=actor)
        return RedirectResponse(f"/visits/{visit.id}", 303)

`shown_again` raises, so the transaction is rolled back. Never return a page after a failed change: returning commits.
Answer a successful POST with 303. The first showing passes `form=Form()` or `form=Form.filled({...})`.

The content security policy allows no inline script and no inline style: use classes, and `data-…` with `app.js`.
"""
