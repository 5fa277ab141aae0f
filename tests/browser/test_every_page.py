"""Every page in a browser: at both widths, in light and dark, with the keyboard alone, in plain words; and none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pophub.organizer.event.event import Event
from pophub.organizer.paths import HUB_CONFIG, ROOT
from tests.browser.browsing import Tab
from tests.browser.case import Case, Site, Stage, site
from tests.browser.hub_pages import HUB_PAGES, NEVER_SHOWN
from tests.browser.own_pages import OWN_PAGES
from tests.browser.pictures import DOCS, PAGES, PICTURES, file_name, look_at, page, shown
from tests.hub_config.rendered import DATA, Templates

# words of the programs behind the pages
INTERNAL = re.compile(
    r"jupyterhub|spawn|traceback|xsrf|oauth|current scopes|limit exceeded|forbidden|bad request", re.I
)
# pages for people who write programs
FOR_PROGRAMMERS = ("token.html", "oauth.html")
# makes the frame of the pages that others fill
FRAME = "pophub/core/look.py"
WRITES_A_PAGE = re.compile(r"\bframed\(|<!doctype html", re.I)


@pytest.fixture(scope="module")
def stage(hackweek: Event, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(hackweek, Templates(hackweek), tmp_path_factory.mktemp("stage"))


@pytest.fixture(scope="module")
def address() -> Iterator[Site]:
    with site() as address:
        yield address


@pytest.fixture(scope="module")
def tab(browser: Browser, shots: Path, address: Site) -> Iterator[Tab]:
    tab = Tab(browser, shots, address.url)
    yield tab
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("case", PAGES, ids=lambda it: it.name)
def test_anybody_can_read_and_work_it(case: Case, tab: Tab, address: Site, stage: Stage) -> None:
    tab.errors.clear()
    look_at(case, tab, address, stage)

    assert tab.complaints(case.name) == []
    assert tab.first_button() == case.first
    tab.forgive("status.json")
    assert (tab.errors, tab.strangers) == ([], [])
    if case.source not in FOR_PROGRAMMERS:
        assert INTERNAL.findall(tab.page.locator("main").inner_text()) == []


def test_no_template_is_forgotten(stage: Stage) -> None:
    for case in HUB_PAGES:
        case.make(stage)
    ours = {
        file.relative_to(HUB_CONFIG / "templates").as_posix() for file in (HUB_CONFIG / "templates").rglob("*.html")
    }
    theirs = {file.name for file in (DATA / "templates").glob("*.html")}

    assert len(ours) > 10
    # of React, so the browser looks at it at a hub: test_pages.py
    assert ours - stage.templates.ours.used == {"admin.html"}
    assert theirs - stage.templates.original.used - ours == set(NEVER_SHOWN)


def test_no_program_that_writes_a_page_is_forgotten() -> None:
    shipped = [
        file for folder in ("pophub", "cloud-init", "hub-config", "stacks") for file in (ROOT / folder).rglob("*")
    ]
    programs = [file for file in shipped if file.suffix in (".py", ".sh", ".html", ".js", ".cjs")]
    found = {file.relative_to(ROOT).as_posix() for file in programs if WRITES_A_PAGE.search(file.read_text())}

    assert found - {FRAME} == {case.source for case in OWN_PAGES}


def test_each_page_has_a_name_of_its_own() -> None:
    names = [re.sub(r"[^a-z0-9]+", "-", case.name.lower()) for case in PAGES]

    assert sorted(names) == sorted(set(names))


def test_the_docs_show_every_page() -> None:
    """`make pictures` writes the page and its pictures anew."""
    assert (DOCS / "pages.md").read_text() == page()
    assert {file.name for file in PICTURES.glob("page-*")} == {file_name(case) for case in shown()}
    assert {case.source for case in PAGES} == {case.source for case in shown()}
