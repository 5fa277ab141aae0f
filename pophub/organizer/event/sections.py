"""The parts of an event, each checked in itself. What one part asks of another stands in event.py."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from pophub.organizer.event.fields import (
    Argument,
    AvailabilityZone,
    Branch,
    Clock,
    Count,
    Cpus,
    Day,
    HomeFolder,
    Image,
    InstanceTypeName,
    MemoryGib,
    RepositoryUrl,
    Strict,
    Text,
    UrlPath,
    Variable,
    VariableValue,
    wrong,
)

# gp3: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html (the size every region has had since 2020)
LARGEST_DISK_GIB = 16 * 1024
# a year may be a course; more than that is a typo in a date
LONGEST_EVENT = timedelta(days=366)

Minutes = Annotated[Count, Field(le=24 * 60)]


class Session(Strict):
    """The same hours on each day of a stretch of days, both included, in the event's local time."""

    first: Day = Field(alias="from", examples=["2027-03-01"])
    last: Day = Field(alias="to", examples=["2027-03-05"])
    start: Clock = Field(examples=['"09:00"'])
    end: Clock = Field(examples=['"17:30"'])

    @field_validator("last")
    @classmethod
    def _days_go_forwards(cls, last: date, info: ValidationInfo) -> date:
        first = info.data.get("first", last)
        if last < first:
            raise wrong(f"the session's last day lies before its first, {first}", "swap `from` and `to`")
        if last - first > LONGEST_EVENT:
            raise wrong(f"the session goes on for more than a year, from {first}", "correct the year")
        return last

    @field_validator("end")
    @classmethod
    def _hours_go_forwards(cls, end: time, info: ValidationInfo) -> time:
        start = info.data.get("start")
        if start is not None and end <= start:
            raise wrong(
                f"the session does not end after its start, {start:%H:%M}",
                'past midnight takes two sessions, until "23:59" and from "00:00"',
            )
        return end


GUARANTEES = {"memory_guarantee_gib": "memory_gib", "cpu_guarantee": "cpus"}


def _below_its_limit(guarantee: Decimal | None, info: ValidationInfo) -> Decimal | None:
    name = str(info.field_name)
    limit = info.data.get(GUARANTEES[name])
    if guarantee is not None and limit is not None and guarantee > limit:
        raise wrong(
            f"what is guaranteed is more than the limit, `{GUARANTEES[name]}` of {limit}",
            f"lower `{name}`, or raise `{GUARANTEES[name]}`",
        )
    return guarantee


class Choice(Strict):
    """A named server size on the spawn page."""

    name: Text = Field(examples=["large"])
    memory_gib: MemoryGib = Field(examples=["8"])
    cpus: Cpus = Field(examples=["4"])
    memory_guarantee_gib: MemoryGib | None = Field(default=None, examples=["4"])
    cpu_guarantee: Cpus | None = Field(default=None, examples=["1"])

    _guarantees = field_validator("memory_guarantee_gib", "cpu_guarantee")(_below_its_limit)


class Server(Strict):
    """One participant's Jupyter."""

    image: Image = Field(examples=["quay.io/jupyter/scipy-notebook:2026-10-06"])
    memory_gib: MemoryGib = Field(default=Decimal(4), examples=["4"])
    cpus: Cpus = Field(default=Decimal(2), examples=["2"])
    memory_guarantee_gib: MemoryGib | None = Field(default=None, examples=["1"])
    cpu_guarantee: Cpus | None = Field(default=None, examples=["0.5"])
    home_gib: Annotated[Count, Field(ge=1)] = Field(default=10, examples=["10"])
    default_url: UrlPath = Field(default="/lab", examples=["/lab"])
    start_folder: HomeFolder | None = Field(default=None, examples=["tutorials"])
    content: RepositoryUrl | None = Field(default=None, examples=["https://github.com/geohackweek/tutorials"])
    content_branch: Branch | None = Field(default=None, examples=["main"])
    arguments: tuple[Argument, ...] = Field(default=(), examples=['["--ServerApp.max_body_size=1073741824"]'])
    environment: dict[Variable, VariableValue] = Field(default={}, examples=['{COLOUR: "blue"}'])
    choices: tuple[Choice, ...] = Field(default=(), max_length=20, examples=["[{name: large, memory_gib: 8, cpus: 4}]"])
    # whether the helpers can open the participants' servers, and so read their files
    admin_access: bool = Field(default=False, strict=True, examples=["true"])
    # started before each session for those who came before; None: where the machine's memory holds everybody
    prestart: bool | None = Field(default=None, strict=True, examples=["false"])

    _guarantees = field_validator("memory_guarantee_gib", "cpu_guarantee")(_below_its_limit)

    @field_validator("content_branch")
    @classmethod
    def _branch_of_something(cls, branch: str | None, info: ValidationInfo) -> str | None:
        if branch is not None and info.data.get("content", branch) is None:
            raise wrong("a branch, and no repository that it is of", "give `content` too")
        return branch

    @field_validator("choices")
    @classmethod
    def _names_differ(cls, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        for index, choice in enumerate(choices):
            if choice.name in [earlier.name for earlier in choices[:index]]:
                raise wrong("two choices have the same name", "give each a name of its own", (index, "name"))
        return choices

    @property
    def largest_memory_gib(self) -> Decimal:
        """What the largest server on offer may use."""
        return max([self.memory_gib, *(choice.memory_gib for choice in self.choices)])

    @property
    def largest_cpu_guarantee(self) -> Decimal:
        """What one server may count on, at most; 0 where nothing is guaranteed."""
        return max(it or Decimal(0) for it in (self.cpu_guarantee, *(choice.cpu_guarantee for choice in self.choices)))


class Idle(Strict):
    """After how many minutes without work a server, a kernel, the hub is stopped."""

    # longer than lunch; an idle server costs nothing, because the machine holds everybody's and stops by `hub_minutes`
    server_minutes: Annotated[Minutes, Field(ge=15)] = Field(default=120, examples=["120"])
    # at work or not; None: never
    server_max_hours: Annotated[Count, Field(ge=1, le=24 * 366)] | None = Field(default=None, examples=["24"])
    kernel_minutes: Annotated[Minutes, Field(ge=5)] | None = Field(
        default=None,
        examples=["240"],
        description="null: a kernel, and with it its variables, lives as long as its server",
    )
    # people are warned ten minutes before, and activity is told up to five minutes late
    hub_minutes: Annotated[Minutes, Field(ge=15)] = Field(default=30, examples=["30"])
    # how long a computation keeps its server and the hub, from its beginning; 0: not at all. A night's run of three
    # hours, which people ask for, fits with room for the looks of the watch and the culler
    protect_hours: Annotated[Count, Field(ge=0, le=24)] = Field(default=4, examples=["4"])

    @field_validator("server_max_hours")
    @classmethod
    def _idle_comes_first(cls, hours: int | None, info: ValidationInfo) -> int | None:
        minutes = info.data.get("server_minutes", 0)
        if hours is not None and hours * 60 < minutes:
            raise wrong(
                f"every server would be stopped for its age before it can be idle for {minutes} minutes",
                "raise `server_max_hours`, or lower `server_minutes`",
            )
        return hours


class Host(Strict):
    """The machine; what is not given is derived."""

    instance_type: InstanceTypeName | None = Field(default=None, examples=["r7i.8xlarge"])
    architecture: Literal["x86_64", "arm64"] = Field(default="x86_64", examples=["x86_64"])
    disk_gib: Annotated[Count, Field(ge=8, le=LARGEST_DISK_GIB)] | None = Field(default=None, examples=["600"])
    availability_zone: AvailabilityZone | None = Field(
        default=None,
        examples=["us-west-2b"],
        description="The availability zone of machine and homes; null: the first that offers the machine's type. "
        "It can be changed until the disk with the homes is made, because a disk cannot move.",
    )


class Tls(Strict):
    """Where the hub's certificate comes from."""

    mode: Literal["acme", "staging", "files", "none"] = Field(default="acme", examples=["acme"])
    certificate: Text | None = Field(default=None, examples=["/etc/ssl/certs/hub.pem"])
    key: Text | None = Field(default=None, examples=["/etc/ssl/private/hub.key"])

    @model_validator(mode="after")
    def _files_named(self) -> Self:
        if {self.certificate is not None, self.key is not None} != {self.mode == "files"}:
            raise wrong(
                "`files` and only `files` needs a certificate and a key", "give both, or another mode", ("mode",)
            )
        return self
