"""The lab's GitHub as a process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from lab.child import READY
from lab.directory import Directory
from lab.github import LabGitHub


def test_it_listens_on_this_computer_only(github: LabGitHub) -> None:
    assert github.url.startswith("http://127.0.0.1:")
    assert requests.get(f"{github.url}/login").ok


def test_every_run_has_secrets_of_its_own(github: LabGitHub, tmp_path: Path) -> None:
    with LabGitHub(Directory(()), tmp_path) as other:
        assert other.client_id != github.client_id
        assert other.client_secret != github.client_secret


def test_a_hub_finds_it_through_its_environment(github: LabGitHub) -> None:
    assert github.environment == {
        "GITHUB_URL": github.url,
        "GITHUB_CLIENT_ID": github.client_id,
        "GITHUB_CLIENT_SECRET": github.client_secret,
    }


def test_it_sends_people_back_to_the_hub(github: LabGitHub) -> None:
    assert github.settings("http://hub") == {"GitHubOAuthenticator.oauth_callback_url": "http://hub/hub/oauth_callback"}


def test_it_is_gone_after_a_stop(tmp_path: Path) -> None:
    github = LabGitHub(Directory(()), tmp_path)
    github.stop()
    github.stop()

    with pytest.raises(requests.ConnectionError):
        requests.get(github.url)


def test_by_hand_it_has_the_people_of_the_example_event() -> None:
    command = [sys.executable, "-m", "lab.github"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().removeprefix(READY).strip()
        page = requests.get(f"http://127.0.0.1:{port}/login").text
        process.communicate()

    assert "octocat" in page
    assert process.returncode == 0
