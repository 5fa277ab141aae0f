"""The folder of a run goes with it, unless its logs are needed; the zip file stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.demo import run_folder as module
from lab.demo.run_folder import kept_folder, run_folder
from pophub.core.errors import PophubError


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DOT_POPHUB", tmp_path)


def test_every_run_has_a_folder_of_its_own(tmp_path: Path) -> None:
    with run_folder() as first, run_folder() as second:
        assert {first, second} == {tmp_path / "runs" / "1", tmp_path / "runs" / "2"}

    assert list((tmp_path / "runs").iterdir()) == []


def leave(error: BaseException, *, begun: bool) -> Path:
    try:
        with run_folder() as folder:
            if begun:
                (folder / "log").touch()
            raise error
    except (PophubError, KeyboardInterrupt):
        return folder


def test_only_a_run_that_failed_leaves_its_logs() -> None:
    assert (leave(PophubError("no"), begun=True) / "log").exists()
    assert not leave(PophubError("no"), begun=False).exists()
    assert not leave(KeyboardInterrupt(), begun=True).exists()


def test_what_stays_outlives_the_runs(tmp_path: Path) -> None:
    with run_folder():
        (kept_folder() / "geo-end.zip").write_text("kept")

    assert (tmp_path / "demo" / "geo-end.zip").read_text() == "kept"
