"""Until a deployed hub is open to people it is said what is waited for, and then why it does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pophub.aws.client import AwsRefusal
from pophub.core.contract import STATUS_FILE
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.deploy import ready as module
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.deploy.ready import FAILED_SECONDS, LONGEST_SECONDS, Ready, wait_until_ready
from pophub.organizer.deploy.ready_world import World
from pophub.organizer.event.event_file import load_event
from pophub.organizer.outside.web import Answer, Unreachable
from pophub.organizer.paths import EXAMPLE_EVENT

ADDRESS, URL = "192.0.2.7", "https://hub.geohackweek.example.org"
STATUS = f"http://{ADDRESS}/pophub/{STATUS_FILE}"
EVENT = load_event(EXAMPLE_EVENT)
MADE = Deployment.model_construct(
    event="geo", region="us-west-2", hub_url=URL, instance_id="i-1", public_ip=ADDRESS, bundle_sha256="new"
)
RUNS = {"State": {"Name": "running"}}


def _status(state: str = "preparing", **more: Any) -> dict[str, Any]:
    status = {"state": state, "step": 4, "of": 9, "doing": "installing Docker", "failed": "", "refused": "",
              "bundle": "new", "log": "/var/log/pophub.log", "at": "2027-02-28T12:00:00Z"}  # fmt: skip
    return status | more


class Play:
    """A machine that is in one state after the other, each for some looks, and in the last one for ever."""

    def __init__(self, *scenes: tuple[int, dict[str, Any]]) -> None:
        self._scenes = [scene for looks, scene in scenes for _ in range(looks)]
        self.seconds, self.said = 0.0, list[str]()
        self.hosts: set[str] = set()

    @property
    def now(self) -> dict[str, Any]:
        look = int(self.seconds / module.POLL_SECONDS)
        return self._scenes[min(look, len(self._scenes) - 1)]

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        self.hosts.add((headers or {}).get("Host", ""))
        status = self.now.get("status")
        if url == STATUS and status is not None:
            return Answer(200, {}, json.dumps(status).encode())
        if url == f"{URL}/hub/login" and isinstance(answer := self.now.get("page", 200), int):
            return Answer(answer, {}, b"")
        if url.startswith(f"http://{ADDRESS}/") and self.now.get("answers", status is not None):
            return Answer(503, {}, b"<html>")
        raise Unreachable(url, self.now.get("page", "connection refused"))

    def addresses(self, name: str) -> frozenset[str]:
        assert name == "hub.geohackweek.example.org"
        return frozenset(self.now.get("leads_to", [ADDRESS]))

    def name_servers(self, name: str) -> frozenset[str]:
        assert name == EVENT.zone
        if self.now.get("names_are_silent"):
            raise PophubError("no answer from 192.0.2.53")
        return frozenset(self.now.get("name_servers", ["ns-1.example.net"]))

    def machine(self) -> Any:
        machine = self.now.get("machine", RUNS)
        if isinstance(machine, Exception):
            raise machine
        return machine

    def pause(self, seconds: float) -> None:
        self.seconds += seconds

    def wait(self, event: Any = EVENT) -> Ready:
        world = World(self, self, self.machine, lambda: self.seconds, self.pause)
        return wait_until_ready(MADE, event, world, self.said.append)

    def fails(self) -> PophubError:
        with pytest.raises(PophubError, match=r"^geo is deployed, but the hub is not ready: ") as refused:
            self.wait()
        assert refused.value.code == ExitCode.REFUSED
        return refused.value


READY = (1, {"status": _status("ready")})


def test_a_first_start_is_followed_step_by_step_to_the_sign_in_page() -> None:
    play = Play(
        (2, {}),
        (2, {"status": _status(step=0, doing="fetches its bundle", bundle="")}),
        (2, {"status": _status()}),
        (2, {"status": _status("ready"), "leads_to": []}),
        (2, {"status": _status("ready"), "page": 503}),
        READY,
    )

    assert play.wait() == Ready(50)
    assert play.said[::2] == [
        "the machine starts: it does not answer yet (0 s so far)",
        "step 0 of 9: fetches its bundle (10 s so far)",
        "step 4 of 9: installing Docker (20 s so far)",
        f"the address: hub.geohackweek.example.org leads to nowhere, and the hub is at {ADDRESS}; up to 16 minutes (30 s so far)",
        f"the sign-in page: {URL}/hub/login answers 503 (40 s so far)",
    ]
    assert play.hosts == {"", "hub.geohackweek.example.org"}


def test_a_hub_that_was_ready_already_is_not_waited_for() -> None:
    play = Play(READY)

    assert (play.wait(), play.said) == (Ready(0), [])


def test_a_change_is_waited_for_until_its_bundle_is_in_force() -> None:
    play = Play((3, {"status": _status("ready", bundle="old")}), (2, {"status": _status()}), READY)

    assert play.wait() == Ready(25)
    assert play.said[0] == "the hub goes on as it was; its machine looks for the new bundle every minute (0 s so far)"


def test_a_refused_bundle_is_told_with_the_machine_s_own_words() -> None:
    old = _status("ready", bundle="old", refused="of an event before")
    refused = _status("ready", bundle="old", refused="bad settings", at="2027-02-28T12:01:00Z")
    failure = Play((3, {"status": old}), (1, {"status": refused})).fails()

    assert failure.problem.endswith("the machine has refused the new bundle: bad settings")


def test_a_refusal_from_before_this_deploy_is_waited_out() -> None:
    play = Play((20, {"status": _status("ready", bundle="old", refused="of an event before")}), READY)

    assert play.wait() == Ready(100)


def test_a_step_that_fails_once_is_tried_again() -> None:
    play = Play((3, {"status": _status("failed", failed="no route to Debian")}), READY)

    assert play.wait() == Ready(15)
    assert play.said[0].startswith("step 4 of 9: installing Docker failed and is tried again: no route to Debian")


def test_a_step_that_goes_on_failing_is_told_with_its_own_words() -> None:
    failure = Play((1, {"status": _status("failed", failed="no route to Debian")})).fails()

    assert failure.problem.endswith("step 4 of 9: installing Docker: no route to Debian")
    assert "/var/log/pophub.log" in failure.hint


# seen at a look every five seconds where the machine tries again every twenty
TRIES_AGAIN = (
    (2, {"status": _status("failed", failed="no route to Debian")}),
    (1, {"status": _status(step=1, doing="this page")}),
    (1, {"status": _status()}),
)


def test_a_step_that_fails_at_each_try_is_told_with_its_own_words() -> None:
    play = Play(*TRIES_AGAIN * 20)
    failure = play.fails()

    assert failure.problem.endswith("step 4 of 9: installing Docker: no route to Debian")
    assert play.seconds == FAILED_SECONDS


def test_a_step_that_got_through_is_forgotten() -> None:
    further = (1, {"status": _status(step=5, doing="starting the hub")})

    assert Play(*TRIES_AGAIN * 8, further, *TRIES_AGAIN * 8, READY).wait() == Ready(325)


def test_another_step_s_failure_is_not_blamed_on_the_zone() -> None:
    status = _status("failed", failed="no route to Debian")
    failure = Play((1, {"status": status, "name_servers": []})).fails()

    assert "/var/log/pophub.log" in failure.hint


def test_a_resolver_that_does_not_answer_says_nothing_of_the_zone() -> None:
    failure = Play((1, {"status": _status("ready"), "leads_to": [], "names_are_silent": True})).fails()

    assert "is there an older record of this name" in failure.hint


def test_behind_a_refused_certificate_stands_a_zone_that_is_not_delegated() -> None:
    status = _status("failed", doing="start_services", failed="there is no certificate (it refuses: dns)")
    failure = Play((1, {"status": status, "leads_to": [], "name_servers": []})).fails()

    assert "there is no certificate (it refuses: dns)" in failure.problem
    assert failure.hint.startswith("the zone geohackweek.example.org is not delegated: give its four name servers")


@pytest.mark.parametrize(
    ("servers", "hint"), [([], "is not delegated"), (["ns-1.example.net"], "is there an older record of this name")]
)
def test_an_address_that_leads_elsewhere_is_told_with_its_cause(servers: list[str], hint: str) -> None:
    scene = {"status": _status("ready"), "leads_to": ["198.51.100.9"], "name_servers": servers}
    failure = Play((1, scene)).fails()

    assert f"leads to 198.51.100.9, and the hub is at {ADDRESS}" in failure.problem
    assert hint in failure.hint


def test_a_sign_in_page_that_does_not_come_is_told() -> None:
    failure = Play((1, {"status": _status("ready"), "page": "[SSL: CERTIFICATE_VERIFY_FAILED]"})).fails()

    assert "there is no sign-in page" in failure.problem
    assert "CERTIFICATE_VERIFY_FAILED" in failure.problem


def test_a_rehearsal_s_certificate_needs_no_trust() -> None:
    rehearsal = EVENT.model_copy(update={"tls": EVENT.tls.model_copy(update={"mode": "staging"})})
    play = Play((1, {"status": _status("ready"), "page": "[SSL: CERTIFICATE_VERIFY_FAILED]"}))

    assert play.wait(rehearsal) == Ready(0)


def test_a_machine_that_says_nothing_of_itself_is_known_by_its_sign_in_page() -> None:
    assert Play((1, {"answers": True})).wait() == Ready(0)


def _off(code: str, message: str = "") -> dict[str, Any]:
    return {"State": {"Name": "stopped"}, "StateReason": {"Code": code, "Message": message}}


@pytest.mark.parametrize("code", ["Client.UserInitiatedShutdown", "Client.InstanceInitiatedShutdown"])
def test_a_machine_that_the_schedule_has_switched_off_is_not_waited_for(code: str) -> None:
    assert Play((1, {"machine": _off(code)})).wait() == Ready(0, "the machine is stopped")


@pytest.mark.parametrize("code", ["Client.InternalError", "Server.InsufficientInstanceCapacity"])
def test_a_machine_that_aws_has_stopped_is_told_with_the_reason(code: str) -> None:
    failure = Play((7, {}), (1, {"machine": _off(code, f"{code}: on launch")})).fails()

    assert failure.problem.endswith(f"AWS has stopped the machine: {code}: on launch")


def test_a_machine_that_is_gone_is_told() -> None:
    assert "there is no machine any more" in Play((1, {"machine": None})).fails().problem


def test_one_refusal_of_aws_does_not_end_the_wait() -> None:
    refusal = AwsRefusal("ec2 describe_instances", "RequestLimitExceeded", "slow down")

    assert Play((3, {"machine": refusal}), READY).wait() == Ready(15)


def test_what_aws_refuses_until_the_end_is_said_then() -> None:
    refusal = AwsRefusal("ec2 describe_instances", "ExpiredToken", "the token has expired")
    play = Play((1, {"machine": refusal}))
    failure = play.fails()

    assert play.seconds == LONGEST_SECONDS
    assert "the token has expired" in failure.hint


def test_slow_looks_do_not_make_the_wait_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    play = Play((1, {}))
    monkeypatch.setattr(play, "pause", lambda seconds: setattr(play, "seconds", play.seconds + 60))

    assert play.fails().problem.endswith("after 20 minutes")
    assert play.seconds == LONGEST_SECONDS


def test_in_the_end_it_says_what_it_still_waited_for() -> None:
    failure = Play((1, {"status": _status()})).fails()

    assert failure.problem.endswith("still step 4 of 9: installing Docker after 20 minutes")
    assert "`pophub status geo` shows more" in failure.hint
    assert "--no-wait" in failure.hint
