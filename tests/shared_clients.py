"""What all boto3 clients of a process can share. Each session and client makes it anew, which takes longer than its calls."""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.client import BaseClient, ClientCreator
from botocore.hooks import EventAliaser
from botocore.loaders import Loader
from botocore.model import ServiceModel

_create_loader, _models = botocore.session.create_loader, {}
_create_class = ClientCreator._create_client_class
_classes: dict[str, type[BaseClient]] = {}
_alias = EventAliaser._alias_event_name
_aliases: dict[str, str] = {}


def _loader(*paths: str) -> Loader:
    loader: Any = _create_loader(*paths)
    loader._cache = _models
    return loader


def _class(self: ClientCreator, service: str, model: ServiceModel) -> type[BaseClient]:
    """The class of a service's clients, with a function for each of some hundred calls."""
    if service not in _classes:
        _classes[service] = _create_class(self, service, model)
    return _classes[service]


def _event_name(self: EventAliaser, name: str) -> str:
    """The name of an event, of which each call has a dozen, looked for among those of older versions."""
    if name not in _aliases:
        _aliases[name] = _alias(self, name)
    return _aliases[name]


def share() -> None:
    """Let all sessions and clients that are made from now on share the models of AWS's services, classes and names."""
    botocore.session.create_loader = _loader
    ClientCreator._create_client_class = _class
    EventAliaser._alias_event_name = _event_name
