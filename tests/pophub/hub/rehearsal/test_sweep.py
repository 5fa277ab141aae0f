"""Removing what a rehearsal leaves: only its own, in an order that survives being cut off, and again until it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pophub.core.errors import PophubError
from pophub.hub.hub_api import HubApi, HubRefused, HubSilent
from pophub.hub.rehearsal import sweep as module
from pophub.hub.rehearsal.sweep import Paths, UnderWay, alone, mark, real_at_work, sweep, sweep_if_left

UNTIL = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Api(HubApi):
    """A hub with some users, which fails as often as it is told."""

    def __init__(self, *users: str, fails: list[Exception] | None = None) -> None:
        super().__init__("http://127.0.0.1:9", "")
        object.__setattr__(self, "there", list(users))
        object.__setattr__(self, "fails", fails or [])

    there: list[str]
    fails: list[Exception]

    def users(self) -> list[dict[str, Any]]:
        return [{"name": name, "servers": {}} for name in self.there]

    def delete(self, user: str) -> None:
        if self.fails:
            raise self.fails.pop()
        self.there.remove(user)


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0)
    found = Paths(*(tmp_path / name for name in ("run", "memory", "homes")))
    for folder in (found.run, found.memory, found.homes):
        folder.mkdir()
    for home in ("-7erehearsal-2d1", "-7erehearsal-2d2", "ada", "rehearsal-2d1"):
        (found.homes / home / "deep").mkdir(parents=True)
        (found.homes / home / "deep" / "file").touch()
    mark(found, UNTIL)
    return found


def homes(paths: Paths) -> list[str]:
    return sorted(it.name for it in paths.homes.iterdir())


def test_users_and_homes_of_pretended_people_go_and_all_others_stay(paths: Paths) -> None:
    api = Api("~rehearsal-1", "ada", "rehearsal-1")

    assert sweep(api, paths) == ["~rehearsal-1", "~rehearsal-2"]
    assert (api.there, homes(paths)) == (["ada", "rehearsal-1"], ["ada", "rehearsal-2d1"])
    assert not paths.marker.exists()


def test_a_server_that_still_stops_is_tried_again(paths: Paths) -> None:
    api = Api("~rehearsal-1", fails=[HubSilent("400"), HubSilent("400")])

    assert sweep(api, paths, tries=3) == ["~rehearsal-1", "~rehearsal-2"]
    assert api.there == []


@pytest.mark.parametrize("trouble", [lambda: HubSilent("400"), lambda: HubRefused("403")])
def test_while_a_server_may_run_no_home_is_removed(paths: Paths, trouble: Callable[[], Exception]) -> None:
    api = Api("~rehearsal-1", fails=[trouble(), trouble()])

    with pytest.raises(PophubError, match="has not removed all"):
        sweep(api, paths, tries=2)
    assert len(homes(paths)) == 4
    assert paths.marker.exists()


def test_a_home_that_leads_elsewhere_is_left_and_told(paths: Paths, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (paths.homes / "-7erehearsal-2d3").symlink_to(other)

    with pytest.raises(PophubError, match="cannot be removed"):
        sweep(Api(), paths)
    assert other.exists()
    assert paths.marker.exists()


def test_without_a_marker_nobody_is_asked(paths: Paths) -> None:
    paths.marker.unlink()

    assert sweep_if_left(HubApi("http://127.0.0.1:9", ""), paths) == []
    assert len(homes(paths)) == 4


def test_one_that_is_under_way_is_left_alone_and_the_only_one(paths: Paths) -> None:
    with alone(paths):
        assert sweep_if_left(Api("~rehearsal-1"), paths) == []
        with pytest.raises(UnderWay), alone(paths):
            pass
    assert sweep_if_left(Api("~rehearsal-1"), paths) == ["~rehearsal-1", "~rehearsal-2"]


def test_only_real_people_with_a_server_are_at_work() -> None:
    users = [
        {"name": "grace", "servers": {"": {}}},
        {"name": "ada", "servers": {"": {}}},
        {"name": "bob", "servers": {}},
        {"name": "~rehearsal-1", "servers": {"": {}}},
    ]

    assert real_at_work(users) == ("ada", "grace")
