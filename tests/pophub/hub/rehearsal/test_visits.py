"""What the pretended people do while the event's content has not come yet."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pophub.core.contract import PRETENDED
from pophub.core.errors import PophubError
from pophub.hub.archive.homes import home_of
from pophub.hub.rehearsal import visits
from pophub.hub.rehearsal.visits import Course, Crowd

ONE = f"{PRETENDED}1"


@pytest.fixture
def crowd(tmp_path: Path) -> Crowd:
    (tmp_path / home_of(ONE).folder).mkdir()
    return Crowd("http://127.0.0.1:9", "", Course(1, notebook="tutorials/a.ipynb", content="tutorials"), tmp_path)


def test_they_wait_until_it_has_come(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = threading.Semaphore(0)
    looked = crowd._has_content

    def look(name: str) -> bool:
        looks.release()
        return looked(name)

    monkeypatch.setattr(Crowd, "_has_content", lambda _, name: look(name))
    waiting = threading.Thread(target=crowd.await_content, args=[ONE])
    waiting.start()
    # it has looked twice in vain
    for _ in range(2):
        assert looks.acquire(timeout=30)
    (crowd.homes / home_of(ONE).folder / "tutorials").mkdir()
    waiting.join(30)

    assert not waiting.is_alive()


@pytest.mark.parametrize("seconds", [0, 60])
def test_not_for_ever_and_not_longer_than_the_rehearsal(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    monkeypatch.setattr(visits, "CONTENT_SECONDS", seconds)
    crowd.over.set()

    with pytest.raises(PophubError, match=f"the event's content did not come within {seconds} s after JupyterLab"):
        crowd.await_content(ONE)
