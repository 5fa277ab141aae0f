"""One look of a hub as the bundle brings it: with nothing but Python, one at a time, and a reason for whatever it does."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from lab.hub import free_port
from pophub.core import contract
from pophub.core.contract import KEEP_FILE, METER_FILE, WATCH_SETTINGS_FILE
from pophub.core.cost.meter import lines_of
from pophub.core.cost.records import Moment, Reading
from pophub.core.cost.timeline import timeline
from pophub.core.errors import ExitCode
from pophub.hub.hub_api import POLL_SECONDS
from pophub.hub.watch import __main__ as look
from pophub.hub.watch.__main__ import Machine
from pophub.hub.watch.facts import Announcement
from pophub.hub.watch.metered import note_stop
from pophub.hub.watch.policy import Policy, as_json
from pophub.hub.watch.state import Paths, State, write
from pophub.organizer.paths import ROOT

# what Python brings, and nothing else
LOADED = """
import sys
before = set(sys.modules)
import pophub.hub.watch.__main__
print("\\n".join(sorted({name.partition(".")[0] for name in sys.modules.keys() - before} - sys.stdlib_module_names)))
"""


@pytest.fixture
def machine(tmp_path: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Folders as on a machine, whose hub does not answer and whose script does not reach the bucket."""
    for name in ("run", "home", "bundle/hub-config"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / f"bundle/hub-config/{WATCH_SETTINGS_FILE}").write_text(
        json.dumps({"policy": as_json(policy), "meter": None})
    )
    monkeypatch.setenv(contract.WATCH_TOKEN, "hush")
    machine = Machine(
        Paths(tmp_path / "run", tmp_path / "home", tmp_path / "proc"),
        tmp_path / "bundle",
        f"http://127.0.0.1:{free_port()}",
        computed=lambda _: {},
        power_off=(tmp_path / "off").touch,
        exchange=(str(tmp_path / "bundle" / "exchange"),),
    )
    put_script(machine, "exit 56")
    return machine


def put_script(machine: Machine, line: str) -> None:
    script = Path(*machine.exchange)
    script.write_text(f"#!/bin/sh\n{line}\n")
    script.chmod(0o755)


def boot(machine: Machine, booted: datetime) -> None:
    machine.paths.proc.mkdir()
    (machine.paths.proc / "stat").write_text(f"btime {int(booted.timestamp())}\n")


def test_a_start_from_the_off_page_is_told_in_the_journal(
    machine: Machine, policy: Policy, capsys: pytest.CaptureFixture[str]
) -> None:
    booted = policy.sessions[0].end + timedelta(hours=1)
    boot(machine, booted)
    pressed = {"at": (booted - timedelta(seconds=40)).isoformat(), "wake": {"number": 1, "times_a_day": 3}}
    machine.paths.started.write_text(json.dumps(pressed))
    machine = replace(machine, hub_seconds=0.05, clock=lambda: Moment(booted + timedelta(minutes=1), "boot", 60_000))
    look.main(machine)
    look.main(machine)

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [it["action"] for it in told if "from its page" in it["reason"]] == ["started from its page"]
    assert "start 1 of at most 3 that day" in told[0]["reason"]


def is_off(machine: Machine) -> bool:
    return (machine.bundle.parent / "off").exists()


class Hub(BaseHTTPRequestHandler):
    """A hub that nobody uses, or as it should not be, by the name of its fault."""

    fault = ""

    def do_GET(self) -> None:
        if self.fault == "slow":
            # until whoever asked has gone
            self.connection.recv(1)
            return
        self.send_response(500 if self.fault == "an error" else 200)
        self.end_headers()
        self.wfile.write(
            b"<html>it works</html>" if self.fault else b'{"items":[],"_pagination":{"next":null,"total":0}}'
        )

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("fault", ["down", "an error", "garbage", "slow"])
def test_a_hub_that_fails_is_kept_for_an_hour_and_through_a_computation_and_no_longer(
    machine: Machine, policy: Policy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    """Every look as it is, over HTTP, on a machine that the schedule started; its clock, processes and power are played."""
    evening, seconds = policy.sessions[0].end + timedelta(minutes=30), {"ada": 0.0}
    monkeypatch.setattr(Hub, "fault", fault)
    boot(machine, policy.starts[0] + timedelta(minutes=2))
    machine = replace(
        machine, hub_seconds=0.05, computed=lambda _: {user: {"31@7": it} for user, it in seconds.items()}
    )
    with serving() as url:
        if fault != "down":
            machine = replace(machine, hub_url=url)
        off = []
        for minute in range(100):
            now = Moment(evening + timedelta(minutes=minute), "boot", (600 + minute) * 60_000)
            # ada computes for the first 80 minutes
            seconds["ada"] += 30.0 * (minute < 80)
            assert look.main(replace(machine, clock=lambda now=now: now)) is ExitCode.DONE
            off += [minute] * is_off(machine)
            if off:
                break

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[10]["reason"].startswith("the hub has not answered since")
    assert off == [90]
    assert told[-1]["rule"] == "hub_is_silent"


def test_a_look_is_told_and_remembered(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert look.main(machine) is ExitCode.DONE

    told = json.loads(capsys.readouterr().out)
    assert (told["action"], told["rule"]) == ("keep", "clock_is_doubtful")
    state = json.loads(machine.paths.state.read_text())
    assert state["last_decision"]
    assert state["silent_since"]


def test_of_two_looks_at_once_one_has_nothing_to_do(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    with (machine.paths.run / "watch.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        assert look.main(machine) is ExitCode.DONE

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("text", ["", "{}", '{"policy": {}}'])
def test_a_policy_that_cannot_be_read_keeps_the_hub(
    machine: Machine, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.settings.write_text(text)

    assert look.main(machine) is ExitCode.REFUSED
    assert json.loads(capsys.readouterr().out)["action"] == "keep"


def test_a_wish_from_the_laptop_counts(machine: Machine) -> None:
    wish = machine.paths.run / KEEP_FILE
    for text in ("", "[]", "{}", '{"until": "soon"}', '{"until": "2027-03-01T20:00:00"}'):
        wish.write_text(text)
        machine.take_keep_request()
    assert not machine.paths.keeps.exists()

    wish.write_text('{"until": "2027-03-01T20:00:00+00:00"}')
    machine.take_keep_request()
    assert json.loads(machine.paths.keeps.read_text()) == ["2027-03-01T20:00:00+00:00"]


def test_who_asks_against_a_stop_is_heard_before_it_comes(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stop stands announced and its minute has come; since a moment ago a wish lies in the bucket."""
    now = datetime(2027, 3, 2, 3, tzinfo=UTC)
    given = [Announcement(now, now - timedelta(minutes=minutes)) for minutes in (10, 2)]
    state = State(
        last_decision=now - timedelta(minutes=1), up_ms=540_000, announced=tuple(given), taken={}, measured=540
    )
    write(machine.paths.state, state.as_json())
    wish = machine.bundle / "wish.json"
    put_script(machine, f'cp {wish} "$1/{KEEP_FILE}"')
    boot(machine, now - timedelta(hours=5))
    machine = replace(machine, clock=lambda: Moment(now, "boot", 600_000))

    wish.write_text(json.dumps({"until": (now + timedelta(hours=1)).isoformat()}))
    with serving() as url:
        assert look.main(replace(machine, hub_url=url)) is ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["rule"] == "asked_to_keep"
    assert not is_off(machine)
    # and nobody's wish is nobody's
    write(machine.paths.state, state.as_json())
    wish.write_text(json.dumps({"until": now.isoformat()}))
    with serving() as url:
        assert look.main(replace(machine, hub_url=url)) is ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["action"] == "stop"
    assert is_off(machine)


def test_whoever_stops_the_machine_the_meter_and_the_bucket_have_it(machine: Machine) -> None:
    copies = machine.bundle / "copied"
    put_script(machine, f'echo "$@" >>{copies}')
    note_stop(machine.paths, machine.clock())
    for _ in range(2):
        assert look.stopping(machine) is ExitCode.DONE
    line = timeline(Reading(lines_of(machine.paths.meter)), now=machine.clock().at)
    copied = copies.read_text().splitlines()

    assert [run.known for run in line.runs] == [True]
    assert len(copied) == 2
    assert copied[0].endswith(
        f"{WATCH_SETTINGS_FILE}={machine.settings} {METER_FILE}={machine.paths.home}/{METER_FILE}"
    )


def test_the_unit_notes_the_stop_before_the_network_goes() -> None:
    unit = (ROOT / "cloud-init" / "systemd" / "pophub-stop.service").read_text()

    assert "ExecStop=/usr/bin/python3 -B -m pophub.hub.watch stopping\n" in unit
    assert "After=network-online.target\n" in unit
    assert f"TimeoutStopSec={look.REPORT_SECONDS + 20}\n" in unit


def test_a_slow_hub_and_a_slow_bucket_leave_a_stop_its_time() -> None:
    """systemd ends a look that takes longer, and the power would stay on."""
    unit = (ROOT / "cloud-init" / "systemd" / "pophub-watch.service").read_text()
    [seconds] = re.findall(r"^TimeoutStartSec=(\d+)$", unit, re.MULTILINE)

    assert look.HEAR_SECONDS + POLL_SECONDS + look.REPORT_SECONDS + 5 <= int(seconds) < 60


def test_a_bucket_that_hangs_does_not_keep_the_machine_on(machine: Machine) -> None:
    """As when AWS is throttled, or out of reach: a stop reports first, and the power goes all the same."""
    put_script(machine, "exec sleep 600")
    machine = replace(machine, report_seconds=0.2)
    machine.report({"action": "stop"})

    put_script(machine, "exit 56")
    machine.report({"action": "stop"})
    assert json.loads(machine.paths.report.read_text()) == {"action": "stop"}


def test_the_bundle_brings_all_that_a_look_needs(hackweek_bundle: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-S", "-c", LOADED],
        cwd=hackweek_bundle, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [name for name in done.stdout.split() if not name.startswith("_sysconfigdata")] == ["pophub"]


def test_the_bundle_brings_the_policy_and_the_prices(hackweek_bundle: Path) -> None:
    policy, meter = look.settings_from(json.loads((hackweek_bundle / "hub-config" / WATCH_SETTINGS_FILE).read_text()))

    assert policy.sessions
    assert meter is not None
    assert meter.machine in meter.basis.tariff.machines
