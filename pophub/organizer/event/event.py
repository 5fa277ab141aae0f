"""The event as the organizer wrote it, checked and frozen. It uses no cloud and no clock."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from pophub.organizer.event.assumptions import Assumptions
from pophub.organizer.event.checks import Strict, formed, one_or_more, some, wrong
from pophub.organizer.event.fields import NAME, Amount, Count, CsvFile, Day, Hostname, Mail, Region, Text, TimeZone
from pophub.organizer.event.login import Login
from pophub.organizer.event.login_provider import listed
from pophub.organizer.event.logo import Logo
from pophub.organizer.event.sections import (
    LARGEST_DISK_GIB,
    LONGEST_EVENT,
    Branding,
    Host,
    Idle,
    Session,
    Tls,
    Wake,
    WakeOrFalse,
    Workers,
)
from pophub.organizer.event.server import Server
from pophub.organizer.login import PROVIDERS
from pophub.organizer.people.roster import Person

# space for the hub's database, its certificates and XFS's own metadata, beside the homes
HUB_STATE_GIB = 4


class Event(Strict):
    """One workshop. Validators of later fields read earlier fields, so that all problems are reported at once."""

    # without an example, because it is the file's stem and not a key of the file
    name: Annotated[str, formed(NAME, "an event's name")] = Field(
        description="Name of the event file, without `.yaml`."
    )
    title: Text = Field(examples=["Geo Hackweek 2027"], description="Name of the event, shown on each page of the hub.")
    contact: Annotated[tuple[Mail, ...], Field(max_length=10), one_or_more] = Field(
        default=(),
        examples=["[organizers@geohackweek.example.org]"],
        description="Mail addresses that get the mail about the budget and about a hub that does not start; AWS asks each "
        "of them to confirm.",
    )
    region: Region = Field(examples=["us-west-2"], description="AWS region in which the hub runs.")
    timezone: TimeZone = Field(
        examples=["America/Los_Angeles"], description="Time zone of all dates and times in this file, by its IANA name."
    )
    zone: Hostname = Field(
        examples=["geohackweek.example.org"], description="Public hosted zone of Route 53 that contains `domain`."
    )
    domain: Hostname = Field(
        examples=["hub.geohackweek.example.org"], description="Address of the hub: a name inside `zone`."
    )
    participants: Annotated[Count, Field(ge=1, le=1000)] = Field(
        examples=["60"],
        description="How many people work at once at most, guests included. Helpers come on top, and 10 % more servers "
        "may run.",
    )
    sessions: Annotated[
        tuple[Session, ...], Field(max_length=40), some("no session is given, so the hub would never run")
    ] = Field(
        examples=['[{from: 2027-03-01, to: 2027-03-05, start: "09:00", end: "17:30"}]'],
        description="When people work; the hub runs all that time. A session past midnight is written as two.",
    )
    ends: Day = Field(examples=["2027-03-12"], description="Last day on which the hub exists.")
    budget_usd: Amount = Field(
        examples=["400"],
        description="What the event may cost, in US dollars: mail comes at 50, 80, 90, 95 and 100 % of it, and at 100 % "
        "the machine is stopped.",
    )
    login: Login = Field(
        examples=["{github: {allow: [geohackweek]}}"],
        description=f"How people sign in: exactly one of {listed(tuple(f'`{kind}`' for kind in PROVIDERS), 'and')}.",
    )
    roster: CsvFile | None = Field(
        default=None,
        examples=["people.csv"],
        description="CSV file with the participants, beside the event file: a line of titles (name, mail, account), then a "
        "line for each person. The hub gets names and accounts; mail addresses stay on this computer.",
    )
    branding: Branding = Field(
        default=Branding(), examples=['{colour: "#1f6aa5"}'], description="How the hub's pages look."
    )
    host: Host = Field(
        default=Host(),
        examples=["{architecture: x86_64}"],
        description="The machine. What is null is chosen for you, and `pophub check` says why.",
    )
    workers: Workers | None = Field(
        default=None,
        examples=["{spot: false}"],
        description="Several machines, which start before a session and end when their people have left. Null is one "
        "machine; `{}` lets pophub choose the workers, and `pophub check` compares both.",
    )
    server: Server = Field(
        examples=["{image: quay.io/jupyter/scipy-notebook:2026-10-06}"], description="What each participant gets."
    )
    idle: Idle = Field(
        default=Idle(), examples=["{hub_minutes: 30}"], description="How long something may go unused before it stops."
    )
    tls: Tls = Field(
        default=Tls(), examples=["{mode: acme}"], description="Where the certificate of the hub's address comes from."
    )
    wake: WakeOrFalse = Field(
        default=Wake(),
        examples=["false"],
        description="How people start the hub from the page that its address shows while it is off; with `false`, nobody can.",
    )
    database: Literal["sqlite", "postgresql"] = Field(
        default="sqlite",
        examples=["postgresql"],
        description="Where the hub keeps its users: `sqlite` is a file on the machine; the address of `postgresql` is the "
        "secret `database_url`.",
    )
    archive_days: Annotated[Count, Field(ge=1, le=3650)] = Field(
        default=90, examples=["90"], description="Days after the end for which the archived work is kept."
    )
    assumptions: Assumptions = Field(
        default=Assumptions(),
        examples=["{setup_hours: [1, 3]}"],
        description="What the cost estimate assumes: lists of figures from low to high, or one figure for all cases.",
    )

    # the content of the files that the event file names
    _people: tuple[Person, ...] = PrivateAttr(default=())
    _logo: Logo | None = PrivateAttr(default=None)

    @property
    def people(self) -> tuple[Person, ...]:
        """The people of the roster; empty if there is none."""
        return self._people

    @property
    def logo(self) -> Logo | None:
        """The logo's content; None if there is none."""
        return self._logo

    def with_people(self, people: tuple[Person, ...]) -> Self:
        """The same event with the people of its roster."""
        event = self.model_copy()
        event._people = people
        return event

    def with_logo(self, logo: Logo | None) -> Self:
        """The same event with the content of its logo."""
        event = self.model_copy()
        event._logo = logo
        return event

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
        sessions: tuple[Session, ...] = info.data.get("sessions", ())
        last = max((session.last for session in sessions), default=ends)
        first = min((session.first for session in sessions), default=ends)
        if ends < last:
            raise wrong(f"a session lies outside the event: it goes on until {last}", f"move `ends` to {last} or later")
        if ends - first > LONGEST_EVENT:
            raise wrong(f"the event lasts more than a year, from {first}", "correct the year, or make two events of it")
        return ends

    @field_validator("ends")
    @classmethod
    def _not_past(cls, ends: date, info: ValidationInfo) -> date:
        now: datetime | None = (info.context or {}).get("now")
        timezone = info.data.get("timezone")
        if now and timezone and ends < now.astimezone(ZoneInfo(timezone)).date():
            raise wrong("the event is past", "set new dates, or `pophub destroy EVENT` what is left of it")
        return ends

    @field_validator("host")
    @classmethod
    def _zone_in_region(cls, host: Host, info: ValidationInfo) -> Host:
        zone, region = host.availability_zone, info.data.get("region")
        if zone and region and zone[:-1] != region:
            raise wrong(
                f"{zone} is no zone of {region}",
                f"use one of the region's own, as {region}a, or leave it out",
                ("availability_zone",),
            )
        return host

    @field_validator("workers")
    @classmethod
    def _workers_know_people(cls, workers: Workers | None, info: ValidationInfo) -> Workers | None:
        login: Login | None = info.data.get("login")
        if workers is None or login is None:
            return workers
        if login.provider.makes_accounts:
            raise wrong(
                "people are Unix accounts of the hub's machine here, and workers do not have these accounts",
                "leave `workers` out, or let people sign in with another login than `system`, without `create_users`",
            )
        return workers

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
    def url(self) -> str:
        """The hub's address; plain http without a certificate."""
        return f"{'http' if self.tls.mode == 'none' else 'https'}://{self.domain}"

    @property
    def has_off_page(self) -> bool:
        """Whether the address shows a page while the hub is off; that page is always https."""
        return self.tls.mode != "none"

    @property
    def can_be_woken(self) -> bool:
        """Whether people can start the hub from that page."""
        return self.has_off_page and self.wake is not None

    @property
    def disk_gib(self) -> int:
        """The size of the home volume, in GiB."""
        return self.host.disk_gib or self.participants * self.server.home_gib + HUB_STATE_GIB
