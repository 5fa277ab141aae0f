"""The event's data that a report needs beside the meter: sessions, schedule, budget, prices. The hub reads it as JSON."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pophub.core.calendar import Window
from pophub.core.cost.tariff import MachinePrice, Tariff


@dataclass(frozen=True, slots=True)
class Basis:
    """The event's data for a report. Times are in UTC and sorted. `estimated` is (low, expected, high), or empty."""

    event: str
    title: str
    timezone: str
    participants: int
    budget: Decimal
    sessions: tuple[Window, ...]
    starts: tuple[datetime, ...]
    stops: tuple[datetime, ...]
    # the machine stops after this much time without work
    hub_idle: timedelta
    tariff: Tariff
    estimated: tuple[Decimal, ...] = ()
    # USD an hour of all planned workers together, with disks and addresses; zero for an event with one machine
    workers_usd_an_hour: Decimal = Decimal(0)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def ends(self) -> datetime:
        return self.stops[-1]


def as_json(basis: Basis) -> dict[str, Any]:
    """The basis as JSON data: times are ISO 8601, durations are seconds, money is a string."""
    data = {field.name: _plain(getattr(basis, field.name)) for field in fields(basis)}
    return data if basis.workers_usd_an_hour else {key: it for key, it in data.items() if key != "workers_usd_an_hour"}


def from_json(data: dict[str, Any]) -> Basis:
    """Read what `as_json` wrote.

    Raises:
        KeyError, TypeError, ValueError, ArithmeticError: the data has another form.
    """
    tariff = data["tariff"]
    return Basis(
        event=data["event"],
        title=data["title"],
        timezone=data["timezone"],
        participants=data["participants"],
        budget=Decimal(data["budget"]),
        sessions=tuple(Window(*_moments(pair)) for pair in data["sessions"]),
        starts=_moments(data["starts"]),
        stops=_moments(data["stops"]),
        hub_idle=timedelta(seconds=data["hub_idle"]),
        tariff=Tariff(
            tariff["region"],
            date.fromisoformat(tariff["as_of"]),
            {name: MachinePrice(Decimal(gib), Decimal(usd)) for name, (gib, usd) in tariff["machines"].items()},
            Decimal(tariff["disk_usd_a_gib_hour"]),
            Decimal(tariff["address_usd_an_hour"]),
            tariff["currency"],
        ),
        estimated=tuple(map(Decimal, data["estimated"])),
        workers_usd_an_hour=Decimal(data.get("workers_usd_an_hour", 0)),
    )


def _moments(texts: list[str]) -> tuple[datetime, ...]:
    return tuple(map(datetime.fromisoformat, texts))


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case tuple():
            return [_plain(inner) for inner in value]
        case Window() | MachinePrice() | Tariff():
            inner = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
            return inner if isinstance(value, Tariff) else list(inner.values())
        case timedelta():
            return int(value.total_seconds())
    return value if isinstance(value, (int, str)) else _text(value)


def _text(value: datetime | date | Decimal) -> str:
    return str(value) if isinstance(value, Decimal) else value.isoformat()
