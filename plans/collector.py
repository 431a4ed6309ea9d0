"""Python's collector of circles, kept away from the making of many values that never point back."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No collection meanwhile: to look for circles in a plan costs a fifth of reading it.

    Nor is the first collection afterwards to go through all that was made: as "frozen" and thawed it is old, and looked
    at with all other old values when there are many more of them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
