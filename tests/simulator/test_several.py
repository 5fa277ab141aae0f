"""The bounds of workers for 500 people with 4 GiB each, and the oracles that they are measured with."""

from __future__ import annotations

import pytest

from simulator.hub import Stay
from simulator.library import many
from simulator.several import DEMAND, ONE, PACKED, PERFECT, SPOT, Run, fewest_seconds, packed_seconds, ratios, runs

# at most so much of one machine's cost, on demand and on spot, and of the packing oracle's
DEMAND_OF_ONE, SPOT_OF_ONE, OF_PACKED = 0.65, 0.3, 1.15


@pytest.fixture(scope="module")
def found() -> dict[str, Run]:
    """500 people, replayed in half a minute."""
    [replayed] = [runs(trace, plan) for trace, plan in many() if trace.name == "course-of-500"]
    return {run.way: run for run in replayed}


def test_500_people_cost_less_than_on_one_machine(found: dict[str, Run]) -> None:
    demand, spot, packed = ratios(tuple(found.values()))

    assert demand <= DEMAND_OF_ONE
    assert spot <= SPOT_OF_ONE
    assert packed <= OF_PACKED


def test_nobody_is_stopped_under_use_but_by_a_spot_loss(found: dict[str, Run]) -> None:
    assert (found[DEMAND].lost, found[DEMAND].ended_under_use) == (0, 0)
    assert found[SPOT].lost > 0
    assert found[SPOT].ended_under_use == 0


def test_nobody_waits_longer_than_for_a_birth(found: dict[str, Run]) -> None:
    assert max(found[DEMAND].longest_wait, found[SPOT].longest_wait) <= 100


def test_an_oracle_is_the_cheapest(found: dict[str, Run]) -> None:
    assert found[PERFECT].usd <= found[PACKED].usd <= found[DEMAND].usd <= found[ONE].usd


@pytest.mark.parametrize(
    ("stays", "packed", "fewest"),
    [
        ([(0, 10)], 11.5, 10),
        ([(0, 10), (0, 10)], 11.5, 10),
        ([(0, 10), (0, 10), (0, 10)], 23, 20),
        # the second worker's person cannot be moved to the first
        ([(0, 10), (0, 1), (0, 10)], 23, 11),
        ([(0, 10), (20, 30)], 23, 20),
        # the fuller one of two is taken
        ([(0, 10), (0, 5), (0, 10), (6, 10)], 23, 19),
    ],
    ids=["one", "two", "three", "one leaves", "one after the other", "the fuller"],
)
def test_an_oracle_packs_two_servers_on_a_worker(stays: list[tuple[int, int]], packed: float, fewest: float) -> None:
    servers = [Stay(str(number), *stay) for number, stay in enumerate(stays)]

    assert packed_seconds(servers, 2) == packed * 60
    assert fewest_seconds(servers, 2) == fewest * 60
