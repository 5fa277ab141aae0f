"""An evening in the browser: the hub is off, somebody starts it from its page, and is led back to the own notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from lab.off_page import LabGateway
from pophub.core.wake_cookie import NAME, sign
from pophub.off_page.handler import OffPage
from pophub.off_page.world import World
from tests.browser.browsing import Tab
from tests.pophub.off_page.events import EVENING, make_facts

pytestmark = pytest.mark.browser
KEY = "0f" * 32
SIGN_IN = "/hub/oauth_callback/"
NOTEBOOK = "/user/ada/lab/tree/own.ipynb"
# from the machine's answer until the name leads to it; in AWS it is 100
SECONDS = 1


@dataclass(frozen=True)
class Evening(World):
    """Monday evening: the machine is off, and is up as soon as it has been looked for twice after a start."""

    started: list[str] = field(default_factory=list)
    looks: list[datetime] = field(default_factory=list)

    def moment(self) -> datetime:
        return EVENING

    def listens(self) -> bool:
        if self.started:
            self.looks.append(EVENING)
        return len(self.looks) > 2

    def key(self) -> str:
        return KEY

    def report(self) -> dict[str, Any]:
        return {"spent_usd": "20"}

    def wakes(self, day: date) -> dict[int, datetime]:
        return dict.fromkeys(range(1, len(self.started) + 1), EVENING)

    def claim(self, day: date, number: int, content: Mapping[str, str]) -> bool:
        self.started.append(content["by"])
        return True

    def tell_cost_watch(self, content: Mapping[str, Any]) -> None:
        """The meter is another test's."""

    def start(self) -> None:
        """EC2 says nothing."""


def signed_in(person: str) -> dict[str, Any]:
    """As the hub answers: hub-config/sections/wake.py."""
    value = sign("geo", person, KEY, until=EVENING + timedelta(days=30))
    cookie = f"{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax"
    headers = {"Content-Type": "text/html"}
    return {"statusCode": 200, "headers": headers, "cookies": [cookie], "body": "<!DOCTYPE html><title>hub</title>"}


class Address:
    """The event's name: it leads to the off page's function, and to the hub once the machine answers and a look is over."""

    def __init__(self, world: Evening) -> None:
        self._page, self._world = OffPage(make_facts(), world, seconds=SECONDS), world

    def __call__(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if request["rawPath"].startswith(SIGN_IN):
            return signed_in(request["rawPath"].removeprefix(SIGN_IN))
        if len(self._world.looks) > 2:
            html = f"<!DOCTYPE html><title>hub</title><p>The notebook at {request['rawPath']}</p>"
            return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": html}
        return self._page.answer(request)


@pytest.fixture
def evening() -> Evening:
    return Evening("geo", "us-west-2", "bucket", "us-west-2", "i-1", "192.0.2.1")


@pytest.fixture
def visitor(browser: Browser, shots: Any, evening: Evening) -> Iterator[Tab]:
    with LabGateway(Address(evening)) as gateway:
        tab = Tab(browser, shots, gateway.url)
        yield tab
        tab.close()
        # what the browser says of every answer with 503
        tab.forgive("503")
        assert (tab.errors, tab.strangers) == ([], [])


def knows(tab: Tab, person: str) -> None:
    """The cookie that the hub gave at the last sign-in."""
    tab.open(f"http://{tab._home}{SIGN_IN}{person}")


def test_an_evening_from_the_off_page_to_the_own_notebook(visitor: Tab, evening: Evening) -> None:
    knows(visitor, "ada")
    status = visitor.open(f"http://{visitor._home}{NOTEBOOK}")
    visitor.says("The hub is off until Tuesday 08:45. Your files are safe.")
    visitor.click("Start the hub")
    visitor.says("The hub is starting.")
    visitor.says(f"The notebook at {NOTEBOOK}")

    assert status == 503
    assert evening.started == ["ada"]


def test_a_stranger_sees_when_it_returns_and_no_button(visitor: Tab, evening: Evening) -> None:
    visitor.open(f"http://{visitor._home}/")
    visitor.says("The hub is off until Tuesday 08:45.")
    visitor.says("if you have signed in to it with this browser")

    assert visitor.named(re.compile("Start")).count() == 0
    visitor.page.get_by_text("How to use the hub").click()
    visitor.says("They stay.")
    assert evening.started == []
