"""Collect everything for a report of an event's cost: event file, prices, meter, bill. It prints nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from pophub.aws import cost_explorer
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws, AwsRefusal
from pophub.aws.refusals import Kind
from pophub.aws.reports import MeterCopy, reports, settings
from pophub.aws.reports import meter as copied_meter
from pophub.core.contract import METER_FILE, bucket_name
from pophub.core.cost import meter
from pophub.core.cost.basis import Basis, from_json
from pophub.core.cost.collector import paused
from pophub.core.cost.forms import Form
from pophub.core.cost.forms.as_csv import as_csv
from pophub.core.cost.forms.as_json import as_json
from pophub.core.cost.forms.as_markdown import as_markdown
from pophub.core.cost.forms.page import as_page
from pophub.core.cost.report import Report, reported
from pophub.core.cost.tariff import MachinePrice
from pophub.core.cost.timeline import moment, read
from pophub.core.errors import ExitCode, PophubError
from pophub.core.look import NO_BRAND
from pophub.organizer.cost import estimate_forms
from pophub.organizer.cost.as_text import as_text
from pophub.organizer.cost.basis_of_event import basis_of
from pophub.organizer.cost.estimate import Estimate
from pophub.organizer.deploy.pinned import plan_with_pin
from pophub.organizer.event.account import load_account
from pophub.organizer.event.brand import brand_of_file
from pophub.organizer.event.event_file import blamed_on, load_event
from pophub.organizer.paths import ACCOUNT_FILE, event_file
from pophub.organizer.plan import price_list
from pophub.organizer.plan.plan import Plan, make_plan
from pophub.organizer.plan.prices import InstanceType, region_prices


def priced(name: str, aws: Aws, *, now: datetime) -> Plan:
    """The event's plan; AWS is asked for the price of a machine that the price table does not have.

    Raises:
        PophubError: the event file has problems, or AWS lists no price either.
    """
    path = event_file(name)
    with blamed_on(path):
        plan = plan_with_pin(aws, load_event(path), now=now)
        return plan if plan.sizing.machine is not None else _with_price(plan, aws, now)


def before(name: str, aws: Aws, *, now: datetime) -> Estimate:
    """What the event will cost if it is deployed on the planned day, or now if that day has passed."""
    plan = priced(name, aws, now=now)
    assert plan.cost is not None
    return replace(plan.cost, notes=(*plan.cost.notes, *plan.warnings))


def checked(name: str, aws: Aws, *, now: datetime) -> Plan:
    """The event's plan; an unknown price of its machine is one more warning.

    Raises:
        PophubError: the event file has problems, or the event has ended.
    """
    path = event_file(name)
    with blamed_on(path):
        plan, notes = _best_known(plan_with_pin(aws, load_event(path, now=now), now=now), aws, now)
    too_small = plan.cost and plan.cost.too_small_a_budget
    return replace(plan, warnings=(*plan.warnings, *notes, *([too_small] if too_small else [])))


def so_far(
    name: str, aws: Aws, meters: Sequence[Path], *, now: datetime, ask: bool, names: bool, gone: datetime | None
) -> Report:
    """What the event has cost so far. `meters` are meter files; without any, the copy in the account bucket is read.

    The copy also holds the hub's own prices, so that its page and this report show the same amounts, and the time of
    the destroy, which counts if `gone` is None.

    Raises:
        PophubError: the event file has problems, a meter cannot be read, or the account bucket has none.
    """
    path = event_file(name)
    with blamed_on(path):
        event = load_event(path)
        plan = make_plan(event, region_prices(event.region), now=now)
    if meters:
        evidence = MeterCopy(_lines(meters), now, gone)
        basis, notes = _own_basis(plan, aws, now)
    else:
        there = _in_the_bucket(aws, event.name)
        evidence = _copy(there)
        basis, notes = _basis_of_the_hub(plan, aws, settings(there), now)
    gone = gone or evidence.gone
    with paused():
        line = read(evidence.lines, now=min(now, gone or now), heard=evidence.heard)
    line = replace(line, notes=(*notes, *line.notes))
    billed = None
    if ask:
        since = moment(line.born) if line.runs else min(basis.sessions[0].start, now)
        billed = cost_explorer.ask(aws, basis.event, since.date(), now.date(), as_of=now)
    return reported(line, basis, now=now, gone=gone is not None and gone <= now, names=names, billed=billed)


def rendered(found: Report, form: Form, name: str = "") -> RenderableType:
    """The report in one of its forms, to be printed or written; a page has the colour and the logo of the event `name`."""
    match form:
        case Form.JSON:
            return json.dumps(as_json(found), indent=2)
        case Form.CSV:
            return as_csv(found).rstrip("\n")
        case Form.MARKDOWN:
            return as_markdown(found).rstrip("\n")
        case Form.HTML:
            return as_page(found, brand=brand_of_file(event_file(name)) if name else NO_BRAND).rstrip("\n")
    return as_text(found)


def rendered_estimate(made: Estimate, form: Form) -> RenderableType:
    """The estimate as text or JSON.

    Raises:
        PophubError: for any other form.
    """
    if form not in (Form.TEXT, Form.JSON):
        raise PophubError(
            f"there is no estimate as {form}", hint="leave --form out, or give --json", code=ExitCode.USAGE
        )
    return json.dumps(estimate_forms.as_json(made), indent=2) if form is Form.JSON else estimate_forms.as_text(made)


def _asked(plan: Plan, aws: Aws) -> InstanceType:
    """The machine with its price from AWS's price list."""
    wanted, region = plan.instance_type, plan.event.region
    try:
        [machine] = price_list.machines(aws, region, wanted)
    except ValueError as error:
        raise PophubError(
            f"neither the price table nor AWS's price list has {wanted} in {region}",
            hint="name another machine, or leave it out to have one chosen",
            field="host.instance_type",
        ) from error
    except PophubError as error:
        raise PophubError(
            f"the price table has no {wanted} in {region}, and AWS's price list cannot be asked: {error.problem}",
            hint=error.hint or "name a machine of the table; `pophub check EVENT` lists them",
            field="host.instance_type",
        ) from error
    return machine


def _with_price(plan: Plan, aws: Aws, now: datetime) -> Plan:
    """The same plan, with its machine's price from AWS's price list."""
    prices = replace(plan.prices, machines=(*plan.prices.machines, _asked(plan, aws)))
    pin = replace(plan.new_pin, prices=prices) if plan.is_pinned else plan.pin
    return make_plan(plan.event, prices, now=now, pin=pin)


def _best_known(plan: Plan, aws: Aws, now: datetime) -> tuple[Plan, list[str]]:
    """The plan, with its machine's price from AWS if the table has none; if AWS has none either, a note says so."""
    if plan.sizing.machine is not None:
        return plan, []
    try:
        return _with_price(plan, aws, now), []
    except PophubError as error:
        return plan, [error.sentence]


def _own_basis(plan: Plan, aws: Aws, now: datetime) -> tuple[Basis, list[str]]:
    """The basis by this checkout's price table and AWS's price list."""
    known, notes = _best_known(plan, aws, now)
    return basis_of(known), notes


def _basis_of_the_hub(
    plan: Plan, aws: Aws, hub_report: dict[str, Any] | None, now: datetime
) -> tuple[Basis, list[str]]:
    """The basis that the hub itself uses.

    A price is added only for a machine that this basis does not have; a note says that the hub's own page lacks it.
    """
    try:
        basis = from_json(hub_report["meter"]["basis"]) if hub_report else None
    except (KeyError, TypeError, ValueError, ArithmeticError):
        basis = None
    if basis is None:
        own, notes = _own_basis(plan, aws, now)
        return own, [*notes, "the hub's own prices are not in the bucket: its page may show other amounts"]
    if plan.instance_type in basis.tariff.machines:
        return basis, []
    known, notes = _best_known(plan, aws, now)
    machine = known.sizing.machine
    if machine is None:
        return basis, notes
    prices = {**basis.tariff.machines, machine.name: MachinePrice(machine.memory_gib, machine.usd_per_hour)}
    note = f"the hub's own page has no price of {machine.name}; here it is counted with {machine.usd_per_hour} an hour"
    return replace(basis, tariff=replace(basis.tariff, machines=prices)), [note]


def _lines(meters: Iterable[Path]) -> Iterator[bytes]:
    for path in meters:
        if not path.is_file():
            raise PophubError(f"{path} is not a file", hint="give --meter the hub's meter.jsonl, or a copy of it")
    yield from meter.lines_of(*meters)


def _in_the_bucket(aws: Aws, event: str) -> BucketPrefix:
    account = load_account(ACCOUNT_FILE)
    return reports(aws, account.bucket or bucket_name(aws.account_id()), account.region, event)


def _copy(there: BucketPrefix) -> MeterCopy:
    try:
        return copied_meter(there)
    except PophubError as error:
        hint = "is the event deployed, and has its hub run? `--estimate` needs no meter, `--meter FILE` reads one from here"
        if not (isinstance(error, AwsRefusal) and error.explanation.kind is Kind.NOT_FOUND):
            hint = "; ".join(filter(None, (error.hint, hint)))
        raise PophubError(
            f"{there.prefix}{METER_FILE} cannot be read from the bucket {there.bucket}: {error.problem}",
            hint=hint,
            code=error.code,
        ) from error
