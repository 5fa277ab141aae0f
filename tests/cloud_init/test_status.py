"""What the waiting page and `pophub deploy` read of an installation."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pophub.core.contract import POINTER_FILE, STATUS_FILE, WORKER_ROLE
from tests.cloud_init.test_scripts import bash

WRITE = """
    umask 022
    . "$HERE/status.sh"
    STEPS=(a b c) LOG=/var/log/install.log STATE=$RUN BUNDLE=$RUN
    setting() { case $1 in title) echo '"Woche für \\"Geo\\""' ;; contact) echo '["ada@example.org"]' ;; esac; }
    MACHINE=$IS
    write_status "$@"
"""


def status_after(folder: Path, *arguments: str, role: str = "hub") -> dict[str, object]:
    """The content of status.json after `write_status ARGUMENTS`; empty if there is no file."""
    quoted = " ".join(f"$'{argument}'" for argument in arguments)
    assert bash(f"set -- {quoted}\n{WRITE}", RUN=str(folder), IS=role) == []
    file = folder / STATUS_FILE
    return dict(json.loads(file.read_text())) if file.exists() else {}


def test_a_status_has_the_step_the_event_and_the_bundle(tmp_path: Path) -> None:
    (tmp_path / POINTER_FILE).write_text('{"bucket": "b", "sha256": "0abc"}\n')
    (tmp_path / "refusal").write_text("the new bundle is bad\n")
    status = status_after(tmp_path, "failed", "2", "the certificate", "the disk is full")

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(status.pop("at")))
    assert status == {
        **{"state": "failed", "step": 2, "of": 3, "doing": "the certificate", "failed": "the disk is full"},
        **{"log": "/var/log/install.log", "title": 'Woche für "Geo"', "contact": ["ada@example.org"]},
        **{"refused": "the new bundle is bad", "bundle": "0abc"},
    }


def test_outside_ec2_there_is_no_bundle_and_no_refusal_and_caddy_can_read_it(tmp_path: Path) -> None:
    status = status_after(tmp_path, "preparing", "1", "this page")

    assert (status["bundle"], status["refused"], status["failed"]) == ("", "", "")
    assert (tmp_path / STATUS_FILE).stat().st_mode & 0o777 == 0o644
    assert {file.name for file in tmp_path.iterdir()} == {STATUS_FILE, "preparing"}


@pytest.mark.parametrize(
    "words", [r"it says \"no\" & C:\\\\new", r"a\ttab, \e[1mbold\e[0m, größe", "100 %s $HOME `id`"]
)
def test_whatever_a_program_says_is_told_as_json(tmp_path: Path, words: str) -> None:
    status = status_after(tmp_path, "failed", "2", "x", words)
    meant = words.replace(r"\t", " ").replace(r"\e", " ").replace(r"\"", '"').replace("\\\\", "\\")

    assert status["failed"] == meant


def test_a_worker_has_no_page(tmp_path: Path) -> None:
    assert status_after(tmp_path, "preparing", "1", "x", role=WORKER_ROLE) == {}
