"""What is looked at while a hub is waited for: its machine, its name, its pages. It judges nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pophub.aws.client import Aws
from pophub.organizer.cli.hub_from_here import machines_of
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.outside import web
from pophub.organizer.outside.dns import Resolver
from pophub.organizer.outside.web import Answer


class Web(Protocol):
    """What is asked over HTTP; certificates are checked."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Raises: Unreachable: nobody answered."""


class Names(Protocol):
    """What is asked of the domain name system."""

    def addresses(self, name: str) -> frozenset[str]:
        """The addresses of a host."""

    def name_servers(self, name: str) -> frozenset[str]:
        """Where the world is sent to for a zone."""


@dataclass(frozen=True, slots=True)
class World:
    """What is looked at; `machine` is the event's instance as EC2 describes it, None if there is none."""

    web: Web
    names: Names
    machine: Callable[[], Mapping[str, Any] | None]
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


def world_from_here(made: Deployment, aws: Aws, environ: Mapping[str, str]) -> World:
    """The world as this computer sees it."""
    names = Resolver.from_environment(environ)
    return World(web.Web(), names, lambda: next(iter(machines_of(aws, made.region, made.event)), None))
