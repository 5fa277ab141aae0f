"""Each attempt has a log of its own, and ten of a command are kept."""

from __future__ import annotations

from pathlib import Path

from pophub.organizer.deploy.terraform.logs import KEPT, logs_of, open_log


def _attempt(folder: Path, command: str, text: str) -> None:
    with open_log(folder, command) as log:
        log.write(text)


def test_the_next_attempt_does_not_overwrite_a_log(tmp_path: Path) -> None:
    _attempt(tmp_path, "deploy geo", "first")
    _attempt(tmp_path, "deploy geo", "second")

    assert [log.read_text() for log in logs_of(tmp_path, "deploy geo")] == ["first", "second"]


def test_the_last_ten_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 3):
        _attempt(tmp_path, "deploy geo", str(number))

    assert [log.read_text() for log in logs_of(tmp_path, "deploy geo")] == [str(it) for it in range(3, KEPT + 3)]


def test_another_command_s_logs_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "terraform.rc").touch()
    for command in ("deploy geo", "destroy geo", "deploy geo-2"):
        _attempt(tmp_path, command, command)

    for _ in range(KEPT):
        _attempt(tmp_path, "deploy geo", "again")

    assert [log.read_text() for log in logs_of(tmp_path, "deploy geo-2")] == ["deploy geo-2"]
    assert [log.read_text() for log in logs_of(tmp_path, "destroy geo")] == ["destroy geo"]
    assert (tmp_path / "terraform.rc").exists()
