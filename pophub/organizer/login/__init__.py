"""The login providers of an event file, one class a file: its settings, and everything that the organizer's side needs of it.

A new file adds a key to `login` in the event file; there is no list of them.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pophub.organizer.event.login_provider import LoginProvider

# by the key of `login` in an event file
PROVIDERS: dict[str, type[LoginProvider]] = {
    module.name: import_module(f"{__name__}.{module.name}").LOGIN for module in iter_modules(__path__)
}
