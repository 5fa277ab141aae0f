"""The function as API Gateway calls it, in the lab AWS with the rights of its role."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest

from pophub.off_page.facts import WakeLimits
from tests.pophub.off_page.conftest import KEY, Deployed, Evening
from tests.pophub.off_page.events import EVENING

Deploy = Callable[..., Deployed]
BUTTON = '<button class="button first">Start the hub</button>'
# in Los Angeles it is still Monday
FIRST = "wakes/2027-03-01/1"


def test_anybody_reads_until_when_the_hub_is_off(deploy: Deploy) -> None:
    answer = deploy().get()

    assert answer["statusCode"] == 503
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert "until Tuesday 08:45" in answer["body"]
    assert BUTTON not in answer["body"]


def test_somebody_who_has_signed_in_starts_the_hub_and_is_led_back(deploy: Deploy) -> None:
    here = deploy()
    page = here.get(cookie=here.cookie())
    answer = here.wake(here.cookie())
    told = {"at": EVENING.isoformat(), "by": "ada"}

    assert BUTTON in page["body"]
    assert 'value="/hub/user/ada/lab"' in page["body"]
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, "/hub/user/ada/lab")
    assert here.state == "running"
    # the meter gets no name
    assert here.written() == {"started.json": {"at": told["at"], "wake": {"number": 1, "times_a_day": 2}}, FIRST: told}


@pytest.mark.parametrize("cookie", ["", "forged", "old", "of another event", "of another key"])
def test_nobody_else_starts_anything(deploy: Deploy, cookie: str) -> None:
    here = deploy()
    value = {
        "": "",
        "forged": here.cookie()[:-3] + "AAA",
        "old": here.cookie(days=0),
        "of another event": here.cookie(event="geo"),
        "of another key": here.cookie(key=KEY[::-1]),
    }[cookie]

    assert BUTTON not in here.get(cookie=value)["body"]
    assert here.wake(value)["statusCode"] == 303
    assert here.state == "stopped"
    assert here.written() == {}


def test_fifty_at_once_start_it_once(deploy: Deploy) -> None:
    here = deploy()
    cookies = [here.cookie(f"person-{number}") for number in range(50)]
    with ThreadPoolExecutor(50) as people:
        answers = list(people.map(here.wake, cookies))

    assert {answer["statusCode"] for answer in answers} == {303}
    assert here.state == "running"
    assert sorted(here.written()) == ["started.json", FIRST]


def test_a_start_is_seen_by_all_until_the_machine_answers(deploy: Deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    here = deploy()
    here.wake(here.cookie())
    monkeypatch.setattr(Evening, "later", timedelta(minutes=1))
    starting = here.get("/pophub/off.json")
    monkeypatch.setattr(Evening, "answers", True)
    up = here.get("/pophub/off.json")

    assert "The hub is starting" in here.get()["body"]
    assert [json.loads(answer["body"]) for answer in (starting, up)] == [{"state": "starting"}, {"state": "up"}]
    assert starting["statusCode"] == 200


def test_a_used_up_budget_starts_nothing(deploy: Deploy) -> None:
    here = deploy(spent="400.00")

    assert "budget is used up" in here.get(cookie=here.cookie())["body"]
    assert here.wake(here.cookie())["headers"]["Location"] == "/hub/user/ada/lab"
    assert (here.state, here.written()) == ("stopped", {})


def test_the_limit_of_a_day_holds_and_the_next_day_is_another(deploy: Deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    here = deploy(wake=WakeLimits(1, time(0), time(23)))
    here.wake(here.cookie())
    here.lab.client("ec2", "us-west-2").stop_instances(InstanceIds=[here.instance])
    monkeypatch.setattr(Evening, "later", timedelta(hours=1))
    here.wake(here.cookie())
    same_day = here.state
    monkeypatch.setattr(Evening, "later", timedelta(hours=5))
    here.wake(here.cookie())

    assert (same_day, here.state) == ("stopped", "running")


@pytest.mark.parametrize(
    ("forbidden", "said"),
    [
        # AWS Budgets attaches this denial
        ("ec2:StartInstances", "budget may be used up"),
        ("s3:PutObject", "could not be started (AccessDenied)"),
    ],
)
def test_without_a_right_it_starts_nothing_and_says_why(
    deploy: Deploy, capsys: pytest.CaptureFixture[str], forbidden: str, said: str
) -> None:
    here = deploy(forbidden)
    answer = here.wake(here.cookie())

    assert (answer["statusCode"], here.state, here.written()) == (503, "stopped", {})
    assert said in answer["body"]
    assert "not authorized" in capsys.readouterr().out


@pytest.mark.parametrize("forbidden", ["s3:GetObject", "s3:ListBucket", "ssm:GetParameter"])
def test_without_the_right_to_look_there_is_a_page_and_no_start(deploy: Deploy, forbidden: str) -> None:
    here = deploy(forbidden)
    page = here.get(cookie=here.cookie())

    assert "until Tuesday 08:45" in page["body"]
    assert BUTTON not in page["body"]
    assert here.wake(here.cookie())["statusCode"] == 303
    assert here.state == "stopped"


def test_a_hub_that_has_never_said_what_it_cost_is_not_started(deploy: Deploy) -> None:
    here = deploy()
    here.spend("")

    here.wake(here.cookie())

    assert here.state == "stopped"


def test_a_refused_start_can_be_tried_again(deploy: Deploy) -> None:
    here = deploy()
    here.lab.change(full_zones=("us-west-2a",))
    refused = here.wake(here.cookie())
    here.lab.change(full_zones=())
    here.wake(here.cookie())

    assert "no free machine" in refused["body"]
    assert here.state == "running"


@pytest.mark.parametrize(
    "body",
    ["next=https%3A%2F%2Feve.example", "next=%2F%2Feve.example", "next=%2F%5Ceve.example", "next=%2F%0D%0AX", ""],
)
def test_nobody_is_led_to_another_address(deploy: Deploy, body: str) -> None:
    assert deploy().wake(body=body)["headers"]["Location"] == "/"


def test_a_body_may_come_in_base64(deploy: Deploy) -> None:
    here = deploy()
    asked = {
        "rawPath": "/pophub/wake",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {},
        "body": base64.b64encode(b"next=%2Flab").decode(),
        "isBase64Encoded": True,
    }

    assert here.page.answer(asked)["headers"]["Location"] == "/lab"


def test_an_address_with_a_question_is_kept(deploy: Deploy) -> None:
    here = deploy()
    asked = {
        "rawPath": "/hub/spawn",
        "rawQueryString": 'a=1&b="',
        "requestContext": {"http": {"method": "GET"}},
        "headers": {"accept": "text/html"},
        "cookies": [f"__Host-pophub-wake={here.cookie()}"],
    }

    assert 'value="/hub/spawn?a=1&amp;b=&quot;"' in here.page.answer(asked)["body"]


def test_programs_in_open_tabs_get_a_short_answer_that_asks_nothing(deploy: Deploy) -> None:
    here = deploy("s3:GetObject", "s3:ListBucket")
    answer = here.get("/user/ada/api/kernels", accept="application/json")

    assert (answer["statusCode"], json.loads(answer["body"])) == (503, {"message": "the hub is off"})
    assert here.get("/pophub/wake")["headers"]["Location"] == "/"
