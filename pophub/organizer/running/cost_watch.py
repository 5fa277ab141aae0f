"""What an organizer sees and says of a hub's watch from the laptop: status, once, start, stop, keep. The hub itself decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from pophub.aws.bucket import BucketPrefix
from pophub.aws.cost_tag import watched_cost_tag
from pophub.aws.instances import hub_instance
from pophub.core.contract import KEEP_FILE, STARTED_FILE, WATCH_REPORT_FILE
from pophub.core.cost.tariff import HOURS_A_MONTH
from pophub.core.errors import PophubError
from pophub.hub.watch.decide import decide
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.work import BY_HAND
from pophub.organizer.deploy.pinned import plan_with_pin
from pophub.organizer.deploy.watch_settings import policy_of
from pophub.organizer.event.event import Event
from pophub.organizer.event_context import EventContext
from pophub.organizer.plan.plan import Plan
from pophub.organizer.running.hub_view import (
    in_the_bucket,
    last_report,
    require_hub_instance,
    spent,
)
from pophub.organizer.running.keep_request import clock, first_stop, heard, next_at
from pophub.organizer.running.workers_view import as_lines, workers_view


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found or done, as data and in words."""

    facts: Mapping[str, Any]
    text: str


class Action(StrEnum):
    """What can be asked of a hub; `once`: what would be decided now."""

    STATUS = "status"
    ONCE = "once"
    START = "start"
    STOP = "stop"
    KEEP = "keep"


def ask(
    action: Action,
    context: EventContext,
    event: Event,
    *,
    now: datetime,
    until: str | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Whatever it is.

    Raises:
        PophubError: it is to be kept, and until when is not said; see also there.
    """
    if action is Action.STOP:
        return stop(context, dry_run=dry_run)
    plan = plan_with_pin(context.aws, event, now=now)
    match action:
        case Action.STATUS:
            return status(context, plan, now=now)
        case Action.ONCE:
            return once(context, plan, now=now)
        case Action.START:
            return start(context, plan, now=now, dry_run=dry_run)
    if until is None:
        raise PophubError("--until is missing", hint="add --until, as in --until 22:00")
    return keep(context, plan, until, now=now, dry_run=dry_run)


def status(context: EventContext, plan: Plan, *, now: datetime) -> Outcome:
    """What runs and since when, what the hub last said of itself, and what it costs running, stopped, today and so far."""
    machine = require_hub_instance(context)
    report = last_report(context)
    event, tariff = plan.event, plan.prices.tariff
    stopped = tariff.usd_an_hour_stopped(plan.sizing.disk_gib)
    running = tariff.usd_an_hour_running(plan.instance_type, plan.sizing.disk_gib)
    today, so_far = spent(context, plan, now)
    tag = watched_cost_tag(
        context.aws, BucketPrefix(context.aws, context.bucket, context.bucket_region, "account"), now=now
    )
    facts = {
        "event": context.event,
        "instance": machine["InstanceId"],
        "state": machine["State"]["Name"],
        "since": machine["LaunchTime"].isoformat(),
        "usd_an_hour_running": None if running is None else f"{running:.3f}",
        "usd_a_month_stopped": f"{stopped * HOURS_A_MONTH:.2f}",
        "usd_today": None if today is None else f"{today:.2f}",
        "usd_so_far": None if so_far is None else f"{so_far:.2f}",
        "budget_usd": str(event.budget_usd),
        "cost_tag": tag.facts,
        "last_report": report,
    }
    if plan.workers is not None or (report and report.get("workers")):
        facts["workers"] = workers_view(context, report, tariff)
    lines = [
        f"{context.event}: {facts['instance']} is {facts['state']}, last started {facts['since']}",
        f"costs: {facts['usd_an_hour_running'] or 'not known'} USD an hour while it runs, "
        f"{facts['usd_a_month_stopped']} USD a month while it is stopped",
        f"spent: {facts['usd_today'] or 'not known'} USD today, {facts['usd_so_far'] or 'not known'} so far "
        f"of {event.budget_usd}, by the hub's own meter",
        *(as_lines(facts["workers"]) if "workers" in facts else ()),
        *([] if tag.counts else [tag.sentence(context.event)]),
        "the hub has said nothing yet"
        if report is None
        else f"at {report['at']} it said: {report['action']}, {report['reason']}",
    ]
    lines += [f"  {it}" for it in report["evidence"]] if report is not None else []
    return Outcome(facts, "\n".join(lines))


def once(context: EventContext, plan: Plan, *, now: datetime) -> Outcome:
    """What the hub's own code decides now on what can be known from here; nothing is done.

    Who is at work cannot be known from here, so it is told as not known, which never stops a hub.
    """
    machine = require_hub_instance(context)
    state = machine["State"]["Name"]
    policy, so_far = policy_of(plan), spent(context, plan, now)[1]
    if state != "running":
        reason = f"the machine is {state}: {_next_start(policy, plan.event, now, so_far)}"
        return Outcome({"event": context.event, "action": None, "reason": reason}, f"{context.event}: {reason}")
    decision = decide(_from_here(context, machine, so_far, now), policy)
    facts = {
        "event": context.event,
        "action": str(decision.action),
        "reason": decision.reason,
        "rule": decision.details.rule,
    }
    report = last_report(context)
    text = f"{context.event}: {decision.action}, {decision.reason}; from here, nobody's work can be seen"
    if report is not None:
        text += f"\nthe hub itself, which sees it, said at {report['at']}: {report['action']}, {report['reason']}"
    return Outcome({**facts, "last_report": report}, text)


def _next_start(policy: Policy, event: Event, now: datetime, so_far: Decimal | None) -> str:
    following = next((it for it in policy.starts if it > now), None)
    if following is None:
        return "no start is scheduled any more"
    if so_far is not None and so_far >= event.budget_usd:
        return "its budget is used up, and no start of the schedule's lasts: raise budget_usd and deploy"
    return f"the schedule starts it at {clock(following, event)}"


def _from_here(context: EventContext, machine: dict[str, Any], so_far: Decimal | None, now: datetime) -> Facts:
    report, wish, started = (in_the_bucket(context, key) for key in (WATCH_REPORT_FILE, KEEP_FILE, STARTED_FILE))
    return Facts(
        now=now,
        booted=machine["LaunchTime"],
        # the clock here may be some seconds behind the hub's
        last_decision=min(now, datetime.fromisoformat(report["at"])) if report else None,
        answering=None,
        silent_since=None,
        servers=None,
        last_activity=None,
        keeps=(datetime.fromisoformat(wish["until"]),) if wish else (),
        started_by_hand=(datetime.fromisoformat(started["at"]),) if started else (),
        announced=None,
        spent_usd=so_far,
        disk_used=None,
        told_steps=None,
        roster=None,
        prestarted=None,
        expected=None,
        computing=None,
        closed=None,
    )


def start(context: EventContext, plan: Plan, *, now: datetime, dry_run: bool) -> Outcome:
    """Switch the machine on, where it is not; it has an hour, in which to sign in, also once the budget is used up."""
    machine, until = require_hub_instance(context), now + BY_HAND
    on = machine["State"]["Name"] == "running"
    if not dry_run:
        if not on:
            context.aws.call("ec2", context.region, "start_instances", InstanceIds=[machine["InstanceId"]])
        # the boot time alone does not show the hub whether a person or the schedule started the machine
        context.reports.put_json(STARTED_FILE, {"at": now.isoformat(timespec="seconds")})
    state = "runs already" if on else "would be started" if dry_run else "is being started"
    before = first_stop(plan, now, until)
    text = f"{context.event}: {machine['InstanceId']} {state}, and has until {clock(until, plan.event)}, at least"
    facts = {"event": context.event, "instance": machine["InstanceId"], "operation": "start_instances"}
    facts |= {"until": until.isoformat(timespec="seconds"), "dry_run": dry_run}
    return Outcome(facts, f"{text}; {before}" if before else text)


def stop(context: EventContext, *, dry_run: bool) -> Outcome:
    """Switch the machine off now, without a warning, and take a start by hand back; disks are kept."""
    instance = require_hub_instance(context)["InstanceId"]
    if not dry_run:
        context.aws.call("ec2", context.region, "stop_instances", InstanceIds=[instance])
        # otherwise the schedule's next start would count as a start by hand
        context.reports.delete(STARTED_FILE)
    text = f"{context.event}: {instance} {'would be' if dry_run else 'is being'} stopped"
    facts = {"event": context.event, "instance": instance, "operation": "stop_instances", "dry_run": dry_run}
    return Outcome(facts, text)


def keep(context: EventContext, plan: Plan, until: str, *, now: datetime, dry_run: bool) -> Outcome:
    """Ask the hub to stay on until a time of day of the event's; it hears of it within ten minutes.

    Raises:
        PophubError: that is no time of day.
    """
    moment = next_at(until, ZoneInfo(plan.event.timezone), now)
    if not dry_run:
        context.reports.put_json(KEEP_FILE, {"until": moment.isoformat()})
    request = "would be asked" if dry_run else "is asked"
    machine = hub_instance(context.aws, context.region, context.event)
    state = machine["State"]["Name"] if machine else "not there"
    told_of = heard(plan, now, moment, state=state, report=last_report(context))
    text = f"{context.event} {request} to stay on until {clock(moment, plan.event)}; {told_of}"
    return Outcome({"event": context.event, "keep_until": moment.isoformat(), "dry_run": dry_run}, text)
