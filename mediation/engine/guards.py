"""Guards: named predicates over frozen facts, each with the sentence a person reads when it says no."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ..errors import Refusal

Predicate = Callable[[Any], bool]
Teller = Callable[[Any], str]
P = TypeVar("P", bound=Predicate)


@dataclass(frozen=True, slots=True)
class Guard:
    """`sentence` is Chinese and may hold `{facts.…}`. `answers` marks guards that judge what was typed in.

    `told`, where given, says why this one case is refused; `sentence` then is what the manual prints.
    """

    name: str
    sentence: str
    holds: Predicate
    answers: bool
    told: Teller | None = None

    def refusal(self, facts: Any) -> Refusal | None:
        """None when the guard holds or cannot be judged yet: the answers are not known while buttons are drawn."""
        if (self.answers and facts.answers is None) or self.holds(facts):
            return None
        return Refusal(self.name, self.told(facts) if self.told else self.sentence.format(facts=facts))


class GuardBook(Mapping[str, Guard]):
    """Guards by name. Every rule module fills its own book; `GuardBook(money_rules, party_rules)` joins them."""

    def __init__(self, *books: Mapping[str, Guard]) -> None:
        self._guards: dict[str, Guard] = {}
        for book in books:
            for guard in book.values():
                self._add(guard)

    def guard(self, sentence: str, *, answers: bool = False, told: Teller | None = None) -> Callable[[P], P]:
        """Register the decorated pure predicate `(facts) -> bool` under its own name."""

        def register(predicate: P) -> P:
            self._add(Guard(predicate.__name__, sentence, predicate, answers, told))
            return predicate

        return register

    def _add(self, guard: Guard) -> None:
        if guard.name in self._guards:
            raise ValueError(f"two guards are called {guard.name!r}")
        self._guards[guard.name] = guard

    def __getitem__(self, name: str) -> Guard:
        return self._guards[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._guards)

    def __len__(self) -> int:
        return len(self._guards)
