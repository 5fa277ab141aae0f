"""A deployed event of the lab's that can be ended: its machine, its disk, and an organizer who answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lab.aws import LabAws
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.core.contract import HOME_DEVICE
from pophub.core.errors import PophubError
from pophub.hub.archive.homes import homes_in
from pophub.organizer.destroy.end_result import Ended
from pophub.organizer.destroy.end_steps import Organizer, Steps, end
from pophub.organizer.destroy.restore import restore
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.leftovers import find, remove
from pophub.organizer.leftovers.resource import Resource
from tests.pophub.organizer.destroy.hub_stand_in import launch, pause
from tests.pophub.organizer.destroy.tree import state
from tests.pophub.planted import REGION, Garden, event_context

NOW = datetime(2027, 3, 12, 18, tzinfo=UTC)


@contextmanager
def quiet(what: str, how_long: str) -> Iterator[Callable[[str], None]]:
    yield lambda line: None


@dataclass
class Event:
    """A deployed event, and what its organizer says and sees."""

    lab: LabAws
    name: str
    closes: bool = True
    removes: bool = True
    asked: list[Sequence[str] | None] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    waits: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.instance, self.root = launch(self.lab, self.name, REGION)
        garden = Garden(self.lab, self.name, self.name)
        self.client = garden.client("ec2")
        tags = [{"ResourceType": "volume", "Tags": garden.tags}]
        self.volume = self.client.create_volume(AvailabilityZone=f"{REGION}a", Size=10, TagSpecifications=tags)[
            "VolumeId"
        ]
        self.client.attach_volume(VolumeId=self.volume, InstanceId=self.instance, Device=HOME_DEVICE)
        garden.one("topic", 1)
        garden.one("parameter", 1)
        self.tags = garden.tags
        self.homes = self.root / "srv" / "home"

    def end(self, aws: Aws, *, archives: bool = True) -> Ended:
        context = event_context(aws, self.name)
        steps = Steps(lambda talk: self.remove_stack(context), lambda talk: self.write_retrospective(), pause)
        return end(context, self.organizer, steps, archives=archives, now=NOW)

    def write_retrospective(self) -> None:
        self.steps.append("look back")

    @property
    def organizer(self) -> Organizer:
        return Organizer(self._closes, self._removes, self._has_none, self._progress)

    def _progress(self, what: str, how_long: str) -> AbstractContextManager[Callable[[str], None]]:
        self.waits[what] = how_long
        return quiet(what, how_long)

    def _closes(self, people: Sequence[str] | None) -> bool:
        self.asked.append(people)
        return self.closes

    def _removes(self, resources: Sequence[Resource], losses: Sequence[str]) -> bool:
        self.offered += [resource.id for resource in resources]
        self.losses += losses
        return self.removes

    def _has_none(self, what: str) -> bool:
        self.missing.append(what)
        return False

    def remove_stack(self, context: EventContext) -> None:
        """As Terraform does: the machine first, a last snapshot of the disk before it goes, and then the rest."""
        self.steps.append("destroy")
        resources = {resource for resource in find(context).left if resource.type != "snapshot"}
        require_gone(remove(context, tuple(resource for resource in resources if resource.type == "instance")))
        for volume in [resource.id for resource in resources if resource.type == "volume"]:
            spec = [{"ResourceType": "snapshot", "Tags": self.tags}]
            context.call("ec2", "create_snapshot", VolumeId=volume, TagSpecifications=spec)
        require_gone(remove(context, tuple(resources)))


def require_gone(failed: Sequence[tuple[Resource, str]]) -> None:
    """As Terraform, which fails with what AWS said."""
    if failed:
        raise PophubError(failed[0][1])


def assert_all_is_there(event: Event, bucket: BucketPrefix, to: Path) -> None:
    """Each home, brought back from the bucket, is bit for bit as it was on the machine."""
    for home in homes_in(event.homes):
        restore(bucket, home, to / home.folder)
        assert state(to / home.folder) == state(event.homes / home.folder), home.user
