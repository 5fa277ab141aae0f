"""The lab's git host, asked by the real git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lab.git_host import LabGitHost


def clone(url: str, target: Path, *options: str, seconds: float = 30) -> int:
    return subprocess.run(
        ["git", "clone", "--quiet", *options, url, str(target)], timeout=seconds, check=False, capture_output=True
    ).returncode


def test_git_gets_what_was_pushed_last_on_each_branch(tmp_path: Path) -> None:
    with LabGitHost(tmp_path / "host") as host:
        host.push("tutorials", {"one.txt": "1", "below/two.txt": "2"})
        host.push("tutorials", {"one.txt": "changed"})
        host.push("tutorials", {"one.txt": "draft"}, branch="draft")
        host.push("tutorials", {"three.txt": "3"})

        assert clone(host.url("tutorials"), tmp_path / "main") == 0
        assert clone(host.url("tutorials"), tmp_path / "draft", "--branch", "draft", "--depth", "1") == 0
        assert clone(host.url("nothing"), tmp_path / "nothing") != 0
    assert (tmp_path / "main/one.txt").read_text() == "changed"
    assert (tmp_path / "main/below/two.txt").read_text() == "2"
    assert (tmp_path / "main/three.txt").read_text() == "3"
    assert (tmp_path / "draft/one.txt").read_text() == "draft"
    assert not (tmp_path / "draft/three.txt").exists()


def test_a_stalled_host_says_nothing_until_it_does(tmp_path: Path) -> None:
    with LabGitHost(tmp_path / "host") as host:
        host.push("tutorials", {"one.txt": "1"})
        host.stall()
        with pytest.raises(subprocess.TimeoutExpired):
            clone(host.url("tutorials"), tmp_path / "main", seconds=1)
        host.stall(stalled=False)

        assert clone(host.url("tutorials"), tmp_path / "again") == 0
