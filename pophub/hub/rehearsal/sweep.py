"""Remove what a rehearsal leaves: its users with their servers, their homes, and the marker, in this order.

It can be interrupted anywhere and repeated: the marker exists from before the first person until everything is gone.
"""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pophub.core.contract import HOMES_FOLDER, HUB_FOLDER, REHEARSAL_FILE, RUN_FOLDER, is_pretended
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.hub_api import HubApi, HubRefused, HubSilent
from pophub.hub.rehearsal.measure import pretended_homes
from pophub.hub.watch.state import write

# a server that starts or stops cannot be deleted yet
TRIES, PAUSE_SECONDS, AT_ONCE = 60, 2.0, 8


class UnderWay(PophubError):
    """Another rehearsal or sweep is running."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of a rehearsal: in memory, on the home volume, and everybody's homes."""

    run: Path = Path(RUN_FOLDER)
    memory: Path = Path(HUB_FOLDER)
    homes: Path = Path(HOMES_FOLDER)

    @property
    def marker(self) -> Path:
        return self.memory / REHEARSAL_FILE


@contextmanager
def alone(paths: Paths) -> Iterator[None]:
    """Make sure that only one rehearsal or sweep runs.

    Raises:
        UnderWay: another one is running.
    """
    with (paths.run / "rehearsal.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UnderWay("another rehearsal is under way", hint="wait for its end", code=ExitCode.REFUSED) from error
        yield


def mark(paths: Paths, until: datetime) -> None:
    """Write the marker to the home volume: pretended people may exist, and cost-watch keeps the hub on until then."""
    write(paths.marker, {"until": until.isoformat(timespec="seconds")})


def sweep(api: HubApi, paths: Paths, *, tries: int = TRIES) -> list[str]:
    """Remove all pretended people with their homes; returns their names.

    Raises:
        PophubError: something is left; the marker stays, and a later sweep tries again.
    """
    try:
        users = [str(it["name"]) for it in api.users() if is_pretended(str(it["name"]))]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda user: _delete(api, user, tries), users))
    except (HubSilent, HubRefused) as error:
        raise _left(f"the hub has not removed all of its pretended people: {error}") from error
    gone = []
    for user, home in list(pretended_homes(paths.homes)):
        try:
            shutil.rmtree(home)
        except OSError as error:
            raise _left(f"{home} cannot be removed: {error.strerror}") from error
        gone.append(user)
    paths.marker.unlink(missing_ok=True)
    return sorted({*users, *gone})


def _delete(api: HubApi, user: str, tries: int) -> None:
    for rest in reversed(range(tries)):
        try:
            api.delete(user)
        except HubSilent:
            if not rest:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return


def sweep_if_left(api: HubApi, paths: Paths) -> list[str]:
    """Sweep if a rehearsal was interrupted; do nothing while one is running."""
    if not paths.marker.exists():
        return []
    with suppress(UnderWay), alone(paths):
        return sweep(api, paths)
    return []


def real_at_work(users: list[dict[str, Any]]) -> tuple[str, ...]:
    """The real people who have a server."""
    return tuple(sorted(str(it["name"]) for it in users if it.get("servers") and not is_pretended(str(it["name"]))))


def _left(problem: str) -> PophubError:
    hint = "it is tried again within a minute, and before the next rehearsal"
    return PophubError(problem, hint=hint, code=ExitCode.REFUSED)
