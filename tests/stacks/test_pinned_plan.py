"""A new price table moves no deployed hub: the same stack and the same bundle, until the event file asks for another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pophub.organizer.plan.pin import from_text
from tests.stacks.synthesis import Stack, Synthesis, synthesize

pytestmark = pytest.mark.synth

# every price 2 % higher, but the second-best machine of the example 15 % cheaper
NEW_PRICES = """
from dataclasses import replace
from decimal import Decimal
from pophub.organizer.plan import prices
found, others = prices._machines(), prices._rates()
prices._machines = lambda: {
    region: tuple(
        replace(it, usd_per_hour=it.usd_per_hour * Decimal("0.85" if it.name == "r7i.8xlarge" else "1.02")) for it in machines
    )
    for region, machines in found.items()
}
prices._rates = lambda: {
    item: {region: replace(it, usd=it.usd * Decimal("1.02")) for region, it in regions.items()}
    for item, regions in others.items()
}
"""
PINNED = """
import json
from pophub.organizer.deploy import pinned
from pophub.organizer.plan.pin import Unread, from_text
PINS = json.loads({pins!r})
pinned.Pins.read = lambda pins, event: from_text(PINS[event.name]) if event.name in PINS else None
"""
UNREAD = """
from pophub.organizer.deploy import pinned
from pophub.organizer.plan.pin import Unread
pinned.Pins.read = lambda pins, event: Unread("no network")
"""


def _pin(stack: Stack) -> dict[str, Any]:
    return stack.at("plan/parameter")


def _bundle(stack: Stack) -> str:
    return str(stack.at("bundle/object")["key"])


@pytest.fixture(scope="module")
def repriced(synth: Synthesis, tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The example, deployed at the old prices, and an event that is not deployed; both at the new prices."""
    pins = json.dumps({"geo-hackweek": _pin(synth.stacks["geo-hackweek"])["value"]})
    folder = tmp_path_factory.mktemp("repriced")
    return synthesize(folder, "geo-hackweek", "new-year", before=NEW_PRICES + PINNED.format(pins=pins))


def test_new_prices_change_nothing_at_a_deployed_event(synth: Synthesis, repriced: Synthesis) -> None:
    before, after = (found.out / "stacks" / "geo-hackweek" / "cdk.tf.json" for found in (synth, repriced))

    assert after.read_text().replace(str(repriced.folder), str(synth.folder)) == before.read_text()
    assert _bundle(repriced.stacks["geo-hackweek"]) == _bundle(synth.stacks["geo-hackweek"])


def test_an_event_that_was_never_deployed_follows_the_new_prices(synth: Synthesis, repriced: Synthesis) -> None:
    before, after = synth.stacks["new-year"], repriced.stacks["new-year"]

    assert before.only("aws_instance")["instance_type"] == "r6i.8xlarge"
    assert after.only("aws_instance")["instance_type"] == "r7i.8xlarge"
    assert _bundle(after) != _bundle(before)


def test_the_pin_is_written_once_the_machine_is_there(stack: Stack) -> None:
    found = _pin(stack)
    pin = from_text(found["value"])

    assert (found["name"], found["type"], "lifecycle" in found) == ("/pophub/geo-hackweek/plan", "String", False)
    assert found["depends_on"] == [stack.addresses["hub/instance"]]
    assert (pin.instance_type, pin.prices.as_of.isoformat()) == ("r6i.8xlarge", "2026-10-01")


def test_while_aws_cannot_be_read_stacks_are_made_that_terraform_refuses_to_deploy(tmp_path: Path) -> None:
    """`cdktf deploy` by hand could otherwise give a running hub another machine."""
    synthesis = synthesize(tmp_path, "geo-hackweek", before=UNREAD)
    [refusal] = _pin(synthesis.stacks["geo-hackweek"])["lifecycle"]["precondition"]

    assert refusal["condition"] == '${data.aws_caller_identity.caller.account_id == ""}'
    assert "AWS could not be asked (no network)" in refusal["error_message"]
    assert "AWS could not be asked (no network)" in synthesis.stderr
