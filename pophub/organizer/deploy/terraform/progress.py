"""How far Terraform is and how long it may still take, calculated only from its messages; it reads no clock."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pophub.organizer.deploy.terraform.kinds import kind_of
from pophub.organizer.deploy.terraform.messages import CHANGES, Message

Operation = tuple[str, str]  # address, and create, update or delete
References = Mapping[str, frozenset[str]]

# an operation that takes three times as long as usual, and at least a minute, is shown with its time limit
SLOW_FACTOR, SLOW_SECONDS = 3.0, 60.0
# the expected times are multiplied by how fast the operations were so far; the factor stays within these limits
PACES = (0.5, 4.0)
NAMED = 2


class Progress:
    """The progress of one plan and its apply; `hear` gets every message, `line` describes the progress."""

    def __init__(self, references: References | None = None) -> None:
        self._references = references or {}
        self._planned: set[Operation] = set()
        self._begun: dict[Operation, float] = {}
        self._took: dict[Operation, float] = {}
        self._total = 0
        self._now = 0.0
        self._looked_at = 0

    @property
    def done(self) -> int:
        """The number of operations that have ended, including failed ones."""
        return len(self._took)

    @property
    def total(self) -> int:
        """The number of operations in the plan; a replacement counts as two. 0 before there is a plan."""
        return self._total

    @property
    def has_begun(self) -> bool:
        """Whether something was created, changed or removed, or such a request has started."""
        return bool(self._begun or self._took)

    def hear(self, message: Message) -> None:
        """Take a message into account."""
        self._now = max(self._now, message.seconds)
        if message.type == "planned_change":
            self._planned |= {(message.address, action) for action in _actions(message)}
        elif message.type == "change_summary" and message.fields["changes"].get("operation") == "plan":
            counts = message.fields["changes"]
            self._total = sum(int(counts.get(each, 0)) for each in ("add", "change", "remove"))
        elif message.type == "refresh_complete":
            self._looked_at += 1
        elif message.action in CHANGES:
            self._hear_change(message)

    def _hear_change(self, message: Message) -> None:
        operation = (message.address, message.action)
        if message.type == "apply_start":
            self._begun[operation] = message.seconds
        elif message.type in ("apply_complete", "apply_errored"):
            self._took[operation] = message.seconds - self._begun.pop(operation, message.seconds)

    def line(self) -> str:
        """The progress in words."""
        if not self._total:
            seen = f": {self._looked_at} resources" if self._looked_at else ""
            return f"comparing with what is there{seen}"
        parts = [f"{self.done} of {self._total}"]
        if slow := self._slowest():
            parts.append(self._waits_for(slow))
        elif self.done < self._total:
            parts.append(in_words(self.remaining_seconds()))
        if under_way := self._under_way():
            parts[-1] += f": {under_way}"
        return ", ".join(parts)

    def remaining_seconds(self) -> float:
        """The length in seconds of the longest chain of operations that are left, with the usual time for each."""
        ends: dict[Operation, float] = {}
        pace = self._pace()
        return max((self._end_of(operation, pace, ends) for operation in self._left()), default=0.0)

    def _left(self) -> set[Operation]:
        return (self._planned | self._begun.keys()) - self._took.keys()

    def _end_of(self, operation: Operation, pace: float, ends: dict[Operation, float]) -> float:
        if operation in self._took:
            return 0.0
        if operation not in ends:
            ends[operation] = 0.0  # a cycle of references ends here
            first = max((self._end_of(each, pace, ends) for each in self._before(operation)), default=0.0)
            typical = kind_of(_type(operation[0])).typical(operation[1]) * pace
            if (begun := self._begun.get(operation)) is not None:
                first, typical = 0.0, max(1.0, typical - (self._now - begun))
            ends[operation] = first + typical
        return ends[operation]

    def _before(self, operation: Operation) -> set[Operation]:
        address, action = operation
        if action == "delete":
            waiting = {each for each, needs in self._references.items() if address in needs}
            return {(each, "delete") for each in waiting} & self._left()
        needs = {(each, done) for each in self._references.get(address, ()) for done in ("create", "update")}
        return (needs | {(address, "delete")}) & self._left()

    def _pace(self) -> float:
        """How much longer the operations take than usual; 1 if nothing long has ended yet."""
        timed = {each: kind_of(_type(each[0])).typical(each[1]) for each in self._took}
        long = {each: typical for each, typical in timed.items() if typical >= 5}
        if not long:
            return 1.0
        return min(max(sum(self._took[each] for each in long) / sum(long.values()), PACES[0]), PACES[1])

    def _slowest(self) -> Operation | None:
        """The earliest of the operations that take much longer than usual; None if there is none."""
        late = [
            (begun, operation)
            for operation, begun in self._begun.items()
            if self._now - begun > max(SLOW_SECONDS, SLOW_FACTOR * kind_of(_type(operation[0])).typical(operation[1]))
        ]
        return min(late)[1] if late else None

    def _waits_for(self, operation: Operation) -> str:
        address, action = operation
        most = kind_of(_type(address)).at_most_seconds.get(action)
        limit = f", {most // 60} min at most" if most else ""
        return f"{int(self._now - self._begun[operation]) // 60} min so far for this step{limit}"

    def _under_way(self) -> str:
        """The running operations that usually take longest, in words."""
        longest = sorted(self._begun, key=lambda each: -kind_of(_type(each[0])).typical(each[1]))
        if slow := self._slowest():
            longest = [slow, *(each for each in longest if each != slow)]
        sentences = [f"{CHANGES[action]} the {kind_of(_type(address)).one}" for address, action in longest]
        # several of one kind are named once
        named = list(dict.fromkeys(sentences))[:NAMED]
        more = sum(each not in named for each in sentences)
        return ", ".join(named) + (f" and {more} more" if more else "")


def in_words(seconds: float) -> str:
    """A remaining time in words."""
    if seconds <= 10:
        return "a few seconds more"
    if seconds < 50:
        return f"about {math.ceil(seconds / 10) * 10} seconds more"
    minutes = max(1, round(seconds / 60))
    return f"about {minutes} minute{'s' if minutes > 1 else ''} more"


def _actions(message: Message) -> tuple[str, ...]:
    if message.action == "replace":
        return ("create", "delete")
    return (message.action,) if message.action in CHANGES else ()


def _type(address: str) -> str:
    return address.rpartition("]")[2].removeprefix("data.").split(".")[-2] if "." in address else address
