"""The meter's file: durable, appended to by several, and good after a power loss at any byte."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pophub.core.contract import METER_FILE
from pophub.core.cost.meter import MeteredServer, append, changes, lines_of, worker_changes
from pophub.core.cost.records import Kind, Reading, Record, as_line, of_hub, of_worker
from pophub.core.cost.worker import SPOT, Worker
from pophub.organizer.paths import ROOT
from tests.pophub.core.cost.story import MONDAY, Boot, week

BEATS = [of_hub(Kind.BEAT, Boot().moment(minute / 60)) for minute in range(4)]


def _read(*paths: Path) -> tuple[list[Record], int, int]:
    reading = Reading(lines_of(*paths))
    return list(reading), reading.unreadable, reading.duplicates


def test_what_is_appended_is_read_in_order(tmp_path: Path) -> None:
    meter = tmp_path / METER_FILE
    append(meter, BEATS[:2])
    append(meter, BEATS[2:])

    assert _read(meter) == (BEATS, 0, 0)
    assert meter.stat().st_mode & 0o777 == 0o600


def test_after_a_power_loss_at_any_byte_only_the_cut_line_is_lost(tmp_path: Path) -> None:
    meter = tmp_path / METER_FILE
    whole = b"".join(map(as_line, BEATS[:3]))
    for cut in range(len(whole) + 1):
        meter.write_bytes(whole[:cut])
        append(meter, BEATS[3:])
        records, unreadable, _ = _read(meter)
        complete = whole[:cut].count(b"\n") + (whole[cut : cut + 1] == b"\n")

        assert records == [*BEATS[:complete], BEATS[3]], cut
        assert unreadable == (cut not in (0, *_ends(whole))), cut


def _ends(whole: bytes) -> list[int]:
    """Where a line is complete, with or without its end."""
    return [end for at, byte in enumerate(whole) if byte == ord("\n") for end in (at, at + 1)]


def test_zeros_that_a_power_loss_leaves_behind_cost_one_line(tmp_path: Path) -> None:
    meter = tmp_path / METER_FILE
    meter.write_bytes(as_line(BEATS[0]) + b"\0" * 512)
    append(meter, BEATS[1:])

    assert _read(meter) == (BEATS, 1, 0)


def test_it_is_on_the_disk_before_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(str(Path(f"/proc/self/fd/{fd}").readlink())), real(fd)))
    append(tmp_path / METER_FILE, BEATS[:1])
    append(tmp_path / METER_FILE, BEATS[1:])

    assert synced == [str(tmp_path / METER_FILE), str(tmp_path), str(tmp_path / METER_FILE)]


def test_several_writers_do_not_write_into_each_others_lines(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pophub.core.cost.meter import append\n"
        "from pophub.core.cost.records import Kind, of_hub; from tests.pophub.core.cost.story import Boot\n"
        "for beat in range(100): append(Path(sys.argv[1]), [of_hub(Kind.BEAT, Boot(sys.argv[2]).moment(beat))])"
    )
    meter = tmp_path / METER_FILE
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(meter), f"boot-{writer}"], cwd=ROOT) for writer in range(3)
    ]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    records, unreadable, duplicates = _read(meter)
    assert (len(records), unreadable, duplicates) == (300, 0, 0)


def test_a_disk_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        append(tmp_path / "gone" / METER_FILE, BEATS)


def test_the_copy_in_the_bucket_can_be_read_with_the_original(tmp_path: Path) -> None:
    hub, bucket = tmp_path / "hub.jsonl", tmp_path / "bucket.jsonl"
    records = [*week(1)]
    append(hub, records)
    append(bucket, records[:7])

    assert _read(bucket, hub, tmp_path / "no.jsonl") == (records, 0, 7)


def test_between_two_looks_servers_start_and_stop() -> None:
    moment = Boot().moment(1)
    early, late = (MeteredServer(MONDAY + timedelta(minutes=minutes), Decimal(4)) for minutes in (1, 5))
    noted = changes({("ada", ""): early, ("bob", ""): early}, {("ada", ""): late, ("eve", "x"): late}, moment)

    assert [(it.kind, it.user, it.server, it.memory_gib) for it in noted] == [
        (Kind.SERVER_STOP, "ada", "", None),
        (Kind.SERVER_STOP, "bob", "", None),
        (Kind.SERVER_START, "ada", "", 4),
        (Kind.SERVER_START, "eve", "x", 4),
    ]
    assert changes({("ada", ""): early}, {("ada", ""): early}, moment) == []


def test_between_two_lists_of_workers_the_gone_end_and_the_new_begin() -> None:
    one, two, three = (Worker(f"i-{it}", "r7i.xlarge", SPOT, None, it) for it in (1, 2, 3))
    moment = Boot().moment(1)
    found = worker_changes({"i-1": one, "i-2": two}, {"i-2": two._replace(age_ms=9), "i-3": three}, moment)

    assert found == [of_worker(Kind.WORKER_STOP, moment, one), of_worker(Kind.WORKER_START, moment, three)]
