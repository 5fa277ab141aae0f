"""The login providers of an event file, one class a file: its settings there, and all that the organizer's side says and asks.

A new file is a new key of `login` in the event file; nothing lists them by hand.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pophub.organizer.event.login_provider import LoginProvider

# by the key of `login` in an event file
PROVIDERS: dict[str, type[LoginProvider]] = {
    module.name: import_module(f"{__name__}.{module.name}").LOGIN for module in iter_modules(__path__)
}
