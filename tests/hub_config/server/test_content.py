"""The event's content in a home: fetched by the real nbgitpuller from a real git host."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from lab.git_host import LabGitHost
from lab.venvs import ensure_venv
from lab.wait import wait_until
from pophub.organizer.paths import HUB_CONFIG

pytestmark = pytest.mark.hub
Module = Callable[[str], ModuleType]
Pull = Callable[..., str]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LabGitHost]:
    with LabGitHost(tmp_path / "host") as host:
        host.push("tutorials", {"one.ipynb": "one", "two.txt": "two\n"})
        yield host


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def pull(host: LabGitHost, home: Path) -> Pull:
    python = ensure_venv(HUB_CONFIG / "image" / "requirements-server.txt") / "bin" / "python"

    def run(branch: str = "", repository: str = "tutorials") -> str:
        command = [str(python), "-s", str(HUB_CONFIG / "server/content.py"), host.url(repository), branch, str(home)]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stderr

    return run


def test_a_new_home_gets_the_content_and_later_what_is_new_in_it(pull: Pull, host: LabGitHost, home: Path) -> None:
    pull()
    assert (home / "tutorials/one.ipynb").read_text() == "one"
    host.push("tutorials", {"one.ipynb": "corrected", "three.txt": "three"})
    pull()

    assert (home / "tutorials/one.ipynb").read_text() == "corrected"
    assert (home / "tutorials/three.txt").read_text() == "three"
    assert [entry.name for entry in home.iterdir()] == ["tutorials"]


def test_what_a_participant_wrote_stays_whatever_comes(pull: Pull, host: LabGitHost, home: Path) -> None:
    pull()
    content = home / "tutorials"
    (content / "one.ipynb").write_text("my answer")
    (content / "mine.txt").write_text("my notes")
    (content / "two.txt").unlink()
    host.push("tutorials", {"one.ipynb": "corrected", "mine.txt": "theirs of the same name"})
    pull()

    assert (content / "one.ipynb").read_text() == "my answer"
    assert (content / "two.txt").read_text() == "two\n"
    assert (content / "mine.txt").read_text() == "theirs of the same name"
    kept = [file.read_text() for file in content.glob("mine_*.txt")]
    assert kept == ["my notes"]


def test_the_branch_that_the_event_names_is_taken(pull: Pull, host: LabGitHost, home: Path) -> None:
    host.push("tutorials", {"one.ipynb": "for 2027"}, branch="2027")
    pull("2027")

    assert (home / "tutorials/one.ipynb").read_text() == "for 2027"
    host.push("tutorials", {"one.ipynb": "corrected for 2027"}, branch="2027")
    host.push("tutorials", {"of-main.txt": "main"})
    pull("2027")

    assert (home / "tutorials/one.ipynb").read_text() == "corrected for 2027"


@pytest.mark.parametrize(("branch", "repository"), [("", "nothing"), ("nobranch", "tutorials")])
def test_a_failure_is_told_in_the_home_until_it_is_mended(
    pull: Pull, host: LabGitHost, home: Path, branch: str, repository: str
) -> None:
    pull(branch, repository)
    note = home / f"{repository} could not be fetched.txt"
    assert host.url(repository) in note.read_text()
    assert "Nothing of your work is lost" in note.read_text()
    host.push(repository, {"late.txt": "late"}, branch=branch or "main")
    pull(branch, repository)

    assert not note.exists()
    assert (home / repository / "late.txt").exists()


def test_a_note_that_cannot_be_written_is_told_in_the_servers_log(pull: Pull, host: LabGitHost, home: Path) -> None:
    (home / "nothing could not be fetched.txt").mkdir()

    said = pull("", "nothing")

    assert f"{host.url('nothing')}: " in said
    assert said.splitlines()[-1].startswith("the note of it could not be written: [Errno 21] Is a directory")


def test_a_folder_of_the_same_name_that_is_somebodys_own_is_left_alone(pull: Pull, home: Path) -> None:
    (home / "tutorials").mkdir()
    (home / "tutorials/mine.txt").write_text("mine")
    pull()

    assert [file.name for file in (home / "tutorials").iterdir()] == ["mine.txt"]
    assert "give it another name" in (home / "tutorials could not be fetched.txt").read_text()


def test_a_link_of_the_same_name_that_leads_nowhere_is_left_alone(pull: Pull, home: Path) -> None:
    (home / "tutorials").symlink_to("nowhere")
    pull()

    assert (home / "tutorials").readlink() == Path("nowhere")
    assert "give it another name" in (home / "tutorials could not be fetched.txt").read_text()


def test_what_was_interrupted_half_way_is_begun_anew(pull: Pull, home: Path) -> None:
    (home / ".tutorials.fetching/.git").mkdir(parents=True)
    pull()

    assert (home / "tutorials/one.ipynb").exists()
    assert not (home / ".tutorials.fetching").exists()


def test_a_host_that_says_nothing_delays_a_click_for_a_moment_alone(
    module: Module, host: LabGitHost, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = module("content")
    monkeypatch.setattr(content, "ANSWER_SECONDS", 0.2)
    # the remains of an interrupted clone are no sign of an answer
    (home / ".tutorials.fetching").mkdir()
    python = ensure_venv(HUB_CONFIG / "image" / "requirements-server.txt") / "bin" / "python"
    monkeypatch.setattr(content.sys, "executable", str(python))
    wanted = content.Content.wanted({"POPHUB_CONTENT": host.url("tutorials")}, home)
    host.stall()
    pulling = wanted.start()
    began = time.monotonic()
    wanted.wait_for_the_first_time(pulling)

    assert pulling.poll() is None
    assert not wanted.folder.exists()
    assert time.monotonic() - began >= 0.2
    note = home / "tutorials is still being fetched.txt"
    wait_until(lambda: note.exists() and "You can work meanwhile" in note.read_text(), 60, "the home says so")
    host.stall(stalled=False)
    wait_until(wanted.folder.exists, 60, "the content comes in the background")
    pulling.wait(60)
    assert not note.exists()


@pytest.mark.parametrize("times", [1, 5])
def test_a_click_waits_while_the_content_comes_whatever_the_answer_took(
    module: Module, home: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    content = module("content")
    monkeypatch.setattr(content, "ANSWER_SECONDS", -1)
    wanted = content.Content.wanted({"POPHUB_CONTENT": "https://git.example.org/a/tutorials"}, home)
    wanted.half.mkdir()
    looks = iter(range(1, 100))

    def poll() -> None:
        if next(looks) == times:
            wanted.half.rename(wanted.folder)

    wanted.wait_for_the_first_time(SimpleNamespace(poll=poll))

    assert wanted.folder.exists()


def test_a_click_does_not_wait_for_ever(module: Module, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = module("content")
    monkeypatch.setattr(content, "FIRST_TIME_SECONDS", -1)
    wanted = content.Content.wanted({"POPHUB_CONTENT": "https://git.example.org/a/tutorials"}, home)
    wanted.half.mkdir()
    wanted.wait_for_the_first_time(SimpleNamespace(poll=lambda: None))

    assert not wanted.folder.exists()


def test_no_content_is_none(module: Module, home: Path) -> None:
    assert module("content").Content.wanted({}, home) is None


@pytest.mark.parametrize("url", ["https://git.example.org/a/tutorials", "https://git.example.org/a/tutorials.git/"])
def test_the_folder_is_called_as_git_would_call_it(module: Module, home: Path, url: str) -> None:
    assert module("content").Content.wanted({"POPHUB_CONTENT": url}, home).folder == home / "tutorials"


@pytest.mark.parametrize("host", ["github.com", "gitlab.com"])
def test_an_address_that_needs_an_ssh_key_is_asked_without_one(module: Module, home: Path, host: str) -> None:
    environment = {**os.environ, **module("checkout").environment(home)}
    command = ["git", "ls-remote", "--get-url", f"git@{host}:org/data"]
    asked = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    assert asked == f"https://{host}/org/data\n"


def test_an_image_without_nbgitpuller_is_told_in_the_home(host: LabGitHost, home: Path) -> None:
    command = [sys.executable, str(HUB_CONFIG / "server/content.py"), host.url("tutorials"), "", str(home)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)

    assert "the image has no nbgitpuller" in (home / "tutorials could not be fetched.txt").read_text()
