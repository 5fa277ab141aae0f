"""Where the daemon's files are, and which instance a node is."""

from __future__ import annotations

import pytest

from pophub.core import contract
from pophub.hub.workers.world import World, worker_of


@pytest.mark.parametrize("host", ["i-0123456789abcdef0", "i-0123456789abcdef0.us-west-2.compute.internal"])
def test_a_node_is_the_instance_of_its_hosts_name(host: str) -> None:
    assert worker_of({"Description": {"Hostname": host}}) == "i-0123456789abcdef0"


def test_a_node_that_has_not_told_its_name_is_no_instance() -> None:
    assert worker_of({"Description": {"Platform": {}, "Resources": {}, "Engine": {}, "TLSInfo": {}}}) == ""


def test_the_files_are_those_of_the_contract(world: World) -> None:
    assert world.report == world.run / contract.WORKERS_FILE
    assert world.closed == world.run / contract.CLOSED_FILE
