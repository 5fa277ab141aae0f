"""What the waiting page and `pophub deploy` read."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pophub.core.contract import POINTER_FILE, STATUS_FILE
from pophub.hub.install.status import status, write_status

PROGRESS = ("failed", "3", "9", "the certificate", "the disk is full", "/var/log/install.log")


def test_a_status_has_the_step_the_event_and_the_bundle(tmp_path: Path) -> None:
    settings = {"title": "Geo Week", "contact": ["ada@example.org"]}
    (tmp_path / POINTER_FILE).write_text('{"sha256": "abc"}')
    (tmp_path / "refusal").write_text("the new bundle is bad\n")
    said = status(settings, PROGRESS, bundle=tmp_path, refusal=tmp_path / "refusal")

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said.pop("at"))
    assert said == {
        **{"state": "failed", "step": 3, "of": 9, "doing": "the certificate", "failed": "the disk is full"},
        **{"log": "/var/log/install.log", "title": "Geo Week", "contact": ["ada@example.org"]},
        **{"refused": "the new bundle is bad", "bundle": "abc"},
    }


def test_outside_ec2_there_is_no_bundle_and_no_refusal(tmp_path: Path) -> None:
    said = status({"title": "Geo Week"}, PROGRESS, bundle=tmp_path, refusal=tmp_path / "refusal")

    assert (said["bundle"], said["refused"], said["contact"]) == ("", "", [])


def test_caddy_can_read_it(tmp_path: Path) -> None:
    write_status({"title": "Woche für Geo"}, tmp_path)

    assert json.loads((tmp_path / STATUS_FILE).read_text()) == {"title": "Woche für Geo"}
    assert (tmp_path / STATUS_FILE).stat().st_mode & 0o777 == 0o644
    assert len(list(tmp_path.iterdir())) == 1
