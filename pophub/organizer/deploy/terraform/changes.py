"""A plan as a dozen lines: what is created, changed, replaced and destroyed, counted, in plain words.

https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pophub.organizer.deploy.terraform.kinds import kind_of

# the actions of a plan → the word for them
DONE = {
    ("create",): "made",
    ("update",): "changed",
    ("delete", "create"): "replaced",
    ("create", "delete"): "replaced",
    ("delete",): "destroyed",
    ("forget",): "forgotten",
}
# resources that people notice: construct → its name, and what its replacement means for people
NOTICED = {
    "hub/instance": (
        "the machine",
        "everybody's server stops, and the hub is installed anew, which takes some minutes",
    ),
    "home/volume": (
        "the disk with everybody's homes",
        "the new one is empty; the homes are in a snapshot of the old one",
    ),
    "hub/address": ("the public address", "the hub cannot be reached until DNS has the new one"),
    "bucket/bucket": ("the account bucket", "it holds every event's archive"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to one resource; `because` names the settings that force a replacement."""

    path: str
    type: str
    done: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """A whole plan in Terraform's JSON form; the file `log` has it as text."""

    plan: Mapping[str, Any]
    path: Callable[[str], str]
    log: Path

    @property
    def facts(self) -> dict[str, Any]:
        """The plan as data for a program: every change as Terraform writes it."""
        planned = [each for each in self._planned() if _done(each) is not None]
        return {"summary": dict(self._counts()), "changes": planned, "log": str(self.log)}

    @property
    def text(self) -> str:
        """The plan as text for a person."""
        return "\n".join(self._lines())

    def changes(self) -> list[Change]:
        """The change of each resource that changes."""
        return [
            Change(self.path(each["address"]), each["type"], done, tuple(_because(each["change"])))
            for each in self._planned()
            if (done := _done(each)) is not None
        ]

    def _planned(self) -> Iterable[dict[str, Any]]:
        return [each for each in self.plan.get("resource_changes", []) if each["mode"] == "managed"]

    def _counts(self) -> Counter[str]:
        return Counter(
            {done: 0 for done in dict.fromkeys(DONE.values())} | Counter(each.done for each in self.changes())
        )

    def _lines(self) -> Iterator[str]:
        changes = self.changes()
        if not changes:
            yield "nothing would change"
        else:
            counts = self._counts()
            yield ", ".join(f"{number} {done}" for done, number in counts.items() if number or done != "forgotten")
        for done in dict.fromkeys(DONE.values()):
            kinds = Counter(each.type for each in changes if each.done == done)
            if kinds:
                yield f"{done}: {', '.join(kind_of(kind).counted(number) for kind, number in kinds.most_common())}"
        for each in changes:
            if each.done in ("replaced", "destroyed") and each.path in NOTICED:
                because = f" (because of {', '.join(each.because)})" if each.because else ""
                name, means = NOTICED[each.path]
                yield f"{each.done}{because}: {name}" + (f"; {means}" if each.done == "replaced" else "")
        if drifted := self.plan.get("resource_drift"):
            paths = sorted({self.path(each["address"]) for each in drifted})
            yield f"changed by somebody else since the last deploy: {', '.join(paths)}"
        yield f"the whole plan: {self.log}"


def _done(planned: Mapping[str, Any]) -> str | None:
    return DONE.get(tuple(planned["change"]["actions"]))


def _because(change: Mapping[str, Any]) -> Iterator[str]:
    """The settings that cannot be changed in place."""
    for path in change.get("replace_paths", []):
        yield ".".join(map(str, path))
