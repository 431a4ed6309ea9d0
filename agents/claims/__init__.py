"""Claims: what a report says, line by line, beside the diff and the commands that really ran (X7). Pure."""

from agents.claims.log import ran
from agents.claims.table import rows
from agents.claims.types import Claims, CommandClaim, FileClaim, Ran, Row

__all__ = ["Claims", "CommandClaim", "FileClaim", "Ran", "Row", "ran", "rows"]
