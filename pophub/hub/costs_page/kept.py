"""The service's pages, computed at a request and kept for some seconds, so that many requests cost as much as one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from pophub.core.cost import basis
from pophub.core.cost.basis import Basis
from pophub.core.cost.collector import paused
from pophub.core.cost.forms.as_json import as_json
from pophub.core.cost.forms.own_page import own_page
from pophub.core.cost.forms.page import as_page
from pophub.core.cost.meter import lines_of
from pophub.core.cost.own import own
from pophub.core.cost.records import Moment
from pophub.core.cost.report import Report, reported
from pophub.core.cost.timeline import Timeline, moment, read
from pophub.core.errors import PophubError
from pophub.core.look import NO_BRAND, Brand

Made = TypeVar("Made")
# the meter grows once a minute
KEPT_MS = 10_000


class Kept:
    """Reads `settings` (cost-watch's) and the meter's file at the time of `clock`; threads may ask at the same time."""

    def __init__(self, settings: Path, meter: Path, clock: Callable[[], Moment], brand: Brand = NO_BRAND) -> None:
        self._settings, self._meter, self._clock, self._brand = settings, meter, clock, brand
        self._lock = Lock()
        self._found: tuple[int, Basis, Timeline] | None = None
        self._made: dict[str, Any] = {}

    def page(self, *, names: bool, top: str) -> str:
        """The report's page with `top` above it; with `names` it shows participants' names.

        Raises:
            PophubError: the settings or the meter cannot be read. The other methods raise it too.
        """
        return self._once(
            f"page {names}",
            lambda basis, line: as_page(_report(basis, line, names=names), top=top, brand=self._brand),
        )

    def as_json(self) -> str:
        """The report's figures."""
        return self._once("json", lambda basis, line: json.dumps(as_json(_report(basis, line, names=False)), indent=2))

    def own(self, user: str, *, top: str) -> str:
        """The page of one participant."""
        basis, line = self._once("", lambda basis, line: (basis, line))
        return own_page(own(line, basis, user), top=top, brand=self._brand)

    def _once(self, what: str, make: Callable[[Basis, Timeline], Made]) -> Made:
        """The pages of the last KEPT_MS, made from one reading of the meter; made now if there are none, by one thread."""
        with self._lock:
            now = self._clock()
            if self._found is None or now.up_ms - self._found[0] >= KEPT_MS:
                self._found, self._made = (now.up_ms, self._basis(), self._read(now)), {}
            if what not in self._made:
                self._made[what] = make(*self._found[1:])
            found: Made = self._made[what]
            return found

    def _read(self, now: Moment) -> Timeline:
        try:
            with paused():
                return read(lines_of(self._meter), now=now.at)
        except OSError as error:
            raise PophubError(
                f"{self._meter.name} cannot be read: {error.strerror}", hint="look at the hub's volume"
            ) from error

    def _basis(self) -> Basis:
        try:
            return basis.from_json(json.loads(self._settings.read_text())["meter"]["basis"])
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise PophubError(
                f"{self._settings.name} says nothing of the event's prices ({type(error).__name__})",
                hint="deploy the event again",
            ) from error


def _report(basis: Basis, line: Timeline, *, names: bool) -> Report:
    return reported(line, basis, now=moment(line.now), names=names)
