"""What an event's machines ask of Python about their swarm; tests/cloud_init/many_machines/test_workers.py has real engines."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pophub.core.contract import HUB_PRIVATE_ADDRESS
from pophub.core.errors import PophubError
from pophub.hub.install import swarm

METADATA = {
    "placement/region": "us-west-2",
    "tags/instance/pophub:event": "geo",
    "tags/instance/pophub:role": "worker",
    "instance-id": "i-1",
}
TOKEN = json.dumps({"token": "SWMTKN-1", "manager": f"{HUB_PRIVATE_ADDRESS}:2377"})


@pytest.fixture(autouse=True)
def _metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swarm, "metadata", METADATA.__getitem__)


@pytest.mark.parametrize(("code", "role"), [(22, "hub"), (7, None)])
def test_a_machine_without_the_tag_is_a_hub_and_silence_is_no_answer(
    code: int, role: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert swarm.role() == "worker"

    def fails(path: str) -> str:
        raise subprocess.CalledProcessError(code, "curl")

    monkeypatch.setattr(swarm, "metadata", fails)
    if role is None:
        with pytest.raises(subprocess.CalledProcessError):
            swarm.role()
    else:
        assert swarm.role() == role


def test_only_live_restore_changes_in_dockers_settings(tmp_path: Path) -> None:
    file = tmp_path / "daemon.json"
    file.write_text('{"userns-remap": "default", "live-restore": true}')

    assert json.loads(swarm.engine_settings(file, live_restore=False)) == {
        "userns-remap": "default",
        "live-restore": False,
    }


def test_the_token_is_written_where_workers_look(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(swarm, "parameter_store", lambda *request: asked.append(request) or {})
    swarm.put_token("SWMTKN-1\n")

    [(region, action, request)] = asked
    assert (region, action, request["Name"]) == ("us-west-2", "PutParameter", "/pophub/geo/worker-token")
    assert (request["Type"], request["Overwrite"], request["Value"]) == ("SecureString", True, TOKEN)


def test_a_token_that_may_not_be_written_says_whose_right_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise subprocess.CalledProcessError(22, "curl")

    monkeypatch.setattr(swarm, "parameter_store", refuses)
    with pytest.raises(PophubError, match="cannot be written to Parameter Store: may this machine's role write it"):
        swarm.put_token("SWMTKN-1")


def test_the_facts_of_an_image_are_read_again_and_damaged_ones_are_none(tmp_path: Path) -> None:
    facts = tmp_path / "image.json"
    facts.write_text(swarm.image_facts("sha256:1", tmp_path / "a.tar.zst"))

    assert [swarm.fact(facts, name) for name in ("id", "file")] == ["sha256:1", "a.tar.zst"]
    facts.write_text("{")
    assert swarm.fact(facts, "id") == swarm.fact(tmp_path / "none.json", "id") == ""


def test_a_worker_asks_for_its_own_end_in_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(swarm, "signed", lambda *arguments: asked.append(arguments) or "")
    swarm.end_worker()

    [(service, region, *_, query, address)] = asked
    assert (service, region, address) == ("autoscaling", "us-west-2", "https://autoscaling.us-west-2.amazonaws.com/")
    assert "Action=TerminateInstanceInAutoScalingGroup" in query
    assert "ShouldDecrementDesiredCapacity=true&InstanceId=i-1" in query
