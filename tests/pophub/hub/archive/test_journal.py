"""A journal's lines become a few counts; whatever stands in them, and nothing a participant writes counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from pophub.hub.archive.journal import LONGEST_REASON, MOST_STOPS, Incident, Journal, Stop

MORNING = datetime(2027, 3, 1, 9, tzinfo=UTC)
HUB = {"_SYSTEMD_UNIT": "pophub-hub.service", "_TRANSPORT": "stdout"}
WATCH = {"_SYSTEMD_UNIT": "pophub-watch.service", "_TRANSPORT": "stdout"}
SYSTEMD = {"_PID": "1", "_SYSTEMD_UNIT": "init.scope", "_TRANSPORT": "journal"}
KERNEL = {"_TRANSPORT": "kernel"}
INFO = "[I 2027-03-01 09:00:00.123 JupyterHub base:1192] "


def line(message: object, fields: dict[str, str], minutes: float = 0) -> bytes:
    moment = MORNING + timedelta(minutes=minutes)
    told = {"__REALTIME_TIMESTAMP": str(int(moment.timestamp() * 1_000_000)), "MESSAGE": message, **fields}
    return json.dumps(told).encode() + b"\n"


def look(minutes: float, **said: object) -> bytes:
    told = {"action": "keep", "reason": "a session is on", "servers": 3, "tell": [], **said}
    return line(json.dumps(told), WATCH, minutes)


def taken(*lines: bytes) -> Journal:
    journal = Journal()
    for one in lines:
        journal.take(one)
    return journal


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        (f"{INFO}User ada took 4.217 seconds to start", 4.217),
        (f"{INFO}User ada:second one took 61.000 seconds to start", 61.0),
        (list(f"{INFO}User ad\xe9 took 2.5 seconds to start".encode("latin-1")), 2.5),
        (f"{INFO}User ada server took 2.5 seconds to stop", None),
        (f"{INFO}404 GET {INFO}User ada took 9.000 seconds to start", None),
        (f"{INFO}302 GET /hub/User ada took 9.000 seconds to start", None),
        ("User ada took 9.000 seconds to start", None),
        (f"{INFO}User ada took nan seconds to start", None),
    ],
)
def test_only_the_hubs_own_sentence_tells_how_long_a_start_took(message: object, seconds: float | None) -> None:
    assert Journal().take(line(message, HUB)) == seconds


def test_another_units_word_is_not_the_hubs() -> None:
    told = line(f"{INFO}User ada took 9.000 seconds to start", {"_SYSTEMD_UNIT": "caddy.service"})

    assert Journal().take(told) is None


@pytest.mark.parametrize(
    "garbage",
    [
        *(b"", b"\n", b"{", b"null", b"[]", b"7", b'"text"', b"\xff\xfe", b"[" * 100_000),
        b'{"MESSAGE": "no moment"}',
        b'{"__REALTIME_TIMESTAMP": "1", "MESSAGE": null, "_SYSTEMD_UNIT": "pophub-hub.service"}'[:-9],
        b'{"__REALTIME_TIMESTAMP": "soon", "MESSAGE": "m"}',
        b'{"__REALTIME_TIMESTAMP": "9999999999999999999999", "MESSAGE": "m"}',
        b'{"__REALTIME_TIMESTAMP": "1", "MESSAGE": [999, "x"]}',
    ],
)
def test_garbage_counts_for_nothing(garbage: bytes) -> None:
    journal = taken(garbage)

    assert (journal.since, journal.hub_spoke, list(journal.incidents())) == (None, False, [])


def test_culls_and_starts_that_failed_are_counted() -> None:
    culler = "[I 2027-03-01 12:00:00.000 idle_culler jupyterhub_idle_culler:255] "
    journal = taken(
        line(f"{culler}Culling server ada (inactive for 01:00:12)", HUB),
        line(f"{culler}Culling server ada/two (age: 12:00:00, inactive for 00:00:12)", HUB),
        line(f"{culler}Not culling server ada (inactive for 01:00:12)", HUB),
        line(
            "[W 2027-03-01 09:00:00.1 JupyterHub user:1058] ada's server failed to start in 300 seconds, giving up.",
            HUB,
        ),
        line("[E 2027-03-01 09:00:00.1 JupyterHub user:1072] Unhandled error starting eve's server: no image", HUB),
    )

    assert (journal.culls, journal.failed_starts) == (2, 2)


def test_the_watchs_stops_are_told_once_each_with_their_reason() -> None:
    journal = taken(
        look(0),
        look(500, action="stop", reason="no work since 17:00"),
        look(501, action="stop", reason="no work since 17:00"),
        look(2000, action="close", reason="x" * 5000),
    )

    assert journal.stops == [
        Stop("2027-03-01T17:20:00+00:00", "no work since 17:00"),
        Stop("2027-03-02T18:20:00+00:00", "x" * LONGEST_REASON),
    ]
    assert len(taken(*(look(10 * it, action="stop") for it in range(300))).stops) == MOST_STOPS


def test_units_that_failed_memory_that_ran_out_and_budget_steps_are_incidents() -> None:
    journal = taken(
        line("pophub-hub.service: Failed with result 'exit-code'.", {**SYSTEMD, "UNIT": "pophub-hub.service"}, 1),
        line("pophub-hub.service: Scheduled restart job, restart counter is at 1.", {**SYSTEMD, "UNIT": "pophub-hub.service"}, 1),
        line("pophub-hub.service: Failed with result 'exit-code'.", {**SYSTEMD, "UNIT": "pophub-hub.service"}, 3),
        line("apt.service: Failed with result 'exit-code'.", {**SYSTEMD, "UNIT": "apt.service"}, 3),
        line("caddy.service: Failed with result 'exit-code'.", {**SYSTEMD, "_PID": "77", "UNIT": "caddy.service"}, 3),
        line("Memory cgroup out of memory: Killed process 812 (python3) total-vm:1kB", KERNEL, 4),
        line("Out of memory: Killed process 813 (node)", KERNEL, 5),
        line("Out of memory: Killed process 813 (node)", HUB, 5),
        look(6, tell=[50, 80]),
    )  # fmt: skip

    assert [(it.what, it.count) for it in journal.incidents()] == [
        ("pophub-hub.service failed: exit-code", 2),
        ("pophub-hub.service was started again", 1),
        ("a process was killed at the memory limit of its server or unit", 1),
        ("a process was killed because the machine had no memory left", 1),
        ("50 % of the budget were reached", 1),
        ("80 % of the budget were reached", 1),
    ]
    assert next(journal.incidents()) == Incident(
        "pophub-hub.service failed: exit-code", 2, "2027-03-01T09:01:00+00:00", "2027-03-01T09:03:00+00:00"
    )


def test_a_hub_that_is_silent_for_five_minutes_is_an_incident_once() -> None:
    [incident] = taken(*(look(it, servers=None) for it in range(20)), look(20), look(21)).incidents()

    assert (incident.what.startswith("the hub gave the watch no answer"), incident.count) == (True, 1)
    assert incident.first == "2027-03-01T09:00:00+00:00"


def test_a_hub_that_starts_or_a_machine_that_is_off_is_not_silent() -> None:
    starting = [look(it, servers=None) for it in range(4)]
    after_a_night = [look(900 + it, servers=None) for it in range(4)]

    assert not list(taken(*starting, *after_a_night, look(905)).incidents())
