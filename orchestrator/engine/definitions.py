"""What a repository says about its agents at one commit: definitions, `signalbox.toml`, the guideline files it has.

Read from the hub alone: what lies in somebody's worktree, an agent's too, is not in force before it is committed and a
run starts from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from agents import configuration, registry
from agents.configuration import Configuration, guideline_path
from agents.registry import FOLDERS, LARGEST_BYTES, Registry
from agents.workspaces.hub import Hub


@dataclass(frozen=True, slots=True)
class Definitions:
    """`guidelines` maps the path of each guideline file that is there to its blob; `blob` is that of `signalbox.toml`,
    "" without one."""

    registry: Registry
    configuration: Configuration
    guidelines: Mapping[str, str]
    blob: str

    @classmethod
    def at(cls, hub: Hub, oid: str) -> Definitions:
        """Read them at a commit."""
        files = hub.files_below(oid, configuration.PATH, *FOLDERS)
        blobs = {path: blob for path, (blob, size) in files.items() if size <= LARGEST_BYTES and _wanted(path)}
        contents = {"": None, **hub.read_blobs([blob for blob in blobs.values() if blob])}
        texts = {path: contents[blobs.get(path, "")] for path in files if _wanted(path)}
        present = configuration.PATH in files
        config = configuration.read(texts.pop(configuration.PATH, None), present=present)
        own = files[configuration.PATH][0] if present else ""
        return cls(registry.load(texts), config, _guidelines(hub, oid, config), own)


def concerns_agents(path: str, guidelines: Mapping[str, str]) -> bool:
    """Whether a file is one that `Definitions` reads."""
    return path in (configuration.PATH, *guidelines) or (_wanted(path) and path.startswith(FOLDERS))


def _wanted(path: str) -> bool:
    return path == configuration.PATH or PurePosixPath(path).suffix == ".md"


def _guidelines(hub: Hub, oid: str, config: Configuration) -> dict[str, str]:
    entries = config.settings.agents.guidelines.values()
    paths = {str(PurePosixPath(guideline_path(entry)[0])) for files in entries for entry in files}
    return {path: blob for path, (blob, _) in hub.files_below(oid, *sorted(paths)).items() if blob}
