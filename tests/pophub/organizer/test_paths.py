"""An event is found by its name or by a path, and every folder that is named exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.organizer import paths


@pytest.fixture
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("POPHUB_EVENTS", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_elsewhere")
def test_a_name_means_a_file_of_the_events_folder() -> None:
    assert paths.event_file("geo") == paths.HUB_CONFIG / "events" / "geo.yaml"


@pytest.mark.usefixtures("_elsewhere")
@pytest.mark.parametrize("path", ["some/geo.yaml", "./geo", "./geo.yml"])
def test_a_path_stays_the_path(path: str) -> None:
    assert paths.event_file(path) == Path(path)


@pytest.mark.usefixtures("_elsewhere")
def test_a_files_name_is_the_file_here_or_else_that_of_the_event(tmp_path: Path) -> None:
    (tmp_path / "here.yaml").touch()

    assert paths.event_file("here.yaml") == Path("here.yaml")
    assert paths.event_file("geo.yaml") == paths.HUB_CONFIG / "events" / "geo.yaml"


@pytest.mark.usefixtures("_elsewhere")
def test_the_events_folder_can_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POPHUB_EVENTS", "/somewhere")

    assert paths.event_file("geo") == Path("/somewhere/geo.yaml")


def test_below_the_current_folder_the_file_is_told_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POPHUB_EVENTS", raising=False)
    monkeypatch.chdir(paths.ROOT)

    assert str(paths.event_file("geo")) == "hub-config/events/geo.yaml"


@pytest.mark.parametrize("path", [paths.HUB_CONFIG, paths.CLOUD_INIT, paths.EXAMPLE_EVENT, paths.MAIN], ids=str)
def test_what_is_named_exists(path: Path) -> None:
    assert path.exists()
