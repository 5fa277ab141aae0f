"""A browser at the machine's own https address, through its front, with servers in containers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.machine.machine import LabMachine
from lab.plans import plan_of
from lab.wait import wait_until
from pophub.core.contract import HOMES_FOLDER, SERVER_HOME
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide import guide
from tests.browser.browsing import SHOTS, Tab, chromium
from tests.browser.people import choose, lab_is_open, run_cell, save, sign_in

pytestmark = [pytest.mark.machine, pytest.mark.browser]


@pytest.fixture
def tab(machine: LabMachine) -> Iterator[Tab]:
    """Whom Chromium trusts cannot be told for one run; whether the certificate is good is asked in test_front.py."""
    proxy = {"server": machine.environment["https_proxy"], "bypass": "127.0.0.1"}
    with chromium(proxy=proxy) as browser:
        tab = Tab(browser, SHOTS, machine.url, "https://github.lab", ignore_https_errors=True)
        yield tab
        tab.close()
    assert (tab.errors, tab.strangers) == ([], [])


def test_somebody_works_over_https_logs_out_and_finds_the_file_again(
    tab: Tab, machine: LabMachine, geoweek: Event
) -> None:
    tab.open(machine.url)
    tab.go("How to use the hub")
    shown = tab.page.locator("main section li").all_inner_texts()
    assert shown == [sentence.text for section in guide(plan_of(geoweek)) for sentence in section.sentences]

    sign_in(tab, machine.url, "ada")
    lab_is_open(tab)
    assert run_cell(tab, f"open('{SERVER_HOME}/browsed.txt', 'w').write('kept'); print(6 * 7)") == "42"
    save(tab)
    tab.shot_at_every_width("lab on the machine")
    assert machine.run("cat", f"{HOMES_FOLDER}/ada/browsed.txt") == "kept"

    choose(tab, "File", "Log Out")
    tab.says("Sign in with GitHub")
    wait_until(lambda: "jupyter-ada" not in machine.run("docker", "ps", "--all"), 30, "the container is gone")
    # JupyterLab's last words to its server
    tab.forgive("/user/")

    sign_in(tab, machine.url, "ada")
    lab_is_open(tab)
    # JupyterLab begins in the start folder
    tab.page.locator(".jp-BreadCrumbs-home").click()
    tab.page.locator(".jp-DirListing-item", has_text="browsed.txt").wait_for()
    tab.page.goto(f"{machine.url}/hub/logout")
    wait_until(lambda: "jupyter-ada" not in machine.run("docker", "ps", "--all"), 30, "the container is gone again")
    tab.forgive("/user/")
