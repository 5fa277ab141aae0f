"""The parts of an event, each checked on its own. Rules between two parts are in event.py."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from pophub.organizer.event.checks import Checked, Strict, wrong
from pophub.organizer.event.fields import AvailabilityZone, Clock, Colour, Count, Day, InstanceTypeName, LogoFile, Text

# the maximum size of gp3 in every region since 2020:
# https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
LARGEST_DISK_GIB = 16 * 1024
# a course may last a year; a longer event is a typo in a date
LONGEST_EVENT = timedelta(days=366)

# the event's network has 251 addresses: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
MOST_WORKERS = 200

Minutes = Annotated[Count, Field(le=24 * 60)]


class Session(Strict):
    """The same hours on each day of a stretch of days, both included, in the event's local time."""

    first: Day = Field(alias="from", examples=["2027-03-01"], description="First day of the session.")
    last: Day = Field(alias="to", examples=["2027-03-05"], description="Last day of the session.")
    start: Clock = Field(
        examples=['"09:00"'], description="Time in quotes at which people begin on each of these days."
    )
    end: Clock = Field(examples=['"17:30"'], description="Time in quotes at which people stop on each of these days.")

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


class Idle(Strict):
    """The minutes without work after which a server, a kernel or the machine is stopped."""

    server_minutes: Annotated[Minutes, Field(ge=15)] = Field(
        default=120,
        examples=["120"],
        description="Minutes without work after which a server is stopped. An idle server costs nothing while others work, "
        "and two hours are longer than lunch.",
    )
    server_max_hours: Annotated[Count, Field(ge=1, le=24 * 366)] | None = Field(
        default=None,
        examples=["24"],
        description="Hours after which a server is stopped even if it works; null is never.",
    )
    kernel_minutes: Annotated[Minutes, Field(ge=5)] | None = Field(
        default=None,
        examples=["240"],
        description="Minutes without work after which a kernel is stopped and its variables are lost; null is never.",
    )
    # people get a warning ten minutes before, and the hub may learn of activity up to five minutes late
    hub_minutes: Annotated[Minutes, Field(ge=15)] = Field(
        default=30,
        examples=["30"],
        description="Minutes without work after which the machine stops, outside of sessions.",
    )
    # long enough for a computation of three hours at night, and for the intervals of cost-watch and the culler
    protect_hours: Annotated[Count, Field(ge=0, le=24)] = Field(
        default=4,
        examples=["4"],
        description="Hours for which a computation keeps its server and the machine on, counted from its beginning or from "
        "its owner's last action, whichever is later; 0 turns this off.",
    )

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
    """The machine; values that are not given are chosen by pophub."""

    instance_type: InstanceTypeName | None = Field(
        default=None,
        examples=["r7i.8xlarge"],
        description="EC2 instance type; null is the cheapest that holds everybody.",
    )
    architecture: Literal["x86_64", "arm64"] = Field(
        default="x86_64",
        examples=["x86_64"],
        description="Architecture of the processor. `arm64` is about 20 % cheaper, and the image must offer it.",
    )
    disk_gib: Annotated[Count, Field(ge=8, le=LARGEST_DISK_GIB)] | None = Field(
        default=None,
        examples=["600"],
        description="Size of the home volume, in GiB; null is room for every home and 4 GiB for the hub.",
    )
    availability_zone: AvailabilityZone | None = Field(
        default=None,
        examples=["us-west-2b"],
        description="Availability zone of the machine and the homes; null is the first that offers the instance type. It "
        "can be changed until the home volume is made, because a disk cannot move.",
    )


class Branding(Strict):
    """How all pages look: the hub's, the reports, and those while the hub is away."""

    colour: Colour | None = Field(
        default=None,
        examples=['"#1f6aa5"'],
        description="Colour of buttons on all pages, and of the line above each page, in quotes; the text on buttons is "
        "black or white, whichever is easier to read.",
    )
    logo: LogoFile | None = Field(
        default=None,
        examples=["logo.svg"],
        description="SVG or PNG file beside the event file, which is at the top of all pages.",
    )


class Workers(Strict):
    """Several machines: workers run the servers, the hub's machine runs none. Values that are not given are calculated."""

    type: InstanceTypeName | None = Field(
        default=None,
        examples=["r7i.2xlarge"],
        description="EC2 instance type of a worker; null is the one that costs least in the end for this event.",
    )
    most: Annotated[Count, Field(ge=1, le=MOST_WORKERS)] | None = Field(
        default=None,
        examples=["20"],
        description="The largest number of workers at once; null is as many as hold every server that may run, and at "
        "least one more than hold all participants.",
    )
    spot: bool = Field(
        default=False,
        examples=["true"],
        description="Whether workers are spot instances: they cost about two fifths, but AWS may end one with two minutes' "
        "notice, and then kernels that run on it are lost; files are not.",
    )
    # the hub starts this much earlier too; after more than twice its shortest idle time it would stop again
    warm_minutes: Annotated[Count, Field(ge=0, le=30)] = Field(
        default=15,
        examples=["15"],
        description="Minutes before a session at which its workers are ready.",
    )


class Wake(Strict):
    """How people who have signed in before may start the hub from the page that its address shows while it is off."""

    times_a_day: Annotated[Count, Field(ge=1, le=24)] = Field(
        default=3,
        examples=["3"],
        description="Starts of a day, of all people together. Each costs at least an hour of the machine.",
    )
    opens: Clock = Field(
        default=time(7), alias="from", examples=['"07:00"'], description="Time in quotes from which it can be started."
    )
    closes: Clock = Field(
        default=time(23),
        alias="to",
        examples=['"23:00"'],
        description="Time in quotes from which it cannot be started any more; it may lie past midnight.",
    )

    @field_validator("closes")
    @classmethod
    def _open_for_a_while(cls, closes: time, info: ValidationInfo) -> time:
        if closes == info.data.get("opens"):
            raise wrong("the hub could never be started", "write another time, or `wake: false`")
        return closes


def _wake_or_false(value: object) -> object:
    if value is None or value is True:
        raise wrong("neither `false` nor limits", "leave `wake` out for the usual limits, or write `wake: false`")
    return None if value is False else value


# None in the model is `false` in the file
WakeOrFalse = Annotated[
    Wake | None,
    Checked(BeforeValidator(_wake_or_false), lambda inner: {"anyOf": [inner["anyOf"][0], {"enum": [False]}]}),
]


class Tls(Strict):
    """Where the hub's certificate comes from."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"mode": {"const": "files"}}, "required": ["mode"]},
            "then": {
                "properties": {"certificate": {"type": "string"}, "key": {"type": "string"}},
                "required": ["certificate", "key"],
            },
            "else": {"properties": {"certificate": {"type": "null"}, "key": {"type": "null"}}},
        }
    )

    mode: Literal["acme", "staging", "files", "none"] = Field(
        default="acme",
        examples=["acme"],
        description="`acme` asks Let's Encrypt, `staging` its test service, `files` is a certificate of your own, and "
        "`none` serves plain http. A deployed event with `acme` or `files` cannot get one of the other two.",
    )
    certificate: Text | None = Field(
        default=None,
        examples=["/etc/ssl/certs/hub.pem"],
        description="Path of the certificate and its chain, for `mode: files` alone: on a server of your own the file "
        "that is there; on AWS the machine writes it from the secret `tls_certificate`.",
    )
    key: Text | None = Field(
        default=None,
        examples=["/etc/ssl/private/hub.key"],
        description="Path of the certificate's key, for `mode: files` alone; on AWS from the secret `tls_key`.",
    )

    @model_validator(mode="after")
    def _files_named(self) -> Self:
        if {self.certificate is not None, self.key is not None} != {self.mode == "files"}:
            raise wrong(
                "`files` and only `files` needs a certificate and a key", "give both, or another mode", ("mode",)
            )
        return self
