"""The event: what an organizer writes down once, frozen and checked. It knows no cloud and no clock."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

NAME = r"[a-z][a-z0-9-]{1,30}"
# gp3: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html (the size every region has had since 2020)
LARGEST_DISK_GIB = 16 * 1024
# room for the hub's database, certificates and XFS' own metadata beside the homes
HUB_STATE_GIB = 4


def wrong(problem: str, remedy: str = "", at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """A refusal with its remedy; `at` points below the field that is being checked."""
    return PydanticCustomError("event", "{problem}", {"problem": problem, "remedy": remedy, "at": list(at)})


def _date(value: object) -> object:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else _not("a date", value)
    except ValueError:
        return _not("a date of the calendar", value)


def _time(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    return _not("a time of day, HH:MM", value)


def _not(what: str, value: object) -> object:
    if isinstance(value, (date, time)):
        return value
    raise wrong(f"not {what}")


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise wrong("not a time zone of the IANA list") from error
    return value


def _pinned(value: str) -> str:
    name, _, digest = value.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    if digest or (tag and tag != "latest"):
        return value
    raise wrong("the image is not pinned, so two participants could get two images")


Text = Annotated[str, Field(strict=True, min_length=1, max_length=200)]
Count = Annotated[int, Field(strict=True)]
Day = Annotated[date, BeforeValidator(_date)]
Clock = Annotated[time, BeforeValidator(_time)]
Amount = Annotated[Decimal, Field(gt=0, max_digits=12)]
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
Hostname = Annotated[str, Field(strict=True, max_length=253, pattern=rf"^({_LABEL}\.)+[a-z][a-z0-9-]*[a-z0-9]$")]
Mail = Annotated[str, Field(strict=True, max_length=254, pattern=r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+$")]
Username = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]
Image = Annotated[
    str,
    Field(strict=True, max_length=300, pattern=r"^[a-z0-9][a-z0-9._:/-]*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$"),
    AfterValidator(_pinned),
]
Path = Annotated[str, Field(strict=True, max_length=300, pattern=r"^/[^\s]*$")]
HttpsUrl = Annotated[str, Field(strict=True, max_length=500, pattern=r"^https://[^\s/?#@]+(/[^\s]*)?$")]


class Strict(BaseModel):
    """Unknown keys are typos, and a loaded event never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Session(Strict):
    """The same hours on each day of a stretch of days, both included, in the event's local time."""

    first: Day = Field(alias="from", examples=["2027-03-01"])
    last: Day = Field(alias="to", examples=["2027-03-05"])
    start: Clock = Field(examples=['"09:00"'])
    end: Clock = Field(examples=['"17:30"'])

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last < self.first:
            raise wrong("the session's last day lies before its first", "swap `from` and `to`", ("to",))
        if self.end <= self.start:
            raise wrong("the session ends before it starts", "split at midnight into two sessions", ("end",))
        return self


class GitHub(Strict):
    """Members of GitHub organizations (`org`) or teams (`org:team`)."""

    allow: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}(:[A-Za-z0-9._-]+)?$")], ...] = Field(
        min_length=1, examples=["[geohackweek]"]
    )
    admins: tuple[Username, ...] = Field(default=(), examples=["[octocat]"])


class Google(Strict):
    """Accounts of Google Workspace domains."""

    hosted_domain: tuple[Hostname, ...] = Field(min_length=1, examples=["[uni.example]"])
    admins: tuple[Username, ...] = Field(default=(), examples=["[ada]"])


class SharedPassword(Strict):
    """One password for all participants, another for the admins."""

    admins: tuple[Username, ...] = Field(default=(), examples=["[ada]"])


class System(Strict):
    """Unix accounts of the machine."""

    create_users: bool = Field(default=False, strict=True)
    admins: tuple[Username, ...] = Field(default=(), examples=["[ada]"])


class Login(Strict):
    """Who may sign in: exactly one way."""

    github: GitHub | None = None
    google: Google | None = None
    shared_password: SharedPassword | None = None
    system: System | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if len(self.model_fields_set) != 1 or self.kind == "":
            raise wrong("exactly one way to sign in must be given", "keep one of github, google, shared_password, system")
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
    memory_gib: Amount = Field(examples=["8"])
    cpus: Amount = Field(examples=["4"])


class Server(Strict):
    """One participant's Jupyter."""

    image: Image = Field(examples=["quay.io/jupyter/scipy-notebook:2026-10-06"])
    memory_gib: Amount = Field(default=Decimal(4), le=512, examples=["4"])
    cpus: Amount = Field(default=Decimal(2), le=128, examples=["2"])
    home_gib: Annotated[Count, Field(ge=1)] = Field(default=10, examples=["10"])
    default_url: Path = Field(default="/lab", examples=["/lab"])
    content: HttpsUrl | None = Field(default=None, examples=["https://github.com/geohackweek/tutorials"])
    environment: dict[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")], Annotated[str, Field(strict=True)]] = Field(
        default={}, examples=['{COLOUR: "blue"}']
    )
    choices: tuple[Choice, ...] = Field(default=(), examples=["[{name: large, memory_gib: 8, cpus: 4}]"])

    @property
    def largest_memory_gib(self) -> Decimal:
        """What the largest server on offer may use."""
        return max([self.memory_gib, *(choice.memory_gib for choice in self.choices)])


class Idle(Strict):
    """After how many minutes without work a server, a kernel, the hub is stopped."""

    server_minutes: Annotated[Count, Field(ge=15, le=24 * 60)] = Field(default=60, examples=["60"])
    kernel_minutes: Annotated[Count, Field(ge=5, le=24 * 60)] = Field(default=30, examples=["30"])
    hub_minutes: Annotated[Count, Field(ge=5, le=24 * 60)] = Field(default=30, examples=["30"])


class Host(Strict):
    """The machine; what is not given is derived."""

    instance_type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9]+$")] | None = Field(
        default=None, examples=["r7i.8xlarge"]
    )
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    disk_gib: Annotated[Count, Field(ge=8, le=LARGEST_DISK_GIB)] | None = Field(default=None, examples=["600"])


class Tls(Strict):
    """Where the hub's certificate comes from."""

    mode: Literal["acme", "staging", "files", "none"] = "acme"
    certificate: Text | None = Field(default=None, examples=["/etc/ssl/certs/hub.pem"])
    key: Text | None = Field(default=None, examples=["/etc/ssl/private/hub.key"])

    @model_validator(mode="after")
    def _files_named(self) -> Self:
        if (self.mode == "files") != (self.certificate is not None and self.key is not None):
            raise wrong("`files` and only `files` needs a certificate and a key", "give both, or another mode", ("mode",))
        return self


class Event(Strict):
    """One workshop. Later fields are checked against earlier ones, so that all problems show at once."""

    name: Annotated[str, Field(pattern=rf"^{NAME}$")]
    title: Text = Field(examples=["Geo Hackweek 2027"])
    contact: tuple[Mail, ...] = Field(default=(), max_length=10, examples=["[organizers@geohackweek.example.org]"])
    region: Annotated[str, Field(strict=True, pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] = Field(examples=["us-west-2"])
    timezone: Annotated[str, Field(strict=True), AfterValidator(_timezone)] = Field(examples=["America/Los_Angeles"])
    zone: Hostname = Field(examples=["geohackweek.example.org"])
    domain: Hostname = Field(examples=["hub.geohackweek.example.org"])
    participants: Annotated[Count, Field(ge=1, le=1000)] = Field(examples=["60"])
    sessions: tuple[Session, ...] = Field(
        min_length=1, max_length=40, examples=['[{from: 2027-03-01, to: 2027-03-05, start: "09:00", end: "17:30"}]']
    )
    ends: Day = Field(examples=["2027-03-12"])
    budget_usd: Amount = Field(examples=["400"])
    login: Login = Field(examples=["{github: {allow: [geohackweek]}}"])
    host: Host = Host()
    server: Server = Field(examples=["{image: quay.io/jupyter/scipy-notebook:2026-10-06}"])
    idle: Idle = Idle()
    tls: Tls = Tls()
    archive_days: Annotated[Count, Field(ge=1, le=3650)] = Field(default=90, examples=["90"])

    @field_validator("domain")
    @classmethod
    def _domain_in_zone(cls, domain: str, info: ValidationInfo) -> str:
        zone = info.data.get("zone")
        if zone and domain != zone and not domain.endswith(f".{zone}"):
            raise wrong("the domain lies outside its zone", f"use a name that ends in .{zone}")
        return domain

    @field_validator("ends")
    @classmethod
    def _ends_last(cls, ends: date, info: ValidationInfo) -> date:
        last = max((session.last for session in info.data.get("sessions", ())), default=ends)
        if ends < last:
            raise wrong(f"a session lies outside the event: it goes on until {last}", f"move `ends` to {last} or later")
        now: datetime | None = (info.context or {}).get("now")
        timezone = info.data.get("timezone")
        if now and timezone and ends < now.astimezone(ZoneInfo(timezone)).date():
            raise wrong("the event is past", "set new dates, or `make destroy EVENT=…` what is left of it")
        return ends

    @field_validator("server")
    @classmethod
    def _homes_fit(cls, server: Server, info: ValidationInfo) -> Server:
        host: Host | None = info.data.get("host")
        needed = info.data.get("participants", 0) * server.home_gib + HUB_STATE_GIB
        available = (host and host.disk_gib) or LARGEST_DISK_GIB
        if needed > available:
            raise wrong(
                f"{needed} GiB for all homes is more than the disk of {available} GiB",
                "lower `home_gib` or raise `host.disk_gib`" if available < LARGEST_DISK_GIB else "lower `home_gib`",
                ("home_gib",),
            )
        return server

    @property
    def disk_gib(self) -> int:
        """The size of the home volume."""
        return self.host.disk_gib or self.participants * self.server.home_gib + HUB_STATE_GIB
