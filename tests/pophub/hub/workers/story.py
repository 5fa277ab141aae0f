"""A case file as a story: workers, and what is decided at each look.

Times are UTC on a day with one session, from 09:00 to 17:30. Ages are minutes, a notice's is seconds. A worker is named by
its id and has what the file says otherwise than usual: it is ready, takes servers, and is there for an hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pophub.core.calendar import Window
from pophub.hub.workers.decide import decide
from pophub.hub.workers.decision import Decision, Do, WorkerAction
from pophub.hub.workers.facts import Facts, Worker
from pophub.hub.workers.policy import Policy
from pophub.organizer.event import lined_yaml

SESSION = Window(datetime(2027, 3, 1, 9, tzinfo=UTC), datetime(2027, 3, 1, 17, 30, tzinfo=UTC))
# five workers of four slots hold everybody
POLICY = Policy(
    slots=4,
    slot_gib=Decimal(4),
    count=5,
    most=6,
    spot=False,
    warm=timedelta(minutes=15),
    timezone="America/Los_Angeles",
    prices={"r7i.large": Decimal("0.1")},
    sessions=(SESSION,),
)


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a story: what was decided, beside what should be."""

    at: str
    expected: dict[str, Any]
    decision: Decision

    @property
    def found(self) -> dict[str, Any]:
        """The decision, as far as the story says something about it."""
        every = {
            "rule": self.decision.rule,
            "reason": self.decision.reason,
            "steps": [as_words(it) for it in self.decision.steps],
        }
        return {key: every[key] for key in self.expected}


def looks(case: Path) -> Iterator[Look]:
    """Decide at each look; facts last until a later look tells otherwise."""
    told: dict[str, Any] = {"workers": {}, "pending": 0}
    for look in lined_yaml.read(case.read_bytes()).data["looks"]:
        told |= {key: value for key, value in look.items() if key != "decides"}
        yield Look(told["at"], dict(look["decides"]), decide(_facts(told), POLICY))


def as_words(step: WorkerAction) -> str:
    """A step as a case file writes it."""
    what = step.size if step.do is Do.SET_SIZE else step.worker or "all"
    return f"{step.do} {what}" + ("" if step.shrinks else ", and the size stays")


def _facts(told: dict[str, Any]) -> Facts:
    workers = told["workers"]
    pending = told["pending"]
    return Facts(
        now=datetime.fromisoformat(f"2027-03-01 {told['at']}+00:00"),
        workers=None if workers is None else tuple(worker(name, **it) for name, it in workers.items()),
        wanted=told.get("wanted", None if workers is None else len(workers)),
        pending=pending,
        pending_slots=None if pending is None else float(told.get("pending_slots", pending)),
        closing=_minutes(told.get("closing")),
        failed=_minutes(told.get("failed")),
        refused=told.get("refused", ""),
        orphans=tuple(told.get("orphans", ())),
        strays=tuple(told.get("strays", ())),
    )


def worker(name: str, **told: Any) -> Worker:
    """A worker with these facts; `joined` and `ready` are its own. Usually the hub has protected it if it has joined."""
    servers, joined = told.get("servers", 0), told.get("joined", True)
    read: dict[str, Any] = {"id": name, "type": "r7i.large", "age": 60, "slots": servers, "protected": joined, **told}
    read["slots"] = float(read["slots"])
    for key in ("age", "empty", "down"):
        read[key] = timedelta(minutes=read.get(key, 0))
    read["clock_off"] = _minutes(read.get("clock_off"))
    read["notice"] = None if read.get("notice") is None else timedelta(seconds=read["notice"])
    return Worker(**read)


def _minutes(told: float | None) -> timedelta | None:
    return None if told is None else timedelta(minutes=float(told))
