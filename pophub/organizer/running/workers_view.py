"""What the laptop can see of an event's workers: the machines in EC2, and the hub's last report of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pophub.aws.instances import workers
from pophub.aws.refusals.explain import explain
from pophub.core.cost.money import total
from pophub.core.cost.tariff import Tariff
from pophub.core.cost.worker import ON_DEMAND
from pophub.organizer.event_context import EventContext

# why the hub ended a worker that could not be used, by the rule of pophub/hub/workers/decide.py
BAD = {
    "worker_never_joined": (
        "had not joined it ten minutes after its start; next: EC2 → Instances, the terminated worker → Actions → Monitor and "
        "troubleshoot → Get system log, whose last lines name the step that failed"
    ),
    "worker_s_clock_is_wrong": (
        "had a clock that was wrong by more than a quarter of an hour; next: nothing, another one comes if room is needed; "
        "if it happens again, set another `workers.type` and deploy"
    ),
}
# what only the hub knows of a worker
BY_THE_HUB = ("availability", "servers", "slots", "usd_an_hour", "clock_off", "notice")


def workers_view(context: EventContext, hub_report: Mapping[str, Any] | None, tariff: Tariff) -> dict[str, Any]:
    """The event's workers as data; a value that the hub did not report is None. `at` is the time of its report."""
    report = (hub_report or {}).get("workers") or {}
    by_id = {it["id"]: it for it in report.get("workers", ())}
    machines = [
        _machine(it, by_id.get(it["InstanceId"], {})) for it in workers(context.aws, context.region, context.event)
    ]
    usd = [_usd_an_hour(it, tariff) for it in machines]
    known = [it for it in usd if it is not None]
    return {
        "at": report.get("at"),
        "wanted": report.get("wanted"),
        "pending": report.get("pending"),
        "trouble": report.get("trouble") or None,
        "bad": report.get("bad") or {},
        "usd_an_hour": f"{total(known):.3f}" if len(known) == len(usd) else None,
        "machines": sorted(machines, key=lambda it: (it["since"], it["id"])),
    }


def as_lines(view: Mapping[str, Any]) -> Iterator[str]:
    """The same as text: a line for all workers, and one for each."""
    machines, pending = view["machines"], view["pending"]
    wanted = "" if view["wanted"] is None else f", {view['wanted']} wanted"
    waiting = f"; {pending} {'server waits' if pending == 1 else 'servers wait'} for room" if pending else ""
    yield f"workers: {len(machines)}{wanted}, {view['usd_an_hour'] or 'not known'} USD an hour together{waiting}"
    if view["trouble"]:
        known = explain(view["trouble"])
        yield f"  AWS started no worker: {f'{known.problem}; next: {known.next_step}' if known else view['trouble']}"
    for rule, at in view["bad"].items():
        yield f"  at {at} the hub ended a worker that {BAD.get(rule, rule)}"
    for it in machines:
        words = "" if it["hub_state"] is None else f", {it['hub_state']}"
        words += ", takes no new servers" if it["availability"] == "pause" else ""
        words += "" if it["servers"] is None else f", {it['servers']} of {it['slots']} servers"
        words += "" if it["clock_off"] is None else f", its clock is {_off(it['clock_off'])} the hub's"
        words += "" if it["notice"] is None else ", AWS takes it back"
        yield f"  {it['id']} {it['type']} {it['market']}: {it['state']} since {it['since']}{words}"


def _off(seconds: float) -> str:
    return f"{abs(seconds) / 60:.0f} minutes {'ahead of' if seconds > 0 else 'behind'}"


def _machine(instance: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": instance["InstanceId"],
        "type": instance["InstanceType"],
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html: only a spot instance has a lifecycle
        "market": instance.get("InstanceLifecycle", ON_DEMAND),
        "state": instance["State"]["Name"],
        "since": instance["LaunchTime"].isoformat(),
        "hub_state": report.get("state"),
        **{key: report.get(key) for key in BY_THE_HUB},
    }


def _usd_an_hour(machine: Mapping[str, Any], tariff: Tariff) -> Decimal | None:
    """The machine with its disk and address; None if its price is not known."""
    try:
        noted = None if machine["usd_an_hour"] is None else Decimal(machine["usd_an_hour"])
    except InvalidOperation:
        noted = None
    usd = tariff.worker_usd_an_hour(machine["type"], noted)
    return None if usd is None else total(tariff.worker(usd).values())
