"""Measure the archive: time and memory, compared with `tar | zstd` of the same homes, one after the other."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figures
from lab.child import Child
from pophub.organizer.deploy.terraform.attempt import Talk

HOMES, FILES, GIB = 60, 200_000, 10
FOLDERS = 50
TEXT_SHARE = 0.7
REGION = "us-west-2"


@dataclass(frozen=True, slots=True)
class Run:
    """One program: its time, its processor time, and the most memory that it used."""

    what: str
    seconds: float
    cpu_seconds: float
    mib: float


def measure(folder: Path, talk: Talk, *, files: int = FILES, gib: float = GIB) -> list[Figures]:
    """`tar | zstd`, the archive, and reading it back. The homes are generated first, which takes some minutes."""
    _, tar, *ours = _runs(folder, talk, files=files, gib=gib)
    rows = [(tar.what, f"{tar.seconds:.1f}", f"{tar.cpu_seconds:.1f}", "", "1.00")]
    for run in ours:
        share = run.seconds / tar.seconds
        rows.append((run.what, f"{run.seconds:.1f}", f"{run.cpu_seconds:.1f}", f"{run.mib:.0f}", f"{share:.2f}"))
    title = f"the archive of {gib:g} GiB in {files} files and {HOMES} homes"
    return [Figures(title, ("", "seconds", "CPU seconds", "MiB", "times tar | zstd"), tuple(rows))]


def _runs(folder: Path, talk: Talk, *, files: int, gib: float) -> list[Run]:
    homes, bucket = folder / "homes", folder / "bucket"
    bucket.mkdir(parents=True)
    talk(f"making {files} files in {HOMES} homes")
    make_homes(homes, files=files, bytes_=int(gib * 2**30))
    with Child("lab.bucket_server", str(bucket), log=folder / "bucket.log") as server:
        environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "lab",
            "AWS_SECRET_ACCESS_KEY": "lab",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}",
        }
        hub = [
            sys.executable,
            "-m",
            "pophub.hub.archive.command",
            "bench",
            "--bucket",
            "bench-bucket",
            "--region",
            REGION,
        ]
        archive = [*hub, "--homes", str(homes)]
        packed = str(folder / "all.tar.zst")
        commands = {
            # read everything once, so that all later commands find the same files in memory
            "tar": ["sh", "-c", 'tar -C "$0" -cf - . | cat >/dev/null', str(homes)],
            # deleted at once, so that the homes stay in memory
            "tar | zstd": ["sh", "-c", 'tar -C "$0" -cf - . | zstd -q >"$1"; rm "$1"', str(homes), packed],
            "archive": [*archive, "--unchecked"],
            "read back": archive,
        }
        return [_run(what, command, environment, talk) for what, command in commands.items()]


def _run(what: str, command: Sequence[str], environment: Mapping[str, str], talk: Talk) -> Run:
    talk(what)
    # data that the previous command wrote must not slow this one down
    os.sync()
    began = time.monotonic()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Run(what, time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def make_homes(folder: Path, *, files: int, bytes_: int) -> None:
    """Many small files and a few large ones: text, which compresses well, and random data, which does not."""
    chance = random.Random(6)  # noqa: S311  the same homes each time
    words = [f"{chance.getrandbits(40):x}" for _ in range(5000)]
    text = " ".join(f"{chance.choice(words)},{chance.random():.3f}" for _ in range(400_000)).encode()
    noise = chance.randbytes(8 * 2**20)
    for home in range(HOMES):
        for number in range(files // HOMES):
            inside = folder / f"user-2d{home:02}" / f"folder-{number % FOLDERS}"
            if number < FOLDERS:
                inside.mkdir(parents=True)
            size = int(min(chance.expovariate(files / bytes_), 4 * 2**20))
            source = text if chance.random() < TEXT_SHARE else noise
            start = chance.randrange(len(source) - size)
            (inside / f"file-{number}.dat").write_bytes(source[start : start + size])
