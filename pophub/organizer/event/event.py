"""The event: what an organizer writes down once, frozen and checked. It knows no cloud and no clock."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator

from pophub.organizer.event.assumptions import Assumptions
from pophub.organizer.event.fields import (
    NAME,
    Amount,
    Count,
    Day,
    Hostname,
    Mail,
    Region,
    Strict,
    Text,
    TimeZone,
    formed,
    some,
    wrong,
)
from pophub.organizer.event.login import Login
from pophub.organizer.event.sections import LARGEST_DISK_GIB, LONGEST_EVENT, Host, Idle, Server, Session, Tls

# room for the hub's database, certificates and XFS' own metadata beside the homes
HUB_STATE_GIB = 4


class Event(Strict):
    """One workshop. Later fields are checked against earlier ones, so that all problems show at once."""

    # the file's stem: it has no example because it is not written in the file
    name: Annotated[str, formed(NAME, "an event's name")]
    title: Text = Field(examples=["Geo Hackweek 2027"])
    contact: tuple[Mail, ...] = Field(default=(), max_length=10, examples=["[organizers@geohackweek.example.org]"])
    region: Region = Field(examples=["us-west-2"])
    timezone: TimeZone = Field(examples=["America/Los_Angeles"])
    zone: Hostname = Field(examples=["geohackweek.example.org"])
    domain: Hostname = Field(examples=["hub.geohackweek.example.org"])
    participants: Annotated[Count, Field(ge=1, le=1000)] = Field(examples=["60"])
    sessions: Annotated[tuple[Session, ...], some("no session is given, so the hub would never run")] = Field(
        max_length=40, examples=['[{from: 2027-03-01, to: 2027-03-05, start: "09:00", end: "17:30"}]']
    )
    ends: Day = Field(examples=["2027-03-12"])
    budget_usd: Amount = Field(examples=["400"])
    login: Login = Field(examples=["{github: {allow: [geohackweek]}}"])
    host: Host = Field(default=Host(), examples=["{architecture: x86_64}"])
    server: Server = Field(examples=["{image: quay.io/jupyter/scipy-notebook:2026-10-06}"])
    idle: Idle = Field(default=Idle(), examples=["{hub_minutes: 30}"])
    tls: Tls = Field(default=Tls(), examples=["{mode: acme}"])
    # where the hub remembers its people; PostgreSQL's address is the secret `database_url`
    database: Literal["sqlite", "postgresql"] = Field(default="sqlite", examples=["postgresql"])
    archive_days: Annotated[Count, Field(ge=1, le=3650)] = Field(default=90, examples=["90"])
    # what its cost is estimated from
    assumptions: Assumptions = Field(default=Assumptions(), examples=["{setup_hours: [1, 3]}"])

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
            raise wrong("the event is past", "set new dates, or `make destroy EVENT=…` what is left of it")
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
