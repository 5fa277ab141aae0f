"""One look at the hub: the facts, and the state for the next look. If a part fails, its facts are None ("not known")."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pophub.core.contract import is_expected, is_pretended
from pophub.core.cost.records import Moment
from pophub.hub.hub_api import HubRefused, HubSilent
from pophub.hub.watch import metered
from pophub.hub.watch.asked import keep_requests, starts
from pophub.hub.watch.facts import Announcement, BusyKernel, Facts, Server
from pophub.hub.watch.metered import Meter
from pophub.hub.watch.on_workers import cores_on_workers
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.processes import computed, used_since
from pophub.hub.watch.state import Paths, State, reached_from_json, read
from pophub.hub.watch.work import WORKING_CORES

AskUsers = Callable[[], list[dict[str, Any]]]
# each participant's seconds of processor time, by source
Computed = dict[str, dict[str, float]]
# two looks this close to each other cannot measure processor use: the result of the earlier one is kept
SHORTEST_SPAN_SECONDS = 5.0
# the two clocks of one look may differ by this much; a smaller difference is not a changed clock
LEAST_SET = timedelta(seconds=2)
NO_STEP: tuple[int, ...] = ()
MALFORMED = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class _Answer:
    """The answer of the hub's API, and whether the hub answers; both can be None ("not known")."""

    answering: bool | None
    users: list[dict[str, Any]] | None


def collect(
    paths: Paths,
    state: State,
    policy: Policy,
    *,
    meter: Meter | None,
    ask_users: AskUsers | None,
    moment: Moment,
    computed: Callable[[Path], Computed] = computed,
) -> Facts:
    """Look at everything once. It changes `state`; the caller writes it to disk after everything else."""
    now, answer, booted = moment.at, _ask(ask_users), _booted(paths)
    _go_with_the_clock(state, moment)
    state.silent_since = _silent_since(answer, state, now)
    state.prestarted = () if policy.session_at(now) else state.prestarted
    servers, active = _people(answer.users, cores := _cores(paths, state, moment, computed))
    _remember_computations(servers, cores, state, now)
    if meter is not None:
        metered.note(paths, state, meter, moment, servers)
    servers = servers and tuple(_with_kernels(server, cores, state) for server in _of_real_people(servers))
    return Facts(
        now=now,
        booted=booted,
        last_decision=state.last_decision,
        answering=answer.answering,
        silent_since=state.silent_since,
        servers=servers,
        last_activity=None if active is None else max(filter(None, active.values()), default=booted),
        computing=_computing(cores, state),
        keeps=keep_requests(paths, now),
        started_by_hand=starts(paths.started),
        announced=state.announced,
        spent_usd=metered.spent(paths, state, meter, moment),
        disk_used=_disk_used(paths.home),
        told_steps=read(paths.told_steps, lambda data: reached_from_json(data, policy.budget_usd), nothing=NO_STEP),
        roster=None if active is None else _who_came(answer.users, active),
        prestarted=state.prestarted,
        expected=None if active is None else tuple(it for it in policy.roster if not active.get(it)),
        closed=_is_closed(paths),
    )


def _go_with_the_clock(state: State, moment: Moment) -> None:
    """If the clock was set, move remembered times with it, so that durations and announced waiting times stay the same."""
    if state.last_decision is None or state.up_ms is None:
        return
    was_set = moment.at - state.last_decision - timedelta(milliseconds=moment.up_ms - state.up_ms)
    state.silent_since = state.silent_since and state.silent_since + was_set
    state.computing = {user: since + was_set for user, since in state.computing.items()}
    if abs(was_set) >= LEAST_SET:
        state.announced = tuple(Announcement(it.stop_at + was_set, it.given + was_set) for it in state.announced)


def _ask(ask_users: AskUsers | None) -> _Answer:
    if ask_users is None:
        return _Answer(None, None)
    try:
        return _Answer(True, ask_users())
    except HubSilent:
        return _Answer(False, None)
    except HubRefused:
        return _Answer(None, None)


def _silent_since(answer: _Answer, state: State, now: datetime) -> datetime | None:
    """The first look at which the hub did not answer; unchanged if this look could not find out."""
    if answer.answering is None:
        return state.silent_since
    return None if answer.answering else state.silent_since or now


def _booted(paths: Paths) -> datetime | None:
    """When the machine started, by its current clock."""
    with suppress(OSError, ValueError, StopIteration):
        lines = (paths.proc / "stat").read_text().splitlines()
        seconds = next(int(line.split()[1]) for line in lines if line.startswith("btime "))
        return datetime.fromtimestamp(seconds, UTC)
    return None


def _disk_used(home: Path) -> float | None:
    """As `df` counts it: what is kept for root is not free."""
    try:
        disk = os.statvfs(home)
    except OSError:
        return None
    used = disk.f_blocks - disk.f_bfree
    return used / (used + disk.f_bavail) if used else 0.0


def _is_closed(paths: Paths) -> bool | None:
    try:
        return paths.closed.exists()
    except OSError:
        return None


def _people(
    users: list[dict[str, Any]] | None, cores: dict[str, float | None] | None
) -> tuple[tuple[Server, ...] | None, dict[str, datetime | None] | None]:
    """The servers, and when each user was last active; both None if the hub's answer has an unexpected form."""
    if users is None:
        return None, None
    try:
        real = [user for user in users if not is_pretended(str(user["name"]))]
        active = {str(user["name"]): _moment(user["last_activity"]) for user in real}
        servers = tuple(_server(user, it, cores) for user in users for it in user["servers"].values())
    except MALFORMED:
        return None, None
    return servers, active


def _who_came(users: list[dict[str, Any]] | None, active: dict[str, datetime | None]) -> tuple[str, ...]:
    """Whoever has been active, without those who have not signed in yet, and whose server was started ahead."""
    waiting = {str(user["name"]) for user in users or () if is_expected(user)}
    return tuple(sorted(name for name, at in active.items() if at and name not in waiting))


def _of_real_people(servers: tuple[Server, ...]) -> tuple[Server, ...]:
    """The same without a rehearsal's people, whose servers cost money but are not work."""
    return tuple(server for server in servers if not is_pretended(server.user))


def _server(user: dict[str, Any], model: dict[str, Any], cores: dict[str, float | None] | None) -> Server:
    return Server(
        user=user["name"],
        started=_moment(model["started"]),
        last_activity=_moment(model["last_activity"]),
        busy=None if cores is None else (),
        pending=bool(model["pending"]),
        size=str((model.get("user_options") or {}).get("size") or ""),
        ahead=is_expected(user),
    )


def _cores(
    paths: Paths, state: State, moment: Moment, computed: Callable[[Path], Computed]
) -> dict[str, float | None] | None:
    """The number of processors that each participant's kernels have used since the last look; None if not known (yet)."""
    if paths.workers is not None:
        known = cores_on_workers(paths.known_workers, paths.workers, moment.at)
        return known and {user: it for user, it in known.items() if not is_pretended(user)}
    try:
        taken = {user: parts for user, parts in computed(paths.proc).items() if not is_pretended(user)}
    except OSError:
        return None
    up = moment.up_ms / 1000
    span = up - state.measured if state.measured is not None else 0.0
    if state.measured is not None and 0 <= span < SHORTEST_SPAN_SECONDS:
        return {user: 0.0 if user in state.quiet else None for user in taken}
    cores = {
        user: used_since(state.taken[user], parts) / span if user in state.taken and span > 0 else None
        for user, parts in taken.items()
    }
    state.taken, state.measured = taken, up
    state.quiet = tuple(user for user, it in cores.items() if it is not None and it < WORKING_CORES)
    return cores


def _remember_computations(
    servers: tuple[Server, ...] | None, cores: dict[str, float | None] | None, state: State, now: datetime
) -> None:
    """A computation begins with the first look that sees it and ends with the first look that does not."""
    if cores is None:
        return
    there = set(cores) if servers is None else {server.user for server in servers}
    working = {user for user, it in cores.items() if it is not None and it >= WORKING_CORES}
    unsure = {user for user, it in cores.items() if it is None} & state.computing.keys()
    state.computing = {user: state.computing.get(user, now) for user in (working | unsure) & there}


def _computing(cores: dict[str, float | None] | None, state: State) -> tuple[datetime, ...] | None:
    """Since when each computation runs; None if nobody could look, or if a user was seen for the first time."""
    if cores is None or any(it is None and user not in state.computing for user, it in cores.items()):
        return None
    return tuple(state.computing.values())


def _with_kernels(server: Server, cores: dict[str, float | None] | None, state: State) -> Server:
    """The server with its computation, if it has one; `busy` is None if that is not known."""
    if cores is None or server.pending:
        return server
    used = cores.get(server.user)
    since = state.computing.get(server.user)
    busy: tuple[BusyKernel, ...] | None = (BusyKernel(since, used),) if since else ()
    if server.user not in cores or (used is None and since is None):
        busy = None
    return replace(server, busy=busy)


def _moment(text: str | None) -> datetime | None:
    """A time as JupyterHub writes it: in UTC, with or without a time zone."""
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
