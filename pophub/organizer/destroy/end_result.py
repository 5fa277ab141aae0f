"""The result of an event's end, for a program and for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pophub.core.errors import ExitCode
from pophub.organizer.leftovers.render import as_json, as_text
from pophub.organizer.leftovers.resource import Findings, Resource


@dataclass(frozen=True, slots=True)
class Ended:
    """The result: what is still there, and what could not be removed."""

    archived: bool
    findings: Findings
    failed: tuple[tuple[Resource, str], ...] = ()
    lossy: bool = False  # something could not be archived unchanged, so only a person may remove the snapshot
    # the pages about the event, in the organizer's folder
    files: tuple[Path, ...] = ()

    @property
    def code(self) -> ExitCode:
        """DONE if nothing but snapshots is left, REFUSED if some resources could not be listed."""
        if self.findings.unseen:
            return ExitCode.REFUSED
        return ExitCode.DONE if all(resource.type == "snapshot" for resource in self.findings.left) else ExitCode.FIX

    @property
    def facts(self) -> dict[str, Any]:
        """The result as data for a program."""
        found = as_json(self.findings, self.failed)
        return {
            "stack": self.findings.event,
            "destroyed": True,
            "archived": self.archived,
            "files": [str(file) for file in self.files],
            **found,
        }

    @property
    def text(self) -> str:
        """The result as text for a person."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        event = self.findings.event
        yield f"{event} is destroyed" + ("; every home is archived, each byte read back" if self.archived else "")
        yield as_text(self.findings, self.failed)
        for file in self.files:
            yield f"kept for you: {file}"
        if self.archived:
            yield f"next: a link for each participant: pophub links {event}"
        ours = [resource for resource in self.findings.left if not resource.doubtful]
        if any(resource.type == "snapshot" for resource in ours):
            without = f"leftovers {event} --delete --without-archive"
            how = f"destroy {event}{' --remove-snapshot' * (not self.lossy)}" if self.archived else without
            yield f"      the snapshot goes with pophub {how}{', which asks for it at a terminal' * self.lossy}"
        elif ours:
            yield f"      what is left goes with pophub leftovers {event} --delete"
