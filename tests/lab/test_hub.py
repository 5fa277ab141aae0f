"""Starting and stopping a hub of the lab; what people do with it is in test_visitor.py."""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path

import pytest
import requests

from lab import child_process, hub
from lab.child_process import descendants
from lab.fake_participant import FakeParticipant
from lab.github import LabGitHub
from lab.hub import LabHub, Secrets, free_port, require_free_port
from pophub.core.contract import EVENT_FILE
from pophub.core.errors import PophubError


def test_a_port_that_is_taken_is_refused_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PophubError, match="cannot be used") as error:
        require_free_port(taken.getsockname()[1])

    assert "another port" in error.value.hint


def test_a_port_that_is_free_is_taken() -> None:
    port = free_port()

    assert require_free_port(port) == port


def test_without_the_proxy_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(hub, "NODE_BIN", tmp_path)

    with pytest.raises(PophubError, match="configurable-http-proxy is not installed") as error:
        hub.proxy_command(1, 2)
    assert error.value.hint == "npm ci"


def test_servers_are_containers_where_docker_runs_the_image(
    monkeypatch: pytest.MonkeyPatch, hackweek_bundle: Path, lab_github: LabGitHub
) -> None:
    monkeypatch.setattr("lab.engine.runs", lambda image: image == "quay.io/jupyter/scipy-notebook:2026-10-06")
    monkeypatch.setattr("lab.engine.remove_network", lambda name: None)
    monkeypatch.setattr(LabHub, "_start", lambda self: None)
    with LabHub(hackweek_bundle, lab_github) as lab:
        assert lab.servers == "docker"


@pytest.mark.hub
def test_only_this_computer_reaches_it_and_nobody_else_reads_its_state(lab_hub: LabHub) -> None:
    assert lab_hub.url.startswith("http://127.0.0.1:")
    assert lab_hub.state.stat().st_mode & 0o077 == 0
    assert requests.get(f"{lab_hub.url}/hub/health").ok


@pytest.mark.hub
def test_no_secret_stands_in_settings_logs_or_arguments(lab_hub: LabHub, lab_github: LabGitHub) -> None:
    written = [lab_hub.log, lab_hub.state / "proxy.log", *lab_hub.state.parent.glob("hub-config/config.d/*")]
    secret = lab_github.client_secret

    assert [path.name for path in written if secret in path.read_text()] == []
    assert [pid for pid in descendants(os.getpid()) if secret in " ".join(arguments(pid))] == []


@pytest.mark.hub
def test_a_hub_that_does_not_start_says_why_and_where_its_log_is(hackweek_bundle: Path) -> None:
    event_json = hackweek_bundle / "hub-config" / EVENT_FILE
    event = json.loads(event_json.read_text())
    event_json.write_text(json.dumps({**event, "login": {"shared_password": {"admins": []}}}))

    with pytest.raises(PophubError, match="no SHARED_PASSWORD in its environment") as error:
        LabHub(hackweek_bundle, Secrets(), servers="processes")
    assert error.value.hint.endswith("hub.log")


@pytest.mark.hub
def test_a_hub_that_hangs_is_stopped_with_all_it_started_and_homes_stay(
    hackweek_bundle: Path, lab_github: LabGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "GRACE_SECONDS", 1)
    # as the demo starts it; tests/lab/test_hub_program.py has the same of a fork
    monkeypatch.setattr(LabHub, "forks", None)
    before = descendants(os.getpid())
    with LabHub(hackweek_bundle, lab_github, servers="processes") as lab:
        ada = FakeParticipant(lab.url, "ada")
        ada.sign_in()
        ada.start_server()
        ada.write_file("notes.txt", "kept")
        started = descendants(os.getpid()) - before
        (hub_pid,) = (pid for pid in started if arguments(pid)[1:3] == ["-m", "jupyterhub"])
        os.kill(hub_pid, signal.SIGSTOP)
    lab.stop()

    assert [pid for pid in started if any(arguments(pid))] == []
    assert not answers(f"{lab.url}/user/ada/api")
    assert (lab.state / "homes" / "ada" / "notes.txt").read_text() == "kept"


def arguments(pid: int) -> list[str]:
    """None where the process is no more, or waits to be forgotten."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except FileNotFoundError:
        return []


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False
