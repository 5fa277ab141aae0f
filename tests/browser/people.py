"""What a participant does at a hub of the lab with the browser."""

from __future__ import annotations

import re

from tests.browser.browsing import Tab


def sign_in(tab: Tab, url: str, person: str) -> None:
    """Through GitHub, which asks who one is only once, and whether one agrees too."""
    tab.open(url)
    tab.go("Sign in with GitHub")
    for question in (re.compile(rf"^{person} "), "Authorize the hub"):
        if tab.named(question).count():
            tab.go(question)


def lab_is_open(tab: Tab) -> None:
    """Wait until JupyterLab can be used."""
    tab.page.wait_for_url("**/user/*/lab**")
    tab.page.locator(".jp-DirListing-content").wait_for()


def run_cell(tab: Tab, code: str) -> str:
    """In a new notebook; what stands below the cell."""
    tab.page.locator('.jp-LauncherCard[data-category="Notebook"]').first.click()
    # a cell that is run before there is a kernel is passed over in silence
    tab.page.get_by_text(re.compile(r"\| Idle$")).first.wait_for()
    tab.page.locator(".jp-Notebook .cm-content").first.click()
    tab.page.keyboard.type(code)
    tab.page.keyboard.press("Shift+Enter")
    return tab.page.locator(".jp-OutputArea-output").first.inner_text().strip()


def save(tab: Tab) -> None:
    """With the keyboard; JupyterLab offers a better name than Untitled."""
    tab.page.keyboard.press("Control+s")
    tab.page.locator(".jp-Dialog").get_by_role("button", name="Rename").click()
    tab.page.locator(".lm-TabBar-tab.jp-mod-dirty").wait_for(state="detached")


def open_menu(tab: Tab, menu: str) -> list[str]:
    """What JupyterLab's menu offers."""
    tab.page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{menu}$")).click()
    items = tab.page.locator(".lm-Menu-itemLabel").filter(visible=True)
    items.first.wait_for()
    return items.all_inner_texts()


def choose(tab: Tab, menu: str, item: str) -> None:
    """An item of one of JupyterLab's menus."""
    open_menu(tab, menu)
    tab.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{item}$")).filter(visible=True).click()
