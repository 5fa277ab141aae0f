"""What a report goes by, from the event file: also where the machine has no known price."""

from __future__ import annotations

from collections.abc import Callable

from lab.plans import plan_of
from pophub.core.cost.basis import Basis
from pophub.organizer.cost.basis_of_event import basis_of
from pophub.organizer.event.event import Event

MakeBasis = Callable[..., Basis]


def test_the_machine_that_was_asked_for_has_its_price(make_basis: MakeBasis) -> None:
    basis = make_basis()

    assert basis.tariff.region == "us-west-2"
    assert "r6i.8xlarge" in basis.tariff.machines
    assert basis.estimated[0] < basis.estimated[1] < basis.estimated[2]


def test_a_machine_without_a_known_price_makes_no_estimate(make_basis: MakeBasis) -> None:
    basis = make_basis(host={"instance_type": "m9z.large"})

    assert basis.estimated == ()
    assert "m9z.large" not in basis.tariff.machines


def test_the_planned_workers_cost_their_machines_disks_and_addresses(make_event: Callable[..., Event]) -> None:
    plan = plan_of(make_event(workers={"type": "r7i.2xlarge"}, participants=150))
    basis = basis_of(plan)
    each = sum(basis.tariff.worker(basis.tariff.machines["r7i.2xlarge"].usd_an_hour).values())

    assert plan.workers is not None
    assert basis.workers_usd_an_hour == plan.workers.count * each
    assert basis_of(plan_of(make_event())).workers_usd_an_hour == 0
