"""A browser at the machine's own https address, through its front, with servers in containers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.machine.machine import LabMachine
from lab.machine.machine_lab import BUCKET, BUCKET_REGION, MachineLab
from lab.machine.off_page import MachineOffPage
from lab.plans import plan_of
from lab.wait import wait_until
from pophub.core.contract import HOMES_FOLDER, HUB_FOLDER, METER_FILE, REPORTS, SERVER_HOME, WATCH_REPORT_FILE
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


def test_an_evening_from_the_off_page_to_the_own_notebook_and_back_keeps_homes_cookies_and_the_certificate(
    tab: Tab, machine: LabMachine, lab: MachineLab, off_page: MachineOffPage
) -> None:
    """At one address: the machine is switched off, its off page starts it, and leads there."""
    issued = machine.acme.issued
    # ada's JupyterLab would open the notebook of the test before
    sign_in(tab, machine.url, "octocat")
    lab_is_open(tab)
    assert run_cell(tab, f"open('{SERVER_HOME}/evening.txt', 'w').write('kept'); print(6 * 7)") == "42"
    save(tab)
    own = f"{machine.url}/user/octocat/lab"
    tab.page.goto("about:blank")
    # what cost-watch has said: without it nobody can start the hub
    machine.run("systemctl", "start", "pophub-watch")
    assert _report(lab)
    machine.shut_down()

    assert tab.open(own) == 503
    tab.says("The hub is off until Monday, 1 March, 08:45. Your files are safe.")
    tab.shot("off page of a machine")
    tab.click("Start the hub")
    tab.says("The hub is starting.")
    assert len(off_page.starts) == 1
    machine.boot()
    machine.await_open()
    # without a new sign-in
    tab.go("Start my server")
    lab_is_open(tab)
    assert machine.run("cat", f"{HOMES_FOLDER}/octocat/evening.txt") == "kept"
    assert machine.acme.issued == issued
    wait_until(lambda: _told(machine), 60, "cost-watch tells the start")
    assert '"kind": "wake", ' in machine.run("cat", f"{HUB_FOLDER}/{METER_FILE}")
    tab.page.goto(f"{machine.url}/hub/logout")
    wait_until(lambda: "jupyter-octocat" not in machine.run("docker", "ps", "--all"), 30, "the container is gone")
    # whatever the browser has said of a hub that goes and comes
    tab.forgive("")


def _told(machine: LabMachine) -> bool:
    """After the next look of cost-watch, which comes each minute."""
    machine.run("systemctl", "start", "pophub-watch")
    return "started from its page" in machine.journal("pophub-watch")


def _report(lab: MachineLab) -> bool:
    found = lab.aws.client("s3", BUCKET_REGION).list_objects_v2(Bucket=BUCKET, Prefix=f"{REPORTS}/{lab.event.name}/")
    return any(it["Key"].endswith(WATCH_REPORT_FILE) for it in found.get("Contents", ()))
