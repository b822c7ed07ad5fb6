"""A round of rubbish: each operation some times by each kind of caller."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.rubbish.caller import Call, Caller
from tests.rubbish.routes import Operation, operations
from tests.rubbish.rules import faults
from tests.rubbish.world import ROLES, World

ALIKE = 10
"""So many operations with one endpoint behind them, as those of the workflows' events, are shared out among callers."""


@dataclass
class Round:
    """`answered`: how often each operation gave each status, so that a test can see that calls got somewhere."""

    world: World
    role: str
    seed: int
    times: int = 1
    pages: int = 45
    answered: Counter[tuple[str, int]] = field(default_factory=Counter)

    def faults(self) -> Iterator[str]:
        app = self.world.app
        chance = random.Random(f"{self.seed} {self.role}")
        shapes = app.openapi()["components"]["schemas"]
        caller = Caller(self.world, self.role, chance, operations(app), shapes)
        caller.look_round(self.pages)
        for place, operation in enumerate(caller.operations):
            for _ in range(self._times(place, operation)):
                call = caller.call(operation)
                yield from (f"{self.role}: {fault}\n{call}" for fault in self._wrong(call))

    def _times(self, place: int, operation: Operation) -> int:
        shared = operation.family >= ALIKE
        return self.times if not shared or ROLES[place % len(ROLES)] == self.role else 0

    def _wrong(self, call: Call) -> Iterator[str]:
        client = self.world.client(self.role)
        before = self.world.rows()
        answer = client.request(call.operation.method, call.url, headers=dict(call.headers), content=call.body)
        self.answered[call.operation.name, answer.status_code] += 1
        if "set-cookie" in answer.headers:
            self.world.forget(self.role)
        yield from faults(call, answer, before, self.world.rows())
