"""The parts of an event, each checked in itself. What one part asks of another stands in event.py."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from pophub.fields import (
    Clock,
    Count,
    Cpus,
    Day,
    Hostname,
    HttpsUrl,
    Image,
    InstanceTypeName,
    MemoryGib,
    Organization,
    Strict,
    Text,
    UrlPath,
    Username,
    Variable,
    VariableValue,
    some,
    wrong,
)

# gp3: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html (the size every region has had since 2020)
LARGEST_DISK_GIB = 16 * 1024
# a year may be a course; more than that is a typo in a date
LONGEST_EVENT = timedelta(days=366)

Admins = tuple[Username, ...]
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


class GitHub(Strict):
    """Members of GitHub organizations (`org`) or teams (`org:team`)."""

    allow: Annotated[
        tuple[Organization, ...],
        some("nobody is named, and an open hub is refused", "name an organization or a team: `allow: [geohackweek]`"),
    ] = Field(examples=["[geohackweek]"])
    admins: Admins = Field(default=(), examples=["[octocat]"])


class Google(Strict):
    """Accounts of Google Workspace domains."""

    hosted_domain: Annotated[
        tuple[Hostname, ...],
        some("nobody is named, and an open hub is refused", "name a domain: `hosted_domain: [uni.example]`"),
    ] = Field(examples=["[uni.example]"])
    admins: Admins = Field(default=(), examples=["[ada]"])


class SharedPassword(Strict):
    """One password for all participants, another for the admins."""

    admins: Admins = Field(default=(), examples=["[ada]"])


class System(Strict):
    """Unix accounts of the machine."""

    create_users: bool = Field(default=False, strict=True, examples=["true"])
    admins: Admins = Field(default=(), examples=["[ada]"])


class Login(Strict):
    """Who may sign in: exactly one way."""

    github: GitHub | None = Field(default=None, examples=["{allow: [geohackweek]}"])
    google: Google | None = Field(default=None, examples=["{hosted_domain: [uni.example]}"])
    shared_password: SharedPassword | None = Field(default=None, examples=["{admins: [ada]}"])
    system: System | None = Field(default=None, examples=["{create_users: true}"])

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [name for name in type(self).model_fields if name in self.model_fields_set]
        if not ways:
            raise wrong("nobody could sign in: no way is given", f"give one of {', '.join(type(self).model_fields)}")
        if len(ways) > 1:
            raise wrong("exactly one way to sign in must be given", f"keep one of {', '.join(ways)}")
        if not self.kind:
            raise wrong("nothing stands below this way to sign in", at=(ways[0],))
        return self

    @property
    def kind(self) -> str:
        """The name of the one way that is given."""
        return next((name for name in type(self).model_fields if getattr(self, name) is not None), "")

    @property
    def admins(self) -> tuple[str, ...]:
        """The helpers' user names, whichever the way."""
        return tuple(getattr(self, self.kind).admins)


class Choice(Strict):
    """A named server size on the spawn page."""

    name: Text = Field(examples=["large"])
    memory_gib: MemoryGib = Field(examples=["8"])
    cpus: Cpus = Field(examples=["4"])


class Server(Strict):
    """One participant's Jupyter."""

    image: Image = Field(examples=["quay.io/jupyter/scipy-notebook:2026-10-06"])
    memory_gib: MemoryGib = Field(default=Decimal(4), examples=["4"])
    cpus: Cpus = Field(default=Decimal(2), examples=["2"])
    home_gib: Annotated[Count, Field(ge=1)] = Field(default=10, examples=["10"])
    default_url: UrlPath = Field(default="/lab", examples=["/lab"])
    content: HttpsUrl | None = Field(default=None, examples=["https://github.com/geohackweek/tutorials"])
    environment: dict[Variable, VariableValue] = Field(default={}, examples=['{COLOUR: "blue"}'])
    choices: tuple[Choice, ...] = Field(default=(), max_length=20, examples=["[{name: large, memory_gib: 8, cpus: 4}]"])

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


class Idle(Strict):
    """After how many minutes without work a server, a kernel, the hub is stopped."""

    server_minutes: Annotated[Minutes, Field(ge=15)] = Field(default=60, examples=["60"])
    kernel_minutes: Annotated[Minutes, Field(ge=5)] = Field(default=30, examples=["30"])
    hub_minutes: Annotated[Minutes, Field(ge=5)] = Field(default=30, examples=["30"])


class Host(Strict):
    """The machine; what is not given is derived."""

    instance_type: InstanceTypeName | None = Field(default=None, examples=["r7i.8xlarge"])
    architecture: Literal["x86_64", "arm64"] = Field(default="x86_64", examples=["x86_64"])
    disk_gib: Annotated[Count, Field(ge=8, le=LARGEST_DISK_GIB)] | None = Field(default=None, examples=["600"])


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
