"""How heavy each thing that a guard can find is: one table, by guard and code."""

from __future__ import annotations

from collections.abc import Mapping

from agents.guards.types import Severity

B: Severity = "blocking"
A: Severity = "advisory"

SEVERITY: Mapping[str, Mapping[str, Severity]] = {
    "fence": {"outside": B, "read-only": B, "git-path": B, "bad-name": B, "submodule": B, "link-outside": B, "link": A},
    "phantom": {
        "empty": B, "not-changed": B, "changed-otherwise": A, "test-not-added": B, "check-not-so": B,
        "command-not-so": A,
    },
    "tamper": {
        "test-removed": B, "skipped": B, "skipped-sometimes": A, "emptied": B, "assertions-removed": B, "weakened": B,
        "vacuous": B, "swallowed": B, "early-return": B, "tolerance": B, "expectation": A, "collection": B,
        "collection-new": A, "coverage": B, "test-command": B, "lint": B, "lint-changed": A, "suppressed": B,
        "suppressed-once": A, "ci": B, "ci-declared": A, "asserts-nothing": B, "smoke": A, "removal-asked": A,
        "setting-asked": A, "shadowed": B, "shadows": A, "check-script": B, "check-script-asked": A,
    },
    "rules": {"defines-rules": B, "guideline": B, "runs-by-itself": B, "declared": A},
    "plan": {"edited": B},
    "secrets": {"secret": B, "in-test": A},
    "attribution": {"message": B, "file": A},
    "conflict": {"marker": B},
    "undeclared": {"undeclared": A},
    "size": {"large": B, "binary": A, "cut": A, "unread": B},
    "dependencies": {"new": B, "new-declared": A, "lock-alone": A},
    "forbidden": {"hit": B, "not-run": A},
    "expected": {"absent": B, "empty": B, "link": B, "unmodified": B, "dependency-absent": B, "mentioned": A},
}  # fmt: skip

NEVER_LOWERED = frozenset({"fence", "tamper", "rules", "plan", "secrets", "conflict"})
"""No policy can make what these guards find weigh less than this table says."""

BLOCKS_A_PERSON = frozenset({"fence", "plan", "secrets", "conflict"})
"""What blocks the work of a person too; the rest is told, for a person may do it on purpose."""


def severity(guard: str, code: str, wishes: Mapping[str, str], *, by_person: bool = False) -> Severity:
    """The weight of a finding. `wishes` are a policy's, by guard; what they may not lower they do not."""
    usual = SEVERITY[guard][code]
    if by_person:
        return usual if guard in BLOCKS_A_PERSON else A
    wish = wishes.get(guard)
    if wish == B or (wish == A and guard not in NEVER_LOWERED):
        return B if wish == B else A
    return usual
