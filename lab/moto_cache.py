"""What moto 5.2.5 works out anew for every request and is always the same: a quarter of the time of a request."""

from __future__ import annotations

from functools import cache

from moto import backends
from moto.core import responses, utils
from moto.core.loaders import create_loader
from moto.core.utils import method_names_from_class


def remember() -> None:
    """Keep the list of services and the names of each one's calls; called once, after the last change of moto's classes.

    Otherwise moto lists its own folder with a hundred others in it, and looks through all members of a class of responses.
    """
    services = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: services
    # responses has imported it by its name
    vars(responses).update(method_names_from_class=cache(method_names_from_class))
    # a loader remembers which services there are, and moto makes one for each service
    vars(utils).update(create_loader=cache(create_loader))
