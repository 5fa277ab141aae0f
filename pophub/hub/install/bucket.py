"""This event's objects in the account bucket, by the machine's own role."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pophub.core.contract import POINTER_FILE
from pophub.hub.install.aws import s3

# the bundle that contains this file
BUNDLE = Path(__file__).parents[3]
SECONDS = 30


@dataclass(frozen=True, slots=True)
class EventBucket:
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

    def get(self, prefix: str, name: str, file: Path, *arguments: str, seconds: int = SECONDS) -> bool:
        """Fetch an object into a file; False if that fails, without a word, because usually there is no such object."""
        limits = ("--silent", "--no-show-error", "--max-time", str(seconds), "--output", str(file))
        try:
            s3(self.region, self._place(prefix, name), *limits, *arguments)
        except subprocess.CalledProcessError:
            return False
        return True

    def put(self, prefix: str, name: str, file: Path, *, seconds: int = SECONDS) -> None:
        limits = ("--max-time", str(seconds), "--output", "/dev/null")
        s3(self.region, self._place(prefix, name), *limits, "--upload-file", str(file))

    def status(self, prefix: str, name: str, file: Path) -> str:
        """Fetch an object into a file; the HTTP status of the answer, empty or 000 if there is none."""
        asked = ("--output", str(file), "--write-out", "%{http_code}")
        try:
            return s3(self.region, self._place(prefix, name), *asked)
        except subprocess.CalledProcessError as error:
            return str(error.stdout)

    def _place(self, prefix: str, name: str) -> str:
        return f"{self.bucket}/{prefix}/{self.event}/{name}"
