"""The models that a short name stands for. Ids change here and nowhere else."""

from __future__ import annotations

import re

MODELS = {
    "opus": "claude-opus-5-5",
    "sonnet": "claude-sonnet-5-5",
    "haiku": "claude-haiku-5-5",
}
LEFT_TO_THE_ROLE = ("", "inherit")
_ID = re.compile(r"claude-[a-z0-9]+(-[a-z0-9]+)*")


def model_id(word: str) -> str | None:
    """The id that a definition's or a profile's word stands for, "" where it leaves the choice to the role; None for a
    word that is no model here."""
    word = word.strip().lower()
    if word in LEFT_TO_THE_ROLE:
        return ""
    return MODELS.get(word) or (word if _ID.fullmatch(word) else None)
