"""The metadata service, as https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lab.machine import imds
from lab.machine.instance import ANYBODY

LIFETIME = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    metadata = imds.describe(
        instance="i-1",
        region="us-west-2",
        role="hub",
        keys=ANYBODY,
        address="10.20.0.10",
        tags={"pophub:event": "geoweek"},
    )
    (tmp_path / "127.0.0.1.json").write_text(json.dumps({"meta-data": metadata, "user-data": "#cloud-config\n"}))
    server = imds.server(tmp_path, ("127.0.0.1", 0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/latest"
    server.shutdown()
    server.server_close()


@pytest.fixture
def token(address: str) -> dict[str, str]:
    return {"X-aws-ec2-metadata-token": requests.put(f"{address}/api/token", headers=LIFETIME, timeout=5).text}


def test_nothing_is_told_without_a_token(address: str) -> None:
    assert requests.get(f"{address}/meta-data/instance-id", timeout=5).status_code == 401
    wrong = {"X-aws-ec2-metadata-token": "guessed"}
    assert requests.get(f"{address}/user-data", headers=wrong, timeout=5).status_code == 401


def test_a_forwarded_request_gets_no_token(address: str) -> None:
    headers = {**LIFETIME, "X-Forwarded-For": "10.0.0.1"}
    assert requests.put(f"{address}/api/token", headers=headers, timeout=5).status_code == 403


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("meta-data/instance-id", "i-1"),
        ("meta-data/placement/region", "us-west-2"),
        ("meta-data/tags/instance/pophub:event", "geoweek"),
        ("meta-data/iam/security-credentials/", "hub"),
        ("dynamic", "instance-identity/"),
        ("user-data", "#cloud-config\n"),
    ],
)
def test_the_instance_learns_who_it_is(address: str, token: dict[str, str], path: str, told: str) -> None:
    assert requests.get(f"{address}/{path}", headers=token, timeout=5).text == told


def test_what_there_is_not_is_not_found(address: str, token: dict[str, str]) -> None:
    assert requests.get(f"{address}/meta-data/spot/action", headers=token, timeout=5).status_code == 404


def test_what_a_machine_is_told_may_change_and_another_machine_is_told_nothing(
    address: str, token: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "127.0.0.1.json"
    told = json.loads(file.read_text())
    told["meta-data"]["spot"] = {"instance-action": "{}"}
    file.write_text(json.dumps(told))
    assert requests.get(f"{address}/meta-data/spot/instance-action", headers=token, timeout=5).text == "{}"
    file.rename(tmp_path / "10.20.0.20.json")
    assert requests.get(f"{address}/meta-data/instance-id", headers=token, timeout=5).status_code == 404
