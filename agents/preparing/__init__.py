"""Worktrees made ready for work: what the repository's setup commands make, made once and shown to many."""

from agents.preparing.furnish import copy_files, furnish, programs
from agents.preparing.inputs import is_input, key_of
from agents.preparing.making import about, make
from agents.preparing.store import Store
from agents.preparing.types import Made, Place, Recipe

__all__ = [
    "Made", "Place", "Recipe", "Store", "about", "copy_files", "furnish", "is_input", "key_of", "make", "programs",
]  # fmt: skip
