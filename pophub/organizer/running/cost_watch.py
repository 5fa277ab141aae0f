"""`pophub status`, `start`, `stop` and `keep`, and `once` of scripts/cost_watch.py. Cost-watch on the hub decides."""

from __future__ import annotations

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
from pophub.core.keep_requests import next_at
from pophub.hub.watch.decide import decide
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.work import BY_HAND
from pophub.organizer.deploy.pinned import plan_with_pin
from pophub.organizer.deploy.watch_settings import policy_of
from pophub.organizer.event.event import Event
from pophub.organizer.event_context import EventContext
from pophub.organizer.outcome import Outcome
from pophub.organizer.plan.plan import Plan
from pophub.organizer.running.hub_view import in_the_bucket, last_report, require_hub_instance, spent
from pophub.organizer.running.keep_request import clock, effect_of, first_stop
from pophub.organizer.running.workers_view import as_lines, workers_view


class Action(StrEnum):
    """The commands; `once` shows what cost-watch would decide now."""

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
    """Do one action.

    Raises:
        PophubError: `until` is missing for `keep`; also the errors of the action.
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
    """The machine's state, the hub's last report, and the cost: an hour, a month while stopped, today, and so far."""
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
        f"spent: {_figures(today, so_far)}; the budget is {event.budget_usd} USD",
        *(as_lines(facts["workers"]) if "workers" in facts else ()),
        *([] if tag.counts else [tag.sentence(context.event)]),
        "the hub has not reported yet"
        if report is None
        else f"at {report['at']} it reported: {report['action']}, {report['reason']}",
    ]
    lines += [f"  {it}" for it in report["evidence"]] if report is not None else []
    return Outcome(facts, "\n".join(lines))


def _figures(today: Decimal | None, so_far: Decimal | None) -> str:
    if today is None or so_far is None:
        return "no figures yet"
    return f"{today:.2f} USD today, {so_far:.2f} so far"


def once(context: EventContext, plan: Plan, *, now: datetime) -> Outcome:
    """What cost-watch would decide from what can be seen here. It does nothing.

    Only the hub sees who is at work. Here that counts as not known, which never stops a hub.
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
    text = f"{context.event}: {decision.action}, {decision.reason}; only the hub itself sees who is at work"
    if report is not None:
        text += f"\nat {report['at']} the hub reported: {report['action']}, {report['reason']}"
    return Outcome({**facts, "last_report": report}, text)


def _next_start(policy: Policy, event: Event, now: datetime, so_far: Decimal | None) -> str:
    following = next((it for it in policy.starts if it > now), None)
    if following is None:
        return "no start is scheduled any more"
    if so_far is not None and so_far >= event.budget_usd:
        return "its budget is used up, so it stops again after each scheduled start: raise budget_usd and deploy"
    return f"the schedule starts it at {clock(following, event)}"


def _from_here(context: EventContext, machine: dict[str, Any], so_far: Decimal | None, now: datetime) -> Facts:
    report, request, started = (in_the_bucket(context, key) for key in (WATCH_REPORT_FILE, KEEP_FILE, STARTED_FILE))
    return Facts(
        now=now,
        booted=machine["LaunchTime"],
        # the clock here may be some seconds behind the hub's
        last_decision=min(now, datetime.fromisoformat(report["at"])) if report else None,
        answering=None,
        silent_since=None,
        servers=None,
        last_activity=None,
        keeps=(datetime.fromisoformat(request["until"]),) if request else (),
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
    """Start the machine if it is stopped. It stays on for at least an hour, to sign in, even if the budget is used up."""
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
    """Stop the machine now, without a warning, and withdraw a start by hand; disks are kept."""
    instance = require_hub_instance(context)["InstanceId"]
    if not dry_run:
        context.aws.call("ec2", context.region, "stop_instances", InstanceIds=[instance])
        # otherwise the schedule's next start would count as a start by hand
        context.reports.delete(STARTED_FILE)
    text = f"{context.event}: {instance} {'would be' if dry_run else 'is being'} stopped"
    facts = {"event": context.event, "instance": instance, "operation": "stop_instances", "dry_run": dry_run}
    return Outcome(facts, text)


def keep(context: EventContext, plan: Plan, until: str, *, now: datetime, dry_run: bool) -> Outcome:
    """Ask the hub to stay on until a time of day in the event's time zone; it reads the request within ten minutes.

    Raises:
        PophubError: `until` is not a time of day.
    """
    moment = next_at(until, ZoneInfo(plan.event.timezone), now)
    if not dry_run:
        context.reports.put_json(KEEP_FILE, {"until": moment.isoformat()})
    request = "would be asked" if dry_run else "is asked"
    machine = hub_instance(context.aws, context.region, context.event)
    state = machine["State"]["Name"] if machine else "not there"
    effect = effect_of(plan, now, moment, state=state, report=last_report(context))
    text = f"{context.event} {request} to stay on until {clock(moment, plan.event)}; {effect}"
    return Outcome({"event": context.event, "keep_until": moment.isoformat(), "dry_run": dry_run}, text)
