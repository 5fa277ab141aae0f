"""One browser for all browser tests, a new person for each test, and a folder for pictures of the pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lab.github import LabGitHub
from lab.hub import LabHub
from pophub.core.contract import EVENT_FILE, METER_FILE
from pophub.organizer.event.event import Event
from tests.browser.browsing import SHOTS, Tab, chromium
from tests.conftest import unpacked
from tests.pophub.core.cost.story import Boot, lines

DAY = Boot(at=datetime(2026, 11, 2, 9, tzinfo=UTC))
PEOPLE = [
    visit for name, start in (("ada", 1), ("bob", 2), ("grace", 3)) for visit in DAY.visit(name, start, start + 3.5)
]
METER = lines(DAY.run(8, machine="m6i.large", beats=7), PEOPLE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def shots() -> Path:
    """The folder of the pictures; each picture is logged."""
    return SHOTS


@pytest.fixture(scope="session")
def pages_hub(hackweek: Event, lab_github: LabGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHub]:
    """A hub with the pages of costs and helpers: three people have been there, and one of the roster has not."""
    folder = unpacked(hackweek, tmp_path_factory.mktemp("pages"))
    settings = folder / "hub-config" / EVENT_FILE
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"people": {"late": "Late <One>"}}))
    (folder / "state").mkdir()
    (folder / "state" / METER_FILE).write_bytes(b"".join(METER))
    with LabHub(folder, lab_github, servers="processes", pages=True) as hub:
        yield hub


@pytest.fixture
def tab(browser: Browser, shots: Path, lab_hub: LabHub, lab_github: LabGitHub) -> Iterator[Tab]:
    """The browser tab of a new person. Afterwards the page must have no errors and no requests to other hosts."""
    yield from _tab_at(lab_hub, browser, shots, lab_github)


@pytest.fixture
def tab_with_pages(browser: Browser, shots: Path, pages_hub: LabHub, lab_github: LabGitHub) -> Iterator[Tab]:
    """The same at the hub with pages."""
    yield from _tab_at(pages_hub, browser, shots, lab_github)


def _tab_at(hub: LabHub, browser: Browser, shots: Path, github: LabGitHub) -> Iterator[Tab]:
    tab = Tab(browser, shots, hub.url, github.url)
    yield tab
    tab.close()
    assert (tab.errors, tab.strangers) == ([], [])
