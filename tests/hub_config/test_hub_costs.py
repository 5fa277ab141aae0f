"""The costs at a running hub: everything for organizers, their own hours for participants, nothing for anybody else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from lab.fake_participant import FakeParticipant
from lab.github import LabGitHub
from lab.hub import LabHub
from lab.plans import plan_of
from lab.wait import wait_until
from pophub.core.contract import METER_FILE, PROXY_TOKEN, REHEARSAL_TOKEN, WATCH_TOKEN
from pophub.core.cost import basis
from pophub.core.cost.forms.as_json import as_json
from pophub.core.cost.report import report
from pophub.hub.rehearsal.pages import Page
from pophub.organizer.deploy.watch_settings import watch_settings
from pophub.organizer.event.event import Event
from tests.conftest import unpacked
from tests.pophub.core.cost.story import Boot, lines

pytestmark = pytest.mark.hub
COSTS = "/services/costs/"
# ada and bob on a day that is over, so that the figures do not change while they are looked at
DAY = Boot(at=datetime(2026, 3, 2, 9, tzinfo=UTC))
METER = lines(DAY.run(8, machine="m6i.large", beats=7), DAY.visit("ada", 1, 5), DAY.visit("bob", 2, 3.5))


@pytest.fixture(scope="module")
def hub(hackweek: Event, lab_github: LabGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHub]:
    folder = unpacked(hackweek, tmp_path_factory.mktemp("costs"))
    (folder / "state").mkdir()
    (folder / "state" / METER_FILE).write_bytes(b"".join(METER))
    with LabHub(folder, lab_github, servers="processes", pages=True) as hub:
        yield hub


def participant(hub: LabHub, person: str) -> FakeParticipant:
    found = FakeParticipant(hub.url, person)
    found.sign_in()
    return found


@pytest.fixture(scope="module")
def octocat(hub: LabHub) -> FakeParticipant:
    return participant(hub, "octocat")


@pytest.fixture(scope="module")
def ada(hub: LabHub) -> FakeParticipant:
    return participant(hub, "ada")


def test_organizers_see_the_reports_own_figures(octocat: FakeParticipant, hackweek: Event) -> None:
    shown = octocat.get(COSTS)
    told = octocat.get(f"{COSTS}report.json").json()
    # to the second: what was worked out in it lies between the two
    until = datetime.fromisoformat(told["until"])
    known = basis.from_json(watch_settings(plan_of(hackweek))["meter"]["basis"])
    least, most = (as_json(report(METER, known, now=until + timedelta(seconds=later))) for later in (0, 1))

    assert Decimal(least["total"]) <= Decimal(told["total"]) <= Decimal(most["total"])
    assert told["by_part"][0] == least["by_part"][0]
    assert told["by_whom"][:3] == least["by_whom"][:3]
    assert told["estimated"] == least["estimated"]
    assert sum(Decimal(row["amount"]) for row in told["by_whom"]) == Decimal(told["total"]) > 0
    for row in (*told["by_part"], *told["by_whom"]):
        assert row["what"] in Page(shown.text).text
    assert f"{Decimal(told['total']):,.2f}" in Page(shown.text).text
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_organizers_see_names_where_they_ask_for_them(octocat: FakeParticipant) -> None:
    without, with_names = (Page(octocat.get(f"{COSTS}{query}").text).text for query in ("", "?names=yes"))

    assert ("participant 1" in without, "ada" in without) == (True, False)
    assert ("participant 1" in with_names, "ada" in with_names) == (False, True)


def test_participants_see_their_own_hours_and_nothing_else(octocat: FakeParticipant, ada: FakeParticipant) -> None:
    told = octocat.get(f"{COSTS}report.json").json()
    hours = next(row["hours"] for row in told["by_whom"] if row["what"] == "participant 1")
    shown = ada.get(f"{COSTS}?names=yes")
    text = Page(shown.text).text

    assert (shown.status_code, hours) == (200, "4.0000")
    assert "your hours" in text
    assert "4.00" in text
    for secret in ("bob", "octocat", "participant", "USD", "budget", "1.50"):
        assert secret not in text
    assert ada.get(f"{COSTS}report.json").status_code == 403


def test_who_has_not_signed_in_is_sent_to_the_login(hub: LabHub) -> None:
    for place in ("", "report.json"):
        answer = FakeParticipant(hub.url, "ada").get(f"{COSTS}{place}")
        assert answer.url.startswith(f"{hub.url}/hub/login")
    bad = requests.get(f"{hub.url}{COSTS}", headers={"Authorization": "token wrong"}, timeout=30)
    assert "hours" not in bad.text


def test_who_has_signed_out_sees_nothing_more(hub: LabHub) -> None:
    grace = participant(hub, "grace")
    assert "your hours" in Page(grace.get(COSTS).text).text
    grace.sign_out()

    assert grace.get(COSTS).url.startswith(f"{hub.url}/hub/login")


def test_the_token_of_a_server_opens_no_page(hub: LabHub, ada: FakeParticipant) -> None:
    answer = ada.ask_api("POST", "users/ada/tokens", {"note": "a test", "scopes": ["access:servers!user=ada"]})
    headers = {"Authorization": f"token {answer.json()['token']}"}
    shown = requests.get(f"{hub.url}{COSTS}", headers=headers, timeout=30)

    assert shown.status_code == 403
    assert "hours" not in shown.text


def test_event_pages_lead_to_it(octocat: FakeParticipant, ada: FakeParticipant) -> None:
    organizer, participant = (it.get("/hub/home").text for it in (octocat, ada))

    assert COSTS in Page(organizer).links
    assert COSTS in Page(participant).links
    assert "Costs" in Page(organizer).text
    assert "Costs" not in Page(participant).text
    assert COSTS not in Page(requests.get(f"{octocat.hub_url}/hub/login", timeout=30).text).links


def test_the_service_knows_no_secret_of_the_hub_and_its_size_is_known(hub: LabHub, octocat: FakeParticipant) -> None:
    octocat.get(COSTS)
    (process,) = service_processes(hub)
    environment = (process / "environ").read_bytes()
    taken = (process / "smaps_rollup").read_text().split()

    for name in (PROXY_TOKEN, "GITHUB_CLIENT_SECRET", "DATABASE_URL", WATCH_TOKEN, REHEARSAL_TOKEN):
        assert name.encode() not in environment
    assert b"pophub.hub.costs_page" in (process / "cmdline").read_bytes()
    assert int(taken[taken.index("Pss:") + 1]) < 100_000


def service_processes(hub: LabHub) -> list[Path]:
    """Of this hub, and no other that runs at the same time; without the lab's runner around it."""
    ours = str(hub.state.parent).encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[2:4] == [b"-m", b"pophub.hub.costs_page"] and any(ours in word for word in words):
            found.append(process)
    return found


def test_the_meter_may_be_damaged(hub: LabHub, octocat: FakeParticipant) -> None:
    meter = hub.state / METER_FILE
    meter.write_bytes(b"".join(METER) + b'{"id": "cut')
    text = wait_until(
        lambda: "cannot be read, as after a power loss" in octocat.get(COSTS).text,
        30,
        "the page says so",
        every_seconds=2,
    )

    assert text
    assert json.loads(octocat.get(f"{COSTS}report.json").text)["total"] is not None


def test_a_page_that_dies_does_not_take_the_hub_along(hub: LabHub, octocat: FakeParticipant) -> None:
    (process,) = service_processes(hub)
    os.kill(int(process.name), 9)
    wait_until(lambda: not service_processes(hub), 30, "its process is gone")

    assert octocat.get(COSTS).status_code == 503
    assert octocat.get("/hub/home").ok
