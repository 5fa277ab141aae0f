"""The pages that are no template of the hub's: reports, services, and what is shown while the hub is away."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from lab.plans import plan_of
from pophub.core.contract import WORKERS_FILE
from pophub.core.cost.forms.own_page import own_page
from pophub.core.cost.forms.page import as_page
from pophub.core.cost.own import own
from pophub.core.cost.records import Reading
from pophub.core.cost.report import Report, report
from pophub.core.cost.timeline import timeline
from pophub.core.look import NO_BRAND, Brand, brand_with
from pophub.hub.helpers_page.handlers import helpers_page
from pophub.hub.helpers_page.machine import Machine
from pophub.hub.helpers_page.snapshot import snapshot
from pophub.hub.hub_service import error_page
from pophub.hub.install.fetch_bundle import PAGE as EARLY
from pophub.hub.install.waiting_page import waiting_page
from pophub.off_page.decide import Decision, State
from pophub.off_page.page import render
from pophub.organizer.cost.basis_of_event import basis_of
from pophub.organizer.destroy.end_zip import as_html
from pophub.organizer.destroy.link_page import About, link_page
from pophub.organizer.destroy.links import Link
from pophub.organizer.destroy.retrospective import page as retrospective
from tests.browser.case import Case, Shown, Stage
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import MONDAY, Boot, lines
from tests.pophub.hub.helpers_page.fake_api import FakeApi
from tests.pophub.off_page.events import EVENING, make_facts

# yellow is hard to read on white, so its buttons are dark on light
YELLOW = brand_with(
    "#f2c200",
    (".svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="20"/></svg>'),
)
NOON = datetime(2027, 3, 3, 20, tzinfo=UTC)
ADA = Link("ada", "https://bucket.example/a?x=1", 12_345_678, 1203, 2, "geo-ada.tar.zst", "ada")
GEO = About("Geo Hackweek 2027", ("help@geo.example",), finished.GONE, ZoneInfo("America/Los_Angeles"))
TOP = '<nav class="top" aria-label="Hub"><a href="/hub/home">To the hub</a><a href="?names=yes">With names</a></nav>'
STEP = {
    "state": "preparing",
    "step": 4,
    "of": 9,
    "doing": "installing the hub",
    "failed": "",
    "log": "/var/log/pophub-install.log",
}
NO_ROUTE = f"no route to the bucket: {'https://example.org/' * 6}"
STORY = lines(Boot().run(10), Boot().visit("ada", 1, 3), Boot().visit("bob", 2, 4))


def _report(stage: Stage, *, running: bool) -> Report:
    story, now = finished.lines(), NOON if running else finished.GONE
    told = [line for line in story if line.partition(b'"at": "')[2] < now.isoformat().encode()]
    return report(told, basis_of(plan_of(stage.event)), now=now, gone=None if running else now)


def _hours(stage: Stage, person: str) -> str:
    line = timeline(Reading(STORY), now=MONDAY + timedelta(hours=11))
    return own_page(own(line, basis_of(plan_of(stage.event)), person), top=TOP)


def _looking_back(stage: Stage) -> str:
    last_report = {"action": "stop", "reason": "nobody worked for 30 minutes", "at": "2027-03-05T18:00:00+00:00"}
    return as_html(
        retrospective(
            stage.event, cost=_report(stage, running=False), homes=[], last_report=last_report, now=finished.GONE
        )
    )


def _helpers(stage: Stage, **settings: Any) -> Shown:
    event = {**stage.templates.settings, "people": {"late": "Late <One>"}, **settings}
    (stage.folder / "event.json").write_text(json.dumps(event))
    (stage.folder / "proc").mkdir(exist_ok=True)
    here = dict.fromkeys(("homes", "hub", "run", "settings"), stage.folder)
    api = FakeApi(["ada", "grace", "octocat", "somebody-with-a-long-name@university.example"], ["ada"])
    found = snapshot(api.users(), Machine(proc=stage.folder / "proc", **here), datetime(2027, 3, 1, 18, tzinfo=UTC))
    found["counts"]["problems"] = 1
    found["people"][1]["problem"] = "The image of your server cannot be fetched: no space left on the disk."
    return Shown(helpers_page("hush", "/hub/", NO_BRAND), {"/state.json": ("application/json", json.dumps(found))})


def _helpers_of_workers(stage: Stage) -> Shown:
    told = {
        "at": "2027-03-01T18:00:00+00:00",
        "wanted": 2,
        "pending": 3,
        "trouble": "We do not have <sufficient> capacity",
    }
    (stage.folder / WORKERS_FILE).write_text(json.dumps({**told, "workers": [{"id": "i-1", "state": "ready"}]}))
    return _helpers(stage, workers={"slots": 15})


def _waiting(step: dict[str, object] | None) -> Shown:
    html = waiting_page({"title": "Geo <Hackweek> & Friends", "contact": ["ada@example.org"]}, YELLOW)
    return Shown(html, {"/pophub/status.json": ("application/json", json.dumps(step))} if step else {})


def _off(state: State, refusal: str | None, brand: Brand = NO_BRAND, problem: str = "") -> Shown:
    tuesday = make_facts().starts[1]
    facts = make_facts(brand=brand)
    html = render(facts, Decision(state, refusal, tuesday), now=EVENING, path="/hub", seconds=100, problem=problem)
    return Shown(html, {"/pophub/off.json": ("application/json", json.dumps({"state": state}))})


REPORTS = "pophub/core/cost/forms/page.py"
WAITING = "pophub/hub/install/waiting_page.py"
OFF = "pophub/off_page/page.py"
SERVICE = "pophub/hub/hub_service.py"
HELPERS = "pophub/hub/helpers_page/handlers.py"
SIGN_IN_FIRST = "You can start the hub here if you have signed in to it with this browser in the last 30 days."
OWN_PAGES = (
    Case("cost report", REPORTS, lambda it: as_page(_report(it, running=False)), picture="What it cost"),
    Case(
        "costs while it runs",
        REPORTS,
        lambda it: as_page(_report(it, running=True), top=TOP, brand=YELLOW),
        picture="Costs while the hub runs",
    ),
    Case(
        "own hours", "pophub/core/cost/forms/own_page.py", lambda it: _hours(it, "ada"), picture="A participant's hours"
    ),
    Case("no hours", "pophub/core/cost/forms/own_page.py", lambda it: _hours(it, "nobody")),
    Case("looking back", "pophub/organizer/destroy/end_zip.py", _looking_back, picture="Looking back at the event"),
    Case(
        "links",
        "pophub/organizer/destroy/link_page.py",
        lambda it: link_page(ADA, GEO, YELLOW),
        "Download geo-ada.tar.zst",
        picture="A participant's files, after the event",
    ),
    Case("service not allowed", SERVICE, lambda it: error_page(403, "Forbidden", "/hub/", NO_BRAND), "To the hub"),
    Case(
        "service in trouble",
        SERVICE,
        lambda it: error_page(503, "the meter is gone: deploy again", "/hub/", NO_BRAND),
        "To the hub",
        picture="A page that cannot be shown",
    ),
    Case("helpers", HELPERS, _helpers, "Restart", "somebody-with-a-long-name", picture="The helpers' page"),
    Case(
        "helpers, for everybody",
        HELPERS,
        _helpers,
        "Say it",
        "somebody-with-a-long-name",
        "For everybody",
        picture="What helpers do for everybody",
    ),
    Case(
        "helpers, with workers",
        HELPERS,
        _helpers_of_workers,
        "Restart",
        "3 servers wait for room; AWS starts none: We do",
    ),
    Case("helpers, asked", HELPERS, _helpers, "Cancel", "somebody-with-a-long-name", "Stop the server of ada"),
    Case(
        "before the bundle",
        "pophub/hub/install/fetch_bundle.py",
        lambda it: EARLY.format(escape("It fetches its bundle.")),
        picture="The machine has just started",
    ),
    Case("waiting", WAITING, lambda it: _waiting(STEP), said="step 4 of 9", picture="The hub is being prepared"),
    Case(
        "waiting in vain",
        WAITING,
        lambda it: _waiting({**STEP, "state": "failed", "failed": NO_ROUTE}),
        said="It failed at step 4 of 9",
    ),
    Case("waiting in silence", WAITING, lambda it: _waiting(None)),
    Case("off", OFF, lambda it: _off(State.OFF, None), "Start the hub", picture="The hub is off"),
    Case("off for a stranger", OFF, lambda it: _off(State.OFF, SIGN_IN_FIRST, YELLOW)),
    Case(
        "off, refused",
        OFF,
        lambda it: _off(State.OFF, None, problem="The hub is just stopping. Try again in a minute."),
        "Start the hub",
    ),
    Case("off, starting", OFF, lambda it: _off(State.STARTING, ""), picture="The hub starts"),
    Case("off for ever", OFF, lambda it: _off(State.OVER, "")),
)
