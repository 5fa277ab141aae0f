"""`pophub rehearse`: have the hub play a rehearsal, and say what it found and what to change."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.core.contract import REHEARSAL_PROGRESS_FILE, STARTED_FILE
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.rehearsal.objections import Situation, Wanted, objections, require_no_objection, usd
from pophub.organizer.cost.basis_of_event import basis_of
from pophub.organizer.destroy.remote_hub import RemoteHub, reach
from pophub.organizer.destroy.run_command import Pause, Talk
from pophub.organizer.event_context import EventContext, has_accounts
from pophub.organizer.outcome import Outcome
from pophub.organizer.plan.plan import Plan
from pophub.organizer.running.hub_view import spent
from pophub.organizer.running.rehearsal_advice import Advice, advise

# for starts, cells and removal; the hub ends a rehearsal after this time and the idle time together
MINUTES = 20
MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Play:
    """What each person does: start, run the first `cells` code cells of `notebook`, read for `idle_seconds`, leave."""

    people: int
    idle_seconds: int = 60
    notebook: str = ""
    cells: int = 1
    near_session: bool = False

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.people, MINUTES + -(-self.idle_seconds // 60), near_session=self.near_session)

    @property
    def arguments(self) -> str:
        """The arguments of archive.sh on the machine."""
        options = ["--people", self.people, "--minutes", self.wanted.minutes, "--idle", self.idle_seconds]
        options += ["--notebook", self.notebook, "--cells", self.cells] if self.notebook else []
        return shlex.join(["rehearse", *map(str, options), *(["--near-session"] if self.near_session else [])])


def rehearse(
    context: EventContext,
    plan: Plan,
    play: Play,
    talk: Talk,
    *,
    now: datetime,
    dry_run: bool = False,
    pause: Pause = time.sleep,
) -> Outcome:
    """Play the rehearsal on the event's machine, which is started if it is stopped.

    Raises:
        PophubError: it may not begin, the hub refuses it, or a part of it could not be removed.
    """
    hub = reach(context, talk, pause)
    if hub is None:
        raise PophubError(f"{context.event} has no machine in {context.region}", hint=f"pophub deploy {context.event}")
    there = _situation(context, plan, now)
    if dry_run:
        return _dry_run(hub, play, there)
    require_no_objection(play.wanted, there)
    if hub.machine.ensure_running():
        context.reports.put_json(STARTED_FILE, {"at": now.isoformat(timespec="seconds")})
        talk(f"{hub.machine.id} was stopped, and is started for the rehearsal")
    context.reports.delete(REHEARSAL_PROGRESS_FILE)
    result = hub.machine.run(play.arguments, by=hub.by, talk=talk, on_check=lambda: _tell(context, talk), pause=pause)
    found = result.fields
    if not result.done or "started" not in found:
        problem = str(found.get("problem") or result.text)
        raise PophubError(
            f"the hub played no rehearsal: {problem}", hint=str(found.get("hint") or ""), code=ExitCode.REFUSED
        )
    advice = advise(found, plan)
    return Outcome({**found, "advice": advice.facts}, "\n".join(as_lines(found, advice)))


def save(outcome: Outcome, file: Path) -> None:
    """Write the figures and the advice.

    Raises:
        PophubError: the file cannot be written.
    """
    try:
        file.write_text(json.dumps(outcome.facts, indent=2) + "\n")
    except OSError as error:
        raise PophubError(f"{file} cannot be written: {error.strerror}", hint="name another file with --out") from error


def as_lines(found: Mapping[str, Any], advice: Advice) -> Iterator[str]:
    """The table of a rehearsal, and what to change."""
    machine, width = found["machine"], 34
    for name, what in rows(found):
        yield f"{name:<{width}}{what}"
    yield f"{'first limit':<{width}}{advice.first_limit}"
    for cause, count in found["failures"].items():
        yield f"  {count} of {found['people']}: {cause}"
    yield from (f"note: {it}" for it in found["notes"])
    yield f"what to change, on {found['instance_type']} with {machine['vcpus']} vCPU:"
    yield from (f"  {line}" for line in advice.lines)
    stored = found["stored"]
    yield (
        f"all figures: {stored} in the event's reports"
        if stored
        else f"not stored in the bucket: {found['not_stored']}"
    )


def rows(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The figures as text, each with its name."""
    machine, people = found["machine"], found["people"]
    yield "people", f"{people} signed in {found['signed_in']}, servers started {found['started']}"
    if found["cut_short"]:
        yield "cut short", found["cut_short"]
    p50, p95, last = (_seconds(found[it]) for it in ("start_p50", "start_p95", "start_last"))
    yield "click to JupyterLab", f"median {p50}, 95 of 100 within {p95}, the last {last}"
    if found["notebook"]:
        yield (
            "cells",
            f"{found['cells']} of {people} ran {found['notebook']}; 95 of 100 within {_seconds(found['cells_p95'])}",
        )
    cpu = found["cpu_seconds_a_start"]
    of_server = found["cpu_seconds_of_a_server"]
    yield (
        "processor time of a start",
        f"{_seconds(cpu)} of the machine, of it {_seconds(of_server)} the server; busy {found['saturation']:.0%}",
    )
    yield "memory of a server", f"{_mib(found['server_memory_started'])} started, {_mib(found['server_memory'])} in use"
    yield (
        "memory of the machine",
        f"{_mib(machine['available_before'])} free before, {_mib(machine['available_least'])} at the least",
    )
    if found["content_in_time"] is not None:
        yield (
            "content",
            f"in {found['content_in_time']} of {found['started']} homes when JupyterLab came, missing in "
            f"{found['without_content'] or 0} at the end",
        )
    yield (
        "home",
        f"{_mib(found['home_median'])} in the middle, {_mib(found['home_largest'])} the largest, of "
        f"{_mib(found['home_limit'])}; {_mib(machine['disk_free'])} of the disk are free",
    )


def _situation(context: EventContext, plan: Plan, now: datetime) -> Situation:
    """What can be seen from here. Only the hub sees who works, and it checks that itself."""
    event, timetable = plan.event, plan.timetable
    hub = plan.prices.tariff.usd_an_hour_running(plan.instance_type, plan.sizing.disk_gib)
    return Situation(
        now=now,
        timezone=event.timezone,
        at_work=(),
        sessions=timetable.windows,
        stops=timetable.firings("stop"),
        # a hub that was never on has no meter, and has cost nothing
        spent_usd=spent(context, plan, now)[1] or Decimal(0),
        budget_usd=event.budget_usd,
        usd_an_hour=None if hub is None else hub + basis_of(plan).workers_usd_an_hour,
        accounts=has_accounts(event),
    )


def _dry_run(hub: RemoteHub, play: Play, there: Situation) -> Outcome:
    """What a rehearsal would do and cost; a machine that runs is asked who works."""
    machine, wanted = hub.machine, play.wanted
    if machine.state == "running":
        at_work = hub.at_work()
        there = replace(there, at_work=None if at_work is None else tuple(at_work))
    against, cost = objections(wanted, there), usd(wanted, there)
    text = [
        f"{play.people} pretended people would sign in on {machine.id}, which is {machine.state}, start servers together, "
        f"{f'run {play.cells} cells of {play.notebook}, ' if play.notebook else ''}read for {play.idle_seconds} s and leave",
        f"it would take at most {wanted.minutes} minutes, and cost at most "
        + ("an amount that is not known" if cost is None else f"{cost:.2f} USD"),
        *(f"it would be refused: {it}" for it in against),
    ]
    facts = {"dry_run": True, "instance": machine.id, "state": machine.state, "refused_because": list(against)}
    facts |= {"most_minutes": wanted.minutes, "most_usd": None if cost is None else f"{cost:.2f}", **asdict(play)}
    return Outcome(facts, "\n".join(text))


def _tell(context: EventContext, talk: Talk) -> None:
    try:
        progress = context.reports.look_up(REHEARSAL_PROGRESS_FILE)
    except AwsRefusal:
        return
    if progress:
        talk(str(progress["what"]))


def _seconds(amount: float | None) -> str:
    return "not known" if amount is None else f"{amount:.1f} s"


def _mib(amount: float | None) -> str:
    return "not known" if amount is None else f"{amount / MIB:,.0f} MiB"
