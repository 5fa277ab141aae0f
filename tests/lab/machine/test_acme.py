"""The lab's Let's Encrypt: it stands in a network of its own, and can be told to refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.machine.acme import PORT, LabAcme
from lab.machine.lab_ca import LabCa
from lab.machine.namespaces import Namespace

pytestmark = pytest.mark.machine


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Namespace]:
    namespace = Namespace("router", tmp_path)
    namespace.run("ip link set lo up")
    yield namespace
    namespace.stop()


def test_it_answers_inside_under_a_certificate_of_the_lab(router: Namespace, tmp_path: Path) -> None:
    ca = LabCa(tmp_path / "ca")
    acme = LabAcme(router, "127.0.0.1", ca, tmp_path)
    directory = json.loads(router.run(f"curl -fsS --cacert {ca.certificate} https://localhost:{PORT}/dir"))
    assert {"newAccount", "newNonce", "newOrder"} <= directory.keys()
    assert acme.issued == 0
    acme.stop()


def test_it_starts_anew_when_what_it_refuses_changes(router: Namespace, tmp_path: Path) -> None:
    acme = LabAcme(router, "127.0.0.1", LabCa(tmp_path / "ca"), tmp_path)
    before = acme.root.read_text()
    acme.refuse("hub.geoweek.example.org")
    assert json.loads((tmp_path / "pebble.json").read_text())["pebble"]["domainBlocklist"] == [
        "hub.geoweek.example.org"
    ]
    assert "BEGIN CERTIFICATE" in acme.root.read_text() != before
    acme.stop()
