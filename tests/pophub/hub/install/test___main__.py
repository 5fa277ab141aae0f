"""What cloud-init/ asks, and how it is answered."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from pophub.core.contract import EVENT_FILE
from pophub.core.errors import ExitCode
from pophub.hub.install import __main__ as install
from pophub.hub.install import outside_commands, settings
from pophub.organizer.paths import CLOUD_INIT


@pytest.fixture
def event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / EVENT_FILE
    file.write_text(json.dumps({"tls": {"mode": "acme"}, "login": {"github": {}}}))
    monkeypatch.setattr(install, "EVENT", file)


@pytest.mark.usefixtures("event")
def test_an_answer_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert install.main("setting", "tls.mode") is ExitCode.DONE
    assert install.main("has-workers") is ExitCode.DONE
    assert capsys.readouterr().out == "acme\n"


@pytest.mark.usefixtures("event")
def test_all_settings_that_steps_ask_for_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert install.main("settings") is ExitCode.DONE
    assert capsys.readouterr().out == 'tls.mode acme\ntitle ""\ncontact []\nhas-workers \nuses-accounts \n'


def test_each_setting_that_a_step_asks_for_is_among_them() -> None:
    texts = [file.read_text() for file in CLOUD_INIT.rglob("*.sh")]
    asked = {name for text in texts for name in re.findall(r"\$\(setting ([a-z.-]+)\)", text)}

    assert asked == {*settings.ASKED, *settings.SHOWN, "uses-accounts"}


@pytest.mark.usefixtures("event")
def test_what_cannot_be_answered_is_told_where_a_step_logs(capsys: pytest.CaptureFixture[str]) -> None:
    assert install.main("setting", "tls.key") is ExitCode.FIX
    assert install.main("check") is ExitCode.FIX
    told = capsys.readouterr()

    assert (told.out, told.err) == ("", f"{EVENT_FILE} has no tls.key\n{EVENT_FILE} lacks what every hub needs\n")


@pytest.mark.parametrize("module", ["fetch_bundle", "outside_commands", "joining"])
def test_a_bundle_that_could_not_do_what_comes_later_is_refused(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setitem(sys.modules, f"pophub.hub.install.{module}", None)
    with pytest.raises(ImportError):
        install.main("check")


@pytest.mark.usefixtures("event")
def test_a_setting_is_read_without_what_asks_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pophub.hub.install.outside_commands", None)

    assert install.main("has-workers") is ExitCode.DONE


def test_a_program_that_fails_has_told_why(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "/nowhere:/usr/bin:/bin")
    monkeypatch.setattr("pophub.hub.install.aws.METADATA", "http://127.0.0.1:1")
    monkeypatch.setattr("pophub.hub.install.aws.PATIENTLY", ("--retry", "0"))

    assert install.main("region") is ExitCode.FIX
    assert "Failed to connect" in capfd.readouterr().err


def test_shell_asks_for_what_there_is_and_for_all_of_it() -> None:
    texts = [file.read_text() for file in CLOUD_INIT.rglob("*") if file.suffix in (".sh", ".service")]
    asked = {name for text in texts for name in re.findall(r"(?:hub_install|hub\.install) ([a-z-]+)", text)}

    assert asked == {*install.COMMANDS, *outside_commands.COMMANDS} - {"exchange", "end-worker"}
