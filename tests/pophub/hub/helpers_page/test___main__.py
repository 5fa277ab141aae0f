"""The service as the bundle brings it: all of it is there, and needs no more than the hub's own environment has."""

from __future__ import annotations

from pathlib import Path

from tests.pophub.hub.loaded import NOT_ON_THE_HUB, packages_of


def test_the_bundle_brings_all_that_the_service_needs(hackweek_bundle: Path) -> None:
    loaded = packages_of("pophub.hub.helpers_page.__main__", hackweek_bundle)

    assert {"pophub", "tornado", "jupyterhub"} <= loaded
    assert not loaded & NOT_ON_THE_HUB
    folder = hackweek_bundle / "pophub" / "hub" / "helpers_page"
    assert all((folder / name).exists() for name in ("page.html", "page.css", "page.js"))
