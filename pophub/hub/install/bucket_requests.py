"""Carry out the organizer's requests from the account bucket, for the case that Systems Manager's agent does not answer.

reports/EVENT/request.json is {"id": …, "arguments": […]}, with arguments of archive.sh. reports/EVENT/answer.json has
the same id and the state, named as in Systems Manager (pophub/organizer/destroy/bucket_request.py reads it).
pophub-requests.timer runs this once a minute, also while the hub is closed.
"""

from __future__ import annotations

import email
import json
import re
import subprocess
import sys
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pophub.core.contract import ANSWER_FILE, REPORTS, REQUEST_FILE
from pophub.hub.install.aws import token
from pophub.hub.install.bucket import EXCHANGE_SECONDS, FETCHED, EventBucket

ALLOWED = ("at-work", "close", "is-closed", "make", "rehearse")
# nobody waits for an older request any more, and after a restart it would close a hub that people use again
OLDEST_SECONDS = 900


class Request(NamedTuple):
    id: str
    arguments: tuple[str, ...]
    # by the bucket's clock
    age_seconds: float


class Requests(NamedTuple):
    """`state` keeps the id of the newest request that was started; while it runs, also in `under-way`."""

    bundle: Path
    state: Path
    run: Path

    def run_once(self) -> None:
        """Carry out the request that lies in the bucket, if it is new."""
        self.state.mkdir(parents=True, exist_ok=True)
        under_way, newest = self.state / "under-way", self.state / "newest"
        if under_way.exists():
            self._answer(under_way.read_text(), "Failed", errors="the machine or its network stopped while it did this")
            under_way.unlink()
        request = self._request()
        if request is None or request.age_seconds > OLDEST_SECONDS:
            return
        if newest.exists() and newest.read_text() == request.id:
            return
        newest.write_text(request.id)
        asked = next(iter(request.arguments), "")
        if asked not in ALLOWED:
            self._answer(request.id, "Failed", errors=f"nobody may ask for '{asked}' in the account bucket")
            return
        sys.stderr.write(f"<5>asked for in the account bucket: {asked}\n")
        under_way.write_text(request.id)
        self._answer(request.id, "InProgress")
        program = [str(self.bundle / "cloud-init" / "archive.sh"), *request.arguments]
        done = subprocess.run(program, capture_output=True, text=True, errors="replace", check=False)
        # it may have taken longer than a token lasts
        token.cache_clear()
        self._answer(request.id, "Failed" if done.returncode else "Success", done.stdout, done.stderr)
        under_way.unlink()

    def _request(self) -> Request | None:
        """The request in the bucket; None if there is none, which is usual, or no valid one."""
        with TemporaryDirectory(dir=self.run) as work:
            file, headers = Path(work) / REQUEST_FILE, Path(work) / "headers"
            bucket, dump = EventBucket.of(self.bundle), ("--dump-header", str(headers))
            if bucket.get(REPORTS, REQUEST_FILE, file, *dump, seconds=EXCHANGE_SECONDS) != FETCHED:
                return None
            try:
                asked = json.loads(file.read_text())
                if not re.fullmatch("[0-9a-f]{32}", asked["id"]):
                    return None
                return Request(asked["id"], tuple(map(str, asked["arguments"])), _age(headers.read_text()))
            except (OSError, ValueError, KeyError, TypeError):
                return None

    def _answer(self, request_id: str, status: str, output: str = "", errors: str = "") -> None:
        answer = {
            "id": request_id,
            "Status": status,
            "StatusDetails": status,
            "StandardOutputContent": "\n".join(output.splitlines()[-1:]),
            "StandardErrorContent": "\n".join(errors.splitlines()[-3:]),
        }
        with TemporaryDirectory(dir=self.run) as work:
            file = Path(work) / ANSWER_FILE
            file.write_text(json.dumps(answer))
            EventBucket.of(self.bundle).put(REPORTS, ANSWER_FILE, file)


def _age(headers: str) -> float:
    """The seconds between two header fields of the last answer; both come from the bucket's clock."""
    last = headers.replace("\r", "").rstrip().split("\n\n")[-1]
    fields = email.message_from_string(last.partition("\n")[2])
    now, written = (parsedate_to_datetime(fields[name]) for name in ("Date", "Last-Modified"))
    return (now - written).total_seconds()
