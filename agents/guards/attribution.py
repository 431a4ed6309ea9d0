"""Words that credit an AI, a bot or a tool with the work (B6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.guards.types import Case, Hit, present

_WHO = (
    r"(?:claude|anthropic|chatgpt|gpt-?[345]|openai|copilot|codex|gemini|cursor(?:[ -]?agent)?|devin|aider|opencode"
    r"|windsurf|codeium|llama|mistral|deepseek|qwen|grok|jules|an?\s+(?:ai|llm|bot|language model)|ai|llm"
    r"|[\w.+-]*\[bot\]|signalbox)"
)
_TRAILER = re.compile(
    rf"^[\W_]*(?:co-?authored|assisted|generated|written|created|signed-off|helped|reviewed)-by\s*:\s*.*?\b{_WHO}(?![\w-])",
    re.IGNORECASE,
)
_SAID = re.compile(
    rf"(?:🤖|\b(?:generated|written|created|authored|made|built|coded|produced)\s+(?:with|by|using|via)\s+(?:\[|\*|_|the\s+)*"
    rf"{_WHO}(?![\w-]))",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b(?:noreply@anthropic\.com|[\w.+-]*\[bot\]@users\.noreply\.github\.com)", re.IGNORECASE)
_HINT = re.compile(r"-by\s*:| (?:with|by|using|via) |🤖|noreply", re.IGNORECASE)


def guard(case: Case) -> Iterator[Hit]:
    for number, line in enumerate(case.message.split("\n"), start=1):
        if _credits(line):
            text = (
                f"The commit message credits a tool (“{line.strip()[:80]}”). A commit names people; take the line out."
            )
            yield Hit("message", "", number, text, line)
    for file in present(case):
        for number, line in file.added:
            if _HINT.search(line) and _credits(line):
                text = f"{file.path} credits a tool (“{line.strip()[:80]}”). See that the project wants this."
                yield Hit("file", file.path, number, text, line)


def _credits(line: str) -> bool:
    return bool(_TRAILER.search(line) or _SAID.search(line) or _ADDRESS.search(line))
