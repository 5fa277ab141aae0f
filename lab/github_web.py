"""The base class of all handlers of the lab's GitHub."""

from __future__ import annotations

from lab.fault_injection import FaultInjecting
from lab.github_state import Site


class Handler(FaultInjecting):
    """A handler that knows the site."""

    @property
    def site(self) -> Site:
        return self.settings["site"]  # type: ignore[no-any-return]
