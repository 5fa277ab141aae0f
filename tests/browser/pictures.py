"""docs/pages.md and its pictures: `make pictures` writes them anew, from the list of all pages."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import ROOT
from tests.browser.browsing import Tab, chromium
from tests.browser.case import Case, Shown, Site, Stage, site
from tests.browser.hub_pages import HUB_PAGES
from tests.browser.own_pages import OWN_PAGES
from tests.hub_config.rendered import Templates

PAGES = (*HUB_PAGES, *OWN_PAGES)
DOCS = ROOT / "docs"
PICTURES = DOCS / "pictures"
EVENT = ROOT / "tests" / "hub_config" / "hackweek.yaml"
# of JPEG's scale; letters stay clear, and a page is some 15 KB
QUALITY = 60
SIZE = (960, 600)
HEAD = """# Every page

What people see of an event. Every page has the event's `branding`, fits a telephone, has light and dark colours, and can be
worked with the keyboard alone: the tests look at each of them at two widths, in both colours, with
[axe-core](https://github.com/dequelabs/axe-core). JupyterHub's page for administrators, `/hub/admin`, is left as it is.
"""


def look_at(case: Case, tab: Tab, address: Site, stage: Stage) -> None:
    """Open the page and bring it into the case's state."""
    made = case.make(stage)
    address.shown = made if isinstance(made, Shown) else Shown(made)
    tab.open(address.url)
    if case.said:
        tab.says(case.said)
    if case.press:
        tab.page.get_by_text(case.press).or_(tab.page.get_by_label(case.press)).first.press("Enter")


def file_name(case: Case) -> str:
    return f"page-{re.sub(r'[^a-z0-9]+', '-', case.name.lower())}.webp"


def shown() -> list[Case]:
    """The pages that are in docs, in their order."""
    return [case for case in PAGES if case.picture]


def page() -> str:
    """docs/pages.md."""
    return "".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for case in shown():
        yield f"\n## {case.picture}\n\n```{{image}} pictures/{file_name(case)}\n:alt: {case.picture}\n:width: 640px\n```\n"


def take(case: Case, tab: Tab, file: Path) -> None:
    """A picture of what a window shows; Playwright itself writes no WebP."""
    session = tab.page.context.new_cdp_session(tab.page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    file.write_bytes(base64.b64decode(taken["data"]))
    session.detach()


def main() -> None:
    event = load_event(EVENT).model_copy(update={"title": "Geo Hackweek 2027"})
    (DOCS / "pages.md").write_text(page())
    for old in PICTURES.glob("page-*.webp"):
        old.unlink()
    with TemporaryDirectory() as folder, chromium() as browser, site() as address:
        stage = Stage(event, Templates(event), Path(folder))
        tab = Tab(browser, Path(folder), address.url)
        tab.page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
        for case in shown():
            look_at(case, tab, address, stage)
            take(case, tab, PICTURES / file_name(case))
        tab.close()


if __name__ == "__main__":
    main()
