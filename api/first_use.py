"""Routes that are made when somebody first asks for one of them, so that the first page does not wait for them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send


class OnFirstUse(BaseRoute):
    """All the routes below one prefix. `routes` makes them."""

    def __init__(self, prefix: str, make: Callable[[], Sequence[BaseRoute]]) -> None:
        self.prefix = prefix
        self._make = make

    @cached_property
    def routes(self) -> Sequence[BaseRoute]:
        return self._make()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that takes path and method, else the first that takes the path with another method."""
        best: tuple[Match, Scope] = (Match.NONE, {})
        if not scope["path"].startswith(self.prefix):
            return best
        for route in self.routes:
            match, more = route.matches(scope)
            if match.value > best[0].value:
                best = match, {**more, "chosen_route": route}
            if match is Match.FULL:
                break
        return best

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["chosen_route"].handle(scope, receive, send)


def flattened(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Every route itself, also those that nobody has asked for yet."""
    for route in routes:
        if isinstance(route, OnFirstUse):
            yield from route.routes
        else:
            yield route
