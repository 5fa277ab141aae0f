"""The base class of all handlers of the lab's GitHub."""

from __future__ import annotations

from lab.github_state import Site
from lab.weather import Weathered


class Handler(Weathered):
    """A handler that knows the site."""

    @property
    def site(self) -> Site:
        return self.settings["site"]  # type: ignore[no-any-return]
