"""A person with Debian's Chromium: what the page says, what it asks for, and what there is to complain of."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, Request, sync_playwright

from pophub.organizer.paths import NODE_BIN, ROOT

log = logging.getLogger(__name__)
# Chromium without its user interface: a page takes less than half of the processor time
PROGRAM = "chromium-headless-shell"
# where pictures stay: what people see can be looked at after the tests
SHOTS = ROOT / "artefacts"
COMPLAINTS = Path(__file__).with_name("complaints.js").read_text()
# the rules of WCAG that a program can check: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
AXE = NODE_BIN.parent / "axe-core" / "axe.min.js"
VIOLATIONS = """async ([rules, part]) => {
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const { violations } = await axe.run(part || document, { resultTypes: ["violations"], preload: false, ...only });
  return violations.map(({ id, help, nodes }) => `${id}, ${help}: ${nodes.map((it) => it.html.slice(0, 120)).join(" ")}`);
}"""
# of all rules, the one whose answer depends on the colours
OF_COLOURS = ["color-contrast"]
# a desk and a telephone
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
# a picture takes as long as a look
PICTURED = {1280: "light", 390: "dark"}
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# on a busy computer a kernel takes its time
WAIT_SECONDS = 60
KEYBOARD = Path(__file__).with_name("keyboard.js").read_text()
# what is pressed with Enter says so, and does nothing else
PRESSED = """(button) => {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    window.pressed = true;
  }, { capture: true, once: true });
  button.focus();
}"""
# by then the page has heard of its new width and colours
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@contextmanager
def chromium(*more: str, **options: Any) -> Iterator[Browser]:
    """The browser that is installed here; it is gone afterwards."""
    with sync_playwright() as playwright:
        browser = launch(playwright, *more, **options)
        try:
            yield browser
        finally:
            browser.close()


def launch(playwright: Playwright, *more: str, **options: Any) -> Browser:
    """As root Chromium knows no sandbox; it opens nothing here but our own pages."""
    return playwright.chromium.launch(
        executable_path=shutil.which(PROGRAM), chromium_sandbox=False, args=[*ARGUMENTS, *more], **options
    )


class Tab:
    """A person's only tab, for the hub at `home`; `others` are the hosts that it may ask for something besides."""

    def __init__(self, browser: Browser, shots: Path, home: str, *others: str, **options: Any) -> None:
        self._context = browser.new_context(
            viewport={"width": WIDTHS[0], "height": 800}, reduced_motion="reduce", **options
        )
        self._shots = shots
        self._home = urlsplit(home).netloc
        self._hosts = {self._home, *(urlsplit(it).netloc for it in others)}
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(WAIT_SECONDS * 1000)
        self._context.on("request", self._note_request)
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note_request(self, request: Request) -> None:
        place = urlsplit(request.url)
        if place.scheme not in ("data", "blob") and place.netloc not in self._hosts:
            self.strangers.append(request.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error" and urlsplit(place := message.location.get("url", "")).netloc == self._home:
            self.errors.append(f"{message.text} ({place})")

    def open(self, url: str) -> int:
        """Go there; the answer is the status."""
        response = self.page.goto(url)
        assert response is not None
        return response.status

    def named(self, name: str | re.Pattern[str]) -> Locator:
        """The link or button that says so."""
        return self.page.get_by_role("link", name=name).or_(self.page.get_by_role("button", name=name))

    def click(self, name: str) -> None:
        """Press it; the page stays."""
        self.named(name).click()

    def go(self, name: str | re.Pattern[str]) -> None:
        """Press it, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.named(name).click()

    def says(self, words: str) -> None:
        """Wait until the page says so."""
        self.page.get_by_text(words).first.wait_for()

    def forgive(self, words: str) -> None:
        """An error that has to be."""
        self.errors = [error for error in self.errors if words not in error]

    def shot(self, name: str) -> None:
        """A picture of the whole page."""
        self._shots.mkdir(exist_ok=True)
        path = self._shots / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png"
        self.page.screenshot(path=path, full_page=True)
        log.info("looks like %s", path)

    def shot_at_every_width(self, name: str) -> None:
        """Pictures of a page that is not ours to complain of."""
        for width in WIDTHS:
            self._widen(width)
            self.shot(f"{name} {width}")
        self._widen(WIDTHS[0])

    def _widen(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.evaluate(NEXT_FRAME)

    def complaints(self, name: str, *, keyboard: bool = True, part: str = "") -> list[str]:
        """What there is to complain of at every width, in light and dark, and with the keyboard; and its pictures.

        With a selector `part`, axe-core looks at the whole page once, and then at these elements alone: a page of others.
        """
        found: dict[str, str] = {}
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for width in WIDTHS:
            self._widen(width)
            for scheme in sorted(SCHEMES, key=lambda it: it == PICTURED[width]):
                self.page.emulate_media(color_scheme=scheme)
                rules = OF_COLOURS if scheme != SCHEMES[0] else []
                seen = [rules, part if (width, scheme) != (WIDTHS[0], SCHEMES[0]) else ""]
                for complaint in (*self.page.evaluate(f"({COMPLAINTS})()"), *self.page.evaluate(VIOLATIONS, seen)):
                    found.setdefault(complaint, f"{name}, {width} pixels, {scheme}: {complaint}")
            self.shot(f"{name} {width} {PICTURED[width]}")
        self.page.emulate_media(color_scheme=SCHEMES[0])
        self._widen(WIDTHS[0])
        unreached = self._with_the_keyboard() if keyboard else []
        return [*found.values(), *(f"{name}: {complaint}" for complaint in unreached)]

    def _with_the_keyboard(self) -> list[str]:
        """What the Tab key does not reach, or without anybody seeing it."""
        count = self.page.evaluate(f"({KEYBOARD})()")
        # it begins at the page's start or its first field, and passes the browser's own controls
        for _ in range(count + 3):
            self.page.keyboard.press("Tab")
        return list(self.page.evaluate("notReached()"))

    def first_button(self) -> str:
        """What the first button of the page's own part says; empty if there is none. Enter must press it."""
        place = (
            self.page.locator("dialog[open]")
            if self.page.locator("dialog[open]").count()
            else self.page.locator("main")
        )
        buttons = place.locator("button, [role=button], .button, input[type=submit]").filter(visible=True)
        if not buttons.count():
            return ""
        buttons.first.evaluate(PRESSED)
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("window.pressed"), "Enter does not press it"
        return buttons.first.inner_text().strip()

    def close(self) -> None:
        """Also what it remembers; the picture of what was seen last tells why a test failed."""
        self.shot("last")
        self._context.close()
