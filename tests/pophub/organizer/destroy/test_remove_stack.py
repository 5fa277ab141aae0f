"""A stack goes also where others are in its network: GuardDuty's own is removed, theirs is named before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from pophub.aws.client import AwsRefusal
from pophub.core.errors import PophubError
from pophub.organizer.destroy import remove_stack as module
from pophub.organizer.destroy.end_steps import Organizer, Steps
from pophub.organizer.destroy.remove_stack import remove_stack
from pophub.organizer.destroy.run_command import Talk
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.resource import FREE, Resource
from tests.pophub.planted import REGION, Forbidden, event_context

NETWORK_STAYS = PophubError("subnet: DependencyViolation", hint="see the log")
STRANGER = Resource("endpoint", "vpce-1", FREE, "in geo's VPC; its owner removes it: aws ec2 delete", doubtful=True)


@dataclass
class Aws:
    """The network of an event: what GuardDuty has there at each look, and what others have."""

    guardduty: list[int]
    strangers: list[Resource] = field(default_factory=list)
    # what was done, in order
    steps: list[str] = field(default_factory=list)

    def end_workers(self, context: EventContext, talk: Talk) -> None:
        self.steps.append("workers")
        raise AwsRefusal("autoscaling describe_auto_scaling_groups", "AccessDenied", "not authorized")

    def clear(self, context: EventContext, talk: Talk) -> int:
        return self.guardduty.pop(0)

    def others(self, context: EventContext) -> list[Resource]:
        return self.strangers


@dataclass
class Terraform:
    """Fails this often, and then gets through."""

    failures: int
    runs: int = 0

    def destroy(self, talk: Talk) -> None:
        self.runs += 1
        if self.runs <= self.failures:
            raise NETWORK_STAYS


@contextmanager
def quiet(what: str, how_long: str) -> Iterator[Callable[[str], None]]:
    yield lambda line: None


def run(monkeypatch: pytest.MonkeyPatch, aws: Aws, terraform: Terraform) -> list[str]:
    """What the organizer was warned of."""
    monkeypatch.setattr(module, "clear", aws.clear)
    monkeypatch.setattr(module, "others", aws.others)
    monkeypatch.setattr(module, "end_workers", aws.end_workers)
    warned: list[str] = []
    organizer = Organizer(lambda people: True, lambda *resources: True, lambda what: True, quiet, warned.append)
    context = event_context(Forbidden(), "geo")
    remove_stack(context, organizer, Steps(terraform.destroy, lambda talk: None))
    return warned


def test_where_nothing_is_in_the_way_it_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    terraform = Terraform(failures=0)

    assert run(monkeypatch, Aws([0]), terraform) == []
    assert terraform.runs == 1


def test_the_workers_end_before_their_network_and_a_refusal_of_it_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws, terraform = Aws([0]), Terraform(failures=0)
    terraform.destroy = lambda talk: aws.steps.append("stack")  # type: ignore[method-assign]
    run(monkeypatch, aws, terraform)

    assert aws.steps == ["workers", "stack"]


def test_what_guardduty_puts_there_again_meanwhile_is_removed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    terraform = Terraform(failures=1)
    run(monkeypatch, Aws([2, 2]), terraform)

    assert terraform.runs == 2


def test_an_interrupted_destroy_is_not_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    terraform = Terraform(failures=0)

    def interrupted(talk: Talk) -> None:
        terraform.runs += 1
        raise PophubError("interrupted") from KeyboardInterrupt()

    terraform.destroy = interrupted  # type: ignore[method-assign]
    aws = Aws([0, 1])
    with pytest.raises(PophubError, match="interrupted"):
        run(monkeypatch, aws, terraform)

    assert (terraform.runs, aws.guardduty) == (1, [1])


def test_what_is_others_is_named_before_it_and_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[str] = []
    monkeypatch.setattr(
        module, "lines", lambda resources: warned.extend(it.id for it in resources) or ["  endpoint vpce-1"]
    )
    with pytest.raises(PophubError) as refused:
        run(monkeypatch, Aws([0, 0], [STRANGER]), Terraform(failures=2))

    assert warned == ["vpce-1", "vpce-1"]
    assert refused.value.problem.splitlines() == [
        "subnet: DependencyViolation",
        "in the way of the network are:",
        "  endpoint vpce-1",
    ]
    assert refused.value.hint == "remove these, or ask their owners to; then the same command goes on; see the log"


def test_where_nothing_explains_it_the_error_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PophubError) as refused:
        run(monkeypatch, Aws([0, 0]), Terraform(failures=2))

    assert refused.value is NETWORK_STAYS


def test_without_the_right_to_look_terraform_has_its_try(aws: object) -> None:
    terraform, context = Terraform(failures=0), event_context(Forbidden("DescribeVpcs", "DescribeVpcEndpoints"), "geo")
    with pytest.raises(AwsRefusal):
        context.aws.call("ec2", REGION, "describe_vpcs")
    organizer = Organizer(lambda people: True, lambda *resources: True, lambda what: True, quiet)
    remove_stack(context, organizer, Steps(terraform.destroy, lambda talk: None))

    assert terraform.runs == 1
