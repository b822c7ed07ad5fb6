"""Which answers may be proposed again in a later form, and which asks tell the same thing."""

from collections.abc import Iterable, Iterator

from .definition import Ask, Definition
from .vocabulary import Vocabulary

HAPPENED = ("_on", "_at")
"""How the names of asks end that tell on which day, at what time something happened: each happening has its own."""


def carriable(ask: Ask, vocabulary: Vocabulary) -> bool:
    """Whether an answer of this kind may ever be proposed again: no confirmation, file, payment, day or signature."""
    kind = vocabulary.ask_types.get(ask.type)
    signature = "signed" in ask.name.split("_")
    return kind is not None and kind.carried and not ask.name.endswith(HAPPENED) and not signature


def carried(ask: Ask, vocabulary: Vocabulary) -> bool:
    """Whether the form of this ask proposes what was told earlier."""
    return not ask.fresh and carriable(ask, vocabulary)


def untold(definitions: Iterable[Definition], vocabulary: Vocabulary) -> Iterator[str]:
    """A fault for each `same_as` that names what nobody asks and the case file does not tell, as an answer alike."""
    definitions = tuple(definitions)
    asks = [(d, ask) for d in definitions for event in d.events.values() for ask in event.asks.values()]
    told = {(ask.name, ask.type, ask.many) for _, ask in asks}
    told |= {(name, type, False) for name, type in vocabulary.known.items()}
    for definition, ask in asks:
        for name in ask.same_as:
            if (name, ask.type, ask.many) not in told or name == ask.name:
                yield f"{definition.path}:1: “{ask.name}”的 same_as 写的“{name}”没有任何事件以同样的类型询问"
