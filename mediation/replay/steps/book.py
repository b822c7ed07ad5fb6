"""A book of handlers: step code → a function that acts the step out on a story."""

from collections.abc import Callable

from ..story import Story

Handler = Callable[[Story], None]


class StepBook(dict[str, Handler]):
    """Handlers by code; a code can be written down once only."""

    def step(self, *codes: str) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            for code in codes:
                self.put(code, handler)
            return handler

        return register

    def put(self, code: str, handler: Handler) -> None:
        if code in self:
            raise ValueError(f"step {code} has two handlers")
        self[code] = handler
