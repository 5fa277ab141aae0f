"""What is asked while a hub is waited for: its machine, its DNS name, its pages. It judges nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pophub.aws.client import Aws
from pophub.aws.instances import hub_instance
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.outside import web
from pophub.organizer.outside.dns import Resolver
from pophub.organizer.outside.web import Answer


class Web(Protocol):
    """HTTP requests; certificates are checked."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Raises Unreachable if nobody answers."""


class Names(Protocol):
    """Requests to the domain name system."""

    def addresses(self, name: str) -> frozenset[str]:
        """The IP addresses of a host name."""

    def name_servers(self, name: str) -> frozenset[str]:
        """The name servers of a zone, as the public DNS knows them."""


@dataclass(frozen=True, slots=True)
class World:
    """What the checks use. `machine` returns the event's instance as EC2 describes it, or None if there is none."""

    web: Web
    names: Names
    machine: Callable[[], Mapping[str, Any] | None]
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


def world_from_here(made: Deployment, aws: Aws, environ: Mapping[str, str]) -> World:
    """The real implementations, on this computer."""
    names = Resolver.from_environment(environ)
    return World(web.Web(), names, lambda: hub_instance(aws, made.region, made.event))
