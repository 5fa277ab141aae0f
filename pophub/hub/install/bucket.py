"""The event's objects in the account bucket, by the machine's own role."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pophub.core.contract import KEEP_FILE, POINTER_FILE, REPORTS, STARTED_FILE
from pophub.hub.install.aws import s3
from pophub.hub.install.settings import BUNDLE

FETCHED = "200"
SECONDS = 20
# the time of a small file that somebody waits for
EXCHANGE_SECONDS = 10


# no dataclass: their module takes 40 ms of a processor to import, and these programs start every minute
class EventBucket(NamedTuple):
    """The event's part of the account bucket: objects below PREFIX/EVENT/."""

    bucket: str
    region: str
    event: str

    @classmethod
    def of(cls, bundle: Path = BUNDLE) -> EventBucket:
        """The bucket that a bundle came from."""
        pointer = json.loads((bundle / POINTER_FILE).read_text())
        # the key is BUNDLES/EVENT/SHA256.tar.gz
        return cls(pointer["bucket"], pointer["region"], pointer["key"].split("/")[1])

    def get(self, prefix: str, name: str, file: Path, *options: str, seconds: int = SECONDS) -> str:
        """Fetch an object into a file; the answer's HTTP status, and if it is not FETCHED, curl's error after it.

        Nothing goes to the log, because usually there is no such object.
        """
        quietly = ("--no-show-error", "--max-time", str(seconds), "--output", str(file))
        status = ("--write-out", "%{http_code}%{onerror} %{errormsg}", *options)
        try:
            return s3(self.region, self._place(prefix, name), *quietly, *status)
        except subprocess.CalledProcessError as error:
            return str(error.stdout)

    def put(self, prefix: str, name: str, file: Path, *, seconds: int = SECONDS) -> None:
        limits = ("--max-time", str(seconds), "--output", "/dev/null")
        s3(self.region, self._place(prefix, name), *limits, "--upload-file", str(file))

    def exchange(self, folder: Path, files: Mapping[str, Path]) -> None:
        """Fetch into `folder` until when to keep the hub and when it was started by hand; put those files that exist.

        Raises:
            CalledProcessError: a file cannot be put.
        """
        for name in (KEEP_FILE, STARTED_FILE):
            new = folder / f".{name}.new"
            if self.get(REPORTS, name, new, seconds=EXCHANGE_SECONDS) == FETCHED:
                new.rename(folder / name)
        for name, file in files.items():
            if file.exists():
                self.put(REPORTS, name, file, seconds=EXCHANGE_SECONDS)

    def _place(self, prefix: str, name: str) -> str:
        return f"{self.bucket}/{prefix}/{self.event}/{name}"
